package faq

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"frontdesk/core"
)

// Format is how entries are written to a file.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
	JSON Format = "json"
)

// column is a column of a table, and what headers call it.
type column struct {
	name  string
	alias []string
}

// columns are in the order they are written.
func columns() []column {
	return []column{
		{"id", []string{"编号", "entry"}},
		{"question", []string{"问题", "标准问", "标准问题", "q"}},
		{"variants", []string{"variant", "相似问", "相似问题", "变体", "similar"}},
		{"answer", []string{"答案", "回答", "答复", "a"}},
		{"lang", []string{"language", "语言"}},
		{"channels", []string{"channel", "渠道"}},
		{"valid_from", []string{"from", "生效时间", "开始时间"}},
		{"valid_until", []string{"until", "失效时间", "结束时间"}},
	}
}

// Read reads entries from a file: JSON as List gives it, or a table with a
// header. A row without a question, or with the one of the row before, adds an
// answer to it. Variants are parted by | or a line break; times are dates, in
// UTC, or RFC 3339.
func Read(name string, data []byte) ([]core.FAQEntry, error) {
	if !strings.EqualFold(filepath.Ext(name), ".json") {
		rows, err := tableOf(name, data)
		if err != nil {
			return nil, err
		}
		return fromRows(name, rows)
	}
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	d.DisallowUnknownFields()
	var out []core.FAQEntry
	if err := d.Decode(&out); err != nil {
		return nil, core.Invalid("%s is not the JSON wanted, a list of entries (%v): export the FAQ to see one", name, err)
	}
	return out, nil
}

// most bounds what a spreadsheet may unpack to.
const most = 64 << 20

func tableOf(name string, data []byte) ([][]string, error) {
	if strings.EqualFold(filepath.Ext(name), ".xlsx") {
		f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: most, UnzipXMLSizeLimit: most})
		if err != nil {
			return nil, core.Invalid("%s cannot be read as XLSX: save it again without a password, or as CSV", name)
		}
		defer func() { _ = f.Close() }() // it was only read
		rows, err := f.GetRows(f.GetSheetName(0))
		if err != nil {
			return nil, core.Invalid("%s: its first sheet cannot be read: save it again", name)
		}
		return rows, nil
	}
	text, err := decode(data)
	if err != nil {
		return nil, core.Invalid("%s is neither UTF-8 nor GB18030: save it as UTF-8", name)
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	if head, _, _ := strings.Cut(text, "\n"); strings.Count(head, "\t") > strings.Count(head, ",") {
		r.Comma = '\t'
	} else if strings.Count(head, ";") > strings.Count(head, ",") {
		r.Comma = ';'
	}
	rows, err := r.ReadAll()
	if err != nil {
		return nil, core.Invalid("%s cannot be read as CSV (%v): check the quotes on that line", name, err)
	}
	return rows, nil
}

// decode reads what spreadsheet programs write: UTF-8, UTF-16 with its mark, or
// GB18030.
func decode(data []byte) (string, error) {
	var d *encoding.Decoder
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		d = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
	case utf8.Valid(data):
		return strings.TrimPrefix(string(data), "\ufeff"), nil
	default:
		d = simplifiedchinese.GB18030.NewDecoder()
	}
	b, err := d.Bytes(data)
	if err == nil && bytes.ContainsRune(b, utf8.RuneError) {
		err = errors.New("not GB18030")
	}
	return string(b), err
}

// header finds the columns by what their heads say.
func header(row []string) map[string]int {
	out := map[string]int{}
	for i, h := range row {
		h = strings.ToLower(strings.TrimSpace(h))
		for _, c := range columns() {
			if _, ok := out[c.name]; !ok && (h == c.name || slices.Contains(c.alias, h)) {
				out[c.name] = i
			}
		}
	}
	return out
}

func fromRows(name string, rows [][]string) ([]core.FAQEntry, error) {
	if len(rows) == 0 {
		return nil, core.Invalid("%s is empty", name)
	}
	head := header(rows[0])
	_, q := head["question"]
	_, a := head["answer"]
	if !q || !a {
		return nil, core.Invalid("%s needs a first row with the columns question and answer (问题, 答案); id, variants, lang, channels, valid_from and valid_until may follow", name)
	}
	var out []core.FAQEntry
	for i, row := range rows[1:] {
		get := func(column string) string {
			if at, ok := head[column]; ok && at < len(row) {
				return strings.TrimSpace(row[at])
			}
			return ""
		}
		answer, err := answerOf(get)
		if err != nil {
			return nil, core.Invalid("%s, row %d: %v", name, i+2, err)
		}
		question, id := get("question"), get("id")
		last := len(out) - 1
		switch {
		case question == "" && answer.Text == "" && get("variants") == "":
			continue
		case last >= 0 && (question == "" || question == out[last].Question) && (id == "" || id == out[last].ID):
			out[last].Variants = append(out[last].Variants, list(get("variants"))...)
			if answer.Text != "" {
				out[last].Answers = append(out[last].Answers, answer)
			}
		case question == "":
			return nil, core.Invalid("%s, row %d has an answer but no question", name, i+2)
		default:
			e := core.FAQEntry{ID: id, Question: question, Variants: list(get("variants"))}
			if answer.Text != "" {
				e.Answers = []core.FAQAnswer{answer}
			}
			out = append(out, e)
		}
	}
	return out, nil
}

func answerOf(get func(string) string) (a core.FAQAnswer, err error) {
	a = core.FAQAnswer{Text: get("answer"), Lang: get("lang"), Channels: list(strings.NewReplacer(",", "|", "，", "|", ";", "|").Replace(get("channels")))}
	if a.From, err = instant(get("valid_from")); err == nil {
		a.Until, err = instant(get("valid_until"))
	}
	return a, err
}

// Time reads a date, in UTC, or an RFC 3339 time; "" is no limit.
func Time(s string) (time.Time, error) { return instant(s) }

func instant(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly, "2006-01-02 15:04", "2006/1/2"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time: write 2026-03-31 or 2026-03-31T18:00:00+08:00", s)
}

func list(s string) (out []string) {
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == '|' || r == '\n' || r == '｜' }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// Write writes entries so that Read gives them back.
func Write(w io.Writer, f Format, entries []core.FAQEntry) error {
	switch f {
	case JSON:
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(append([]core.FAQEntry{}, entries...))
	case CSV:
		if _, err := io.WriteString(w, "\ufeff"); err != nil { // or spreadsheet programs take it for their country's encoding
			return err
		}
		return csv.NewWriter(w).WriteAll(rows(entries))
	case XLSX:
		return writeXLSX(w, entries)
	}
	return core.Invalid("the FAQ is written as csv, xlsx or json, not as %q", f)
}

func rows(entries []core.FAQEntry) [][]string {
	var head []string
	for _, c := range columns() {
		head = append(head, c.name)
	}
	out := [][]string{head}
	for _, e := range entries {
		for i, a := range e.Answers {
			variants := ""
			if i == 0 {
				variants = strings.Join(e.Variants, " | ")
			}
			out = append(out, []string{safe(e.ID), safe(e.Question), safe(variants), safe(a.Text), a.Lang, strings.Join(a.Channels, " | "), written(a.From), written(a.Until)})
		}
	}
	return out
}

// safe keeps a spreadsheet program from taking a text for a formula; the space
// is trimmed when it is read.
func safe(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return " " + s
	}
	return s
}

func written(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func writeXLSX(w io.Writer, entries []core.FAQEntry) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	sheet := f.GetSheetName(0)
	for i, row := range rows(entries) {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := f.SetSheetRow(sheet, at, &row); err != nil {
			return err
		}
	}
	return f.Write(w)
}
