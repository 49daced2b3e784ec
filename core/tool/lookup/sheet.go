package lookup

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"frontdesk/core"
	"frontdesk/core/tool"
)

// The bounds of a table.
const (
	MaxBytes = 32 << 20
	maxRows  = 500_000
	maxCells = 10_000_000
	unzipped = 256 << 20
)

// sheet is a table's rows by key. Immutable.
type sheet struct{ rows map[string][]row }

// row is what of a row is compared and told. key, owner and facts are canonical.
type row struct {
	key, owner string
	facts      []string
	show       map[string]string
}

// of are the rows of a key; where there are none, an empty one of n facts is
// compared all the same.
func (s *sheet) of(key string, n int) []row {
	if rs := s.rows[key]; len(rs) > 0 {
		return rs
	}
	return []row{{facts: make([]string, n)}}
}

// index makes a sheet of a file.
func (t *Table) index(data []byte) (*sheet, error) {
	rows, err := read(data)
	if err != nil {
		return nil, core.Invalid("table %q: %v", t.o.Name, err)
	}
	if len(rows) == 0 {
		return nil, core.Invalid("table %q is empty: its first row names the columns", t.o.Name)
	}
	at, err := t.columns(rows[0])
	if err != nil {
		return nil, err
	}
	out := &sheet{rows: make(map[string][]row, len(rows))}
	for _, cells := range rows[1:] {
		cell := func(column string) string {
			if i := at[column]; column != "" && i < len(cells) {
				return strings.TrimSpace(cells[i])
			}
			return ""
		}
		r := row{key: tool.Canonical(whole(cell(t.o.Key.Column))), owner: cell(t.o.Owner), show: map[string]string{}}
		if r.key == "" {
			continue
		}
		for _, f := range t.o.Facts {
			r.facts = append(r.facts, tool.Canonical(whole(cell(f.Column))))
		}
		for slot, column := range t.o.Show {
			r.show[slot] = cell(column)
		}
		out.rows[r.key] = append(out.rows[r.key], r)
	}
	return out, nil
}

// columns finds the columns that the options name.
func (t *Table) columns(head []string) (map[string]int, error) {
	at := map[string]int{}
	for i, h := range head {
		h = strings.TrimSpace(h)
		if _, twice := at[h]; h != "" && !twice {
			at[h] = i
		}
	}
	want := []string{t.o.Key.Column}
	if t.o.Owner != "" {
		want = append(want, t.o.Owner)
	}
	for _, f := range t.o.Facts {
		want = append(want, f.Column)
	}
	for _, c := range t.o.Show {
		want = append(want, c)
	}
	for _, w := range want {
		if _, ok := at[w]; !ok {
			return nil, core.Invalid("table %q has no column %q: its first row names %s", t.o.Name, w, strings.Join(head, ", "))
		}
	}
	return at, nil
}

// science is how spreadsheets write long numbers.
var science = regexp.MustCompile(`^\d(\.\d+)?[eE]\+?\d{1,2}$`)

// whole is a long number as it was meant: 2.0251103118E+10 is 20251103118.
func whole(s string) string {
	if !science.MatchString(s) {
		return strings.TrimSuffix(s, ".0")
	}
	f, _, err := big.ParseFloat(s, 10, 200, big.ToNearestEven)
	if err != nil || !f.IsInt() {
		return s
	}
	return f.Text('f', 0)
}

// read makes rows of a file, by its content.
func read(data []byte) ([][]string, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("it is larger than %d MB", MaxBytes>>20)
	}
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return readXLSX(data)
	}
	return readCSV(data)
}

// readCSV reads UTF-8, UTF-16 with its mark, and GB 18030, which is what Chinese
// spreadsheets save; commas, semicolons or tabs part the columns.
func readCSV(data []byte) ([][]string, error) {
	var err error
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		data, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
	case !utf8.Valid(data):
		data, err = simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	}
	if err != nil || bytes.IndexByte(data, 0) >= 0 {
		return nil, errors.New("it is neither CSV nor XLSX")
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord, r.LazyQuotes, r.Comma = -1, true, comma(data)
	var out [][]string
	cells := 0
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("line %d is no row", len(out)+1)
		}
		if cells += len(rec); len(out) == maxRows || cells > maxCells {
			return nil, fmt.Errorf("it has more than %d rows", maxRows)
		}
		out = append(out, rec)
	}
}

// comma is the separator that the first line has most of.
func comma(data []byte) rune {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	best, most := ',', 0
	for _, c := range ",;\t" {
		if n := bytes.Count(first, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

// readXLSX reads the first visible sheet, the values as stored: a number as
// shown may have lost its digits. Dates are as shown.
func readXLSX(data []byte) ([][]string, error) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: unzipped, UnzipXMLSizeLimit: 64 << 20})
	if err != nil {
		return nil, errors.New("it is no readable XLSX file: is it encrypted, or of an older Excel?")
	}
	defer func() { _ = f.Close() }() // it was only read
	sheets := slices.DeleteFunc(f.GetSheetList(), func(s string) bool {
		visible, err := f.GetSheetVisible(s)
		return err != nil || !visible
	})
	if len(sheets) == 0 {
		return nil, errors.New("it has no visible sheet")
	}
	shown, err := cells(f, sheets[0])
	if err != nil {
		return nil, err
	}
	raw, err := cells(f, sheets[0], excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, err
	}
	for i := range shown {
		for j := range shown[i] {
			if j < len(raw[i]) && (science.MatchString(shown[i][j]) || isDigits(raw[i][j])) && len(raw[i][j]) > 5 {
				shown[i][j] = whole(raw[i][j])
			}
		}
	}
	return shown, nil
}

// isDigits reports whether s is a whole number; a date is stored as one of five
// digits, or with a fraction.
func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func cells(f *excelize.File, sheet string, o ...excelize.Options) ([][]string, error) {
	rows, err := f.Rows(sheet)
	if err != nil {
		return nil, errors.New("its first sheet cannot be read")
	}
	defer func() { _ = rows.Close() }() // it was only read
	var out [][]string
	n := 0
	for rows.Next() {
		r, err := rows.Columns(o...)
		if err != nil {
			return nil, fmt.Errorf("row %d cannot be read", len(out)+1)
		}
		if n += len(r); len(out) == maxRows || n > maxCells {
			return nil, fmt.Errorf("it has more than %d rows", maxRows)
		}
		out = append(out, r)
	}
	return out, rows.Error()
}
