package ingest

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// column is what a table says of a column: its name, and the name of the group
// of columns that it belongs to.
type column struct{ group, name string }

// String is the name as a row's text gives it.
func (c column) String() string { return oneLine(c.group + " " + c.name) }

func columnsNamed(names []string) []column {
	out := make([]column, len(names))
	for i, n := range names {
		out[i].name = oneLine(n)
	}
	return out
}

// tableRows makes a block of each row: "header: value; header: value", and its
// cells. A cell without a header gives its value alone; empty cells are left out.
// A table that lies on its side is set upright first.
func tableRows(header []column, rows [][]string, page int) []knowledge.Block {
	for i := range rows {
		for j := range rows[i] {
			rows[i][j] = oneLine(rows[i][j])
		}
	}
	if lying(header, rows) {
		header, rows = upright(header, rows)
	}
	keys := keyColumns(header, rows)
	var out []knowledge.Block
	for _, row := range rows {
		if b := rowBlock(header, row, keys); b.Text != "" {
			b.Page = page
			out = append(out, b)
		}
	}
	if len(out) == 0 { // a table of its header alone is a line of text
		names := make([]string, len(header))
		for i, c := range header {
			names[i] = c.String()
		}
		if text := rowText(names); text != "" {
			out = append(out, knowledge.Block{Kind: knowledge.Row, Text: text, Page: page, Cells: []core.Cell{{Value: text, Key: true}}})
		}
	}
	return out
}

func rowBlock(header []column, row []string, keys map[int]bool) knowledge.Block {
	b := knowledge.Block{Kind: knowledge.Row}
	var text []string
	keyed := false
	for i, value := range row {
		if value == "" {
			continue
		}
		cell, said := core.Cell{Value: value, Key: keys[i]}, value
		if i < len(header) && header[i] != (column{}) {
			cell.Group = header[i].group
			if cell.Column, cell.Unit = splitUnit(header[i].name); cell.Unit == "" {
				cell.Group, cell.Unit = splitUnit(cell.Group)
			}
			said = header[i].String() + ": " + value
		}
		keyed = keyed || cell.Key
		b.Cells = append(b.Cells, cell)
		text = append(text, said)
	}
	if !keyed && len(b.Cells) > 0 {
		b.Cells[0].Key = true
	}
	if b.Text = strings.Join(text, "; "); len(header) == 0 && len(text) == 2 {
		b.Text = text[0] + ": " + text[1] // a name and its value
	}
	return b
}

// rowText is a row without a header.
func rowText(row []string) string {
	var cells []string
	for _, cell := range row {
		if cell = oneLine(cell); cell != "" {
			cells = append(cells, cell)
		}
	}
	return strings.Join(cells, "; ")
}

// keyColumns are those that tell the rows apart: the first but for a running
// number, and where its values repeat, as those of merged cells do, or are
// numbers, the next of words, until they tell.
func keyColumns(header []column, rows [][]string) map[int]bool {
	keys := map[int]bool{}
	width := len(header)
	for _, r := range rows {
		width = max(width, len(r))
	}
	told := make([]string, len(rows))
	for i := range width {
		number := numeric(rows, i)
		if number && (i > 0 || width > 1 && running(rows)) {
			continue
		}
		keys[i] = true
		seen := map[string]bool{}
		for j, r := range rows {
			if i < len(r) {
				told[j] += "\x00" + r[i]
			}
			seen[told[j]] = true
		}
		if !number && len(seen)*10 >= len(rows)*9 {
			return keys
		}
	}
	if len(keys) == 0 || len(keys) > 1 && len(keys) == width {
		return map[int]bool{0: true}
	}
	return keys
}

// running reports whether the first column counts its rows.
func running(rows [][]string) bool {
	last := 0
	for i, r := range rows {
		n, err := strconv.Atoi(cmp.Or(strings.Join(r[:min(1, len(r))], ""), "x"))
		if err != nil || i > 0 && n != last+1 {
			return false
		}
		last = n
	}
	return true
}

var plainNumber = regexp.MustCompile(`^[-+]?\d{1,3}([,.]?\d+)*%?$|^\d$`)

// numeric reports whether most of a column is plain numbers.
func numeric(rows [][]string, i int) bool {
	n, of := 0, 0
	for _, r := range rows {
		if i < len(r) && r[i] != "" {
			of++
			if plainNumber.MatchString(r[i]) {
				n++
			}
		}
	}
	return n*2 > of
}

// lying reports whether a table's columns are things and its rows what is said
// of them ("Power (W) | 1500 | 1800" below "Item | K3 | K4"). It takes one of
// three signs: units stand in the first column and not in the header; the header
// holds codes and the first column none; or values look alike along rows and
// unlike along columns.
func lying(header []column, rows [][]string) bool {
	if len(header) < 2 || len(rows) < 2 && len(header) < 3 {
		return false
	}
	first := make([]string, 0, len(rows))
	for _, r := range rows {
		if len(r) == 0 || r[0] == "" || plainNumber.MatchString(r[0]) {
			return false
		}
		first = append(first, r[0])
	}
	names := make([]string, 0, len(header))
	for _, c := range header[1:] {
		if c.name == "" {
			return false
		}
		names = append(names, c.name)
	}
	if share(first, united) >= 0.5 && share(names, united) == 0 {
		return true
	}
	if share(names, code) >= 0.8 && share(first, code) <= 0.2 {
		return true
	}
	along, down := likeness(rows)
	return len(rows) >= 3 && len(header) >= 3 && along >= 0.75 && down <= 0.35
}

func share(of []string, is func(string) bool) float64 {
	n := 0
	for _, s := range of {
		if is(s) {
			n++
		}
	}
	return float64(n) / float64(max(1, len(of)))
}

func united(s string) bool {
	_, unit := splitUnit(s)
	return unit != ""
}

// code reports whether s is a model number or the like: one word with a letter
// and a digit in it, and no unit behind a number.
func code(s string) bool {
	if len(s) > 24 || strings.ContainsRune(s, ' ') {
		return false
	}
	letter, digit := false, false
	for _, r := range s {
		letter = letter || unicode.IsLetter(r) && r < 0x2E80
		digit = digit || unicode.IsDigit(r)
		if wide(r) {
			return false
		}
	}
	return letter && digit && !isUnit(strings.TrimLeft(s, "0123456789.,"))
}

// likeness is how often values beside each other look alike, and values below
// each other.
func likeness(rows [][]string) (along, down float64) {
	var sameA, ofA, sameD, ofD float64
	at := func(i, j int) string {
		if j < len(rows[i]) {
			return shape(rows[i][j])
		}
		return ""
	}
	for i, r := range rows {
		for j := 1; j < len(r); j++ {
			if j > 1 {
				ofA++
				if at(i, j) == at(i, j-1) {
					sameA++
				}
			}
			if i > 0 {
				ofD++
				if at(i, j) == at(i-1, j) {
					sameD++
				}
			}
		}
	}
	return sameA / max(1, ofA), sameD / max(1, ofD)
}

var digits = regexp.MustCompile(`\d[\d,.]*`)

// shape is what a value looks like: its digits as one, words without digits too.
func shape(s string) string {
	if !strings.ContainsFunc(s, unicode.IsDigit) {
		return "w"
	}
	return digits.ReplaceAllString(s, "0")
}

// upright turns rows into columns. The corner names what is said, not the
// things, so a group over all of them names these, if there is one.
func upright(header []column, rows [][]string) ([]column, [][]string) {
	group := header[1].group
	for _, c := range header[1:] {
		if c.group != group {
			group = ""
		}
	}
	head := make([]column, len(rows)+1)
	head[0] = column{name: group}
	out := make([][]string, len(header)-1)
	for j := range out {
		out[j] = make([]string, len(rows)+1)
		if out[j][0] = header[j+1].name; group == "" {
			out[j][0] = header[j+1].String()
		}
		for i, r := range rows {
			if j+1 < len(r) {
				out[j][i+1] = r[j+1]
			}
		}
	}
	for i, r := range rows {
		head[i+1] = column{name: r[0]}
	}
	return head, out
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
