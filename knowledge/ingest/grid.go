package ingest

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// place is a cell's share of a grid. A cell merged over several places stands in
// each of them, with the same number.
type place struct {
	text string
	cell int // numbers cells from 1; 0 is an empty place without a cell
}

// grid is a table as files hold it, before its header is told from its rows.
type grid struct {
	rows [][]place
	head int // rows known to be the header; -1 where the file does not say
	last int // highest number of a cell
	// header is that of a table which this one may go on from.
	header []column
	// sided says that names stand in the first column and no header above.
	sided bool
}

// newGrid takes rows without merged cells.
func newGrid(rows [][]string) *grid {
	g := &grid{head: -1}
	for _, r := range rows {
		out := make([]place, len(r))
		for i, text := range r {
			if text = strings.TrimSpace(text); text != "" {
				g.last++
				out[i] = place{text, g.last}
			}
		}
		g.rows = append(g.rows, out)
	}
	return g
}

// merge makes one cell of the rectangle, which may reach beyond the grid.
func (g *grid) merge(top, left, bottom, right int) {
	if top < 0 || left < 0 || top >= len(g.rows) {
		return
	}
	g.last++
	c := place{cell: g.last}
	if left < len(g.rows[top]) {
		c.text = g.rows[top][left].text
	}
	for y := top; y <= bottom && y < len(g.rows); y++ {
		for len(g.rows[y]) <= min(right, mostColumns) {
			g.rows[y] = append(g.rows[y], place{})
		}
		for x := left; x <= right && x < len(g.rows[y]); x++ {
			g.rows[y][x] = c
		}
	}
}

// mostColumns is how far a merged cell widens a table.
const mostColumns = 512

// distinct counts the cells of a row that hold something.
func distinct(row []place) int {
	n, last := 0, 0
	for _, p := range row {
		if p.text != "" && p.cell != last {
			n++
			last = p.cell
		}
	}
	return n
}

// blocks are those of the table: lines of one cell above and below it as text,
// and its rows with their header.
func (g *grid) blocks() []knowledge.Block {
	var out []knowledge.Block
	rows := g.rows
	for len(rows) > 0 && g.head <= 0 && distinct(rows[0]) < 2 {
		out = appendText(out, rows[0])
		rows = rows[1:]
	}
	if len(rows) == 0 {
		return out
	}
	h := min(g.head, len(rows))
	switch {
	case h > 0:
	case len(out) == 0 && g.goesOn(rows):
		return bodyBlocks(g.header, nil, rows)
	case g.sided || headless(rows):
		return append(out, bodyBlocks(nil, nil, rows)...)
	default:
		h = headerRows(rows)
	}
	g.header = headerOf(rows[:h])
	if faq := faqBlocks(g.header, rows[h:]); faq != nil {
		return append(out, faq...)
	}
	return append(out, bodyBlocks(g.header, rows[:h], rows[h:])...)
}

// goesOn reports whether rows belong under the header of the table before: they
// are no wider, and their first is a row like the others.
func (g *grid) goesOn(rows [][]place) bool {
	if g.header == nil {
		return false
	}
	numbers := false
	for _, r := range rows {
		if len(r) > len(g.header) {
			return false
		}
		numbers = numbers || anyNumber(r)
	}
	return anyNumber(rows[0]) || !numbers
}

// bodyBlocks are the rows below the header. A line over some of them is said with
// each: as a heading it would hold for what follows the table too.
func bodyBlocks(header []column, head, rows [][]place) []knowledge.Block {
	var out []knowledge.Block
	var part [][]string
	line := ""
	flush := func() {
		for _, b := range tableRows(header, part, 0) {
			if line != "" {
				b.Text = line + "; " + b.Text
				b.Cells = append([]core.Cell{{Value: line}}, b.Cells...)
			}
			out = append(out, b)
		}
		part = nil
	}
	for i, r := range rows {
		switch n := distinct(r); {
		case n == 0, n > 1 && repeats(r, head):
		case n == 1 && across(r, max(len(header), len(r))):
			if len(part) > 0 {
				flush()
			}
			if text := rowText(texts(once(r))); i+1 < len(rows) && utf8.RuneCountInString(text) <= longestLine {
				line = text
			} else {
				out = append(out, knowledge.Block{Text: text})
			}
		default:
			part = append(part, texts(r))
		}
	}
	if len(part) > 0 || len(out) == 0 {
		flush()
	}
	return out
}

// longestLine is how long a line over rows may be, in characters; a longer one is
// a note.
const longestLine = 40

// across reports whether a row's one cell is a line over rows and not a row with
// its other cells empty: it is merged over the first places, or stands first in a
// wide table and names nothing that rows are named by.
func across(r []place, width int) bool {
	if len(r) == 0 || r[0].text == "" {
		return false
	}
	return len(r) > 1 && r[0].cell == r[1].cell || width > 2 && !code(r[0].text)
}

// repeats reports whether a row is the header's last again, as on a new page.
func repeats(r []place, head [][]place) bool {
	if len(head) == 0 {
		return false
	}
	last := head[len(head)-1]
	for i, p := range r {
		if i >= len(last) && p.text != "" || i < len(last) && p.text != last[i].text {
			return false
		}
	}
	return true
}

func appendText(out []knowledge.Block, row []place) []knowledge.Block {
	if text := rowText(texts(once(row))); text != "" {
		return append(out, knowledge.Block{Text: text})
	}
	return out
}

// once drops the repetitions of merged cells.
func once(row []place) []place {
	var out []place
	for i, p := range row {
		if i == 0 || p.cell == 0 || p.cell != row[i-1].cell {
			out = append(out, p)
		}
	}
	return out
}

func texts(row []place) []string {
	out := make([]string, len(row))
	for i, p := range row {
		out[i] = p.text
	}
	return out
}

// headless reports whether the first row is a row like those below it: what
// stands beside its first cell is mostly numbers, and no years.
func headless(rows [][]place) bool {
	first, numbers, alike := 0, 0, 0
	for i, p := range rows[0] {
		if i == 0 || p.text == "" {
			continue
		}
		first++
		if !anyNumber(rows[0][i:i+1]) || year.MatchString(p.text) {
			continue
		}
		numbers++
		if len(rows) > 1 && i < len(rows[1]) && shape(p.text) == shape(rows[1][i].text) {
			alike++
		}
	}
	return numbers*2 > first && (alike*2 >= numbers || first == 1)
}

var year = regexp.MustCompile(`^(19|20)\d\d\s*年?$`)

// headerRows counts the rows of the header where the file does not say: one, and
// those that its merged cells reach down to, those below a cell that is merged
// across, one that fills the gaps of the one above, and one of units alone.
func headerRows(rows [][]place) int {
	h := 1
	for h < len(rows) && h < tallHead {
		if !structural(rows[h-1], rows[h]) && !reachesDown(rows[h-1], rows[h]) && !below(rows[h-1], rows[h]) && !fillsGaps(rows[h-1], rows[h]) && !ofUnits(rows[h]) {
			break
		}
		h++
	}
	if h == len(rows) {
		return 1 // all header and no row: it was taken too far
	}
	return h
}

// reachesDown reports whether a cell of above goes on in r, and r is not a row
// like those below: it holds no number.
func reachesDown(above, r []place) bool {
	for i, p := range r {
		if p.cell != 0 && i < len(above) && p.cell == above[i].cell && p.text != "" {
			return !anyNumber(r)
		}
	}
	return false
}

// structural reports whether each cell of r either is one of above that reaches
// down, or stands below one that is merged across: no row of values does.
func structural(above, r []place) bool {
	grouped := false
	for i, p := range r {
		switch {
		case i >= len(above):
			return false
		case p.text == "" || p.cell == above[i].cell:
		case above[i].cell != 0 && (i > 0 && above[i].cell == above[i-1].cell || i+1 < len(above) && above[i].cell == above[i+1].cell):
			grouped = true
		default:
			return false
		}
	}
	return grouped && distinct(above) > 1
}

// below reports whether r names the columns under a cell merged across.
func below(above, r []place) bool {
	if anyNumber(r) || distinct(r) < 2 {
		return false
	}
	for i := 1; i < len(above) && i < len(r); i++ {
		if above[i].cell != 0 && above[i].text != "" && above[i].cell == above[i-1].cell && r[i].cell != r[i-1].cell {
			return true
		}
	}
	return false
}

// fillsGaps reports whether r has names where above has none, as a header of two
// rows does in a format without merged cells.
func fillsGaps(above, r []place) bool {
	at := func(row []place, i int) bool { return i < len(row) && row[i].text != "" }
	gaps, single := 0, 0
	for i := range max(len(above), len(r)) {
		switch up, down := at(above, i), at(r, i); {
		case up && down && (at(above, i+1) || !at(r, i+1)):
			return false // what has a name of its own and no gap beside it is no group
		case down && !up:
			gaps++
		case up && !down:
			single++
		}
	}
	return gaps > 0 && single > 0 && !anyNumber(r)
}

func ofUnits(r []place) bool {
	n := 0
	for _, p := range r {
		if p.text == "" {
			continue
		}
		if n++; !isUnit(strings.Trim(p.text, "()（）[] ")) {
			return false
		}
	}
	return n >= 2
}

// anyNumber reports whether a value of r begins with a number.
func anyNumber(r []place) bool {
	for _, p := range r {
		if first, _ := utf8.DecodeRuneInString(strings.TrimLeft(p.text, numberSigns)); unicode.IsDigit(first) {
			return true
		}
	}
	return false
}

// headerOf names each column by what stands over it: its own cell and, as its
// group, the cells above that cover several columns.
func headerOf(rows [][]place) []column {
	width := 0
	for _, r := range rows {
		width = max(width, len(r))
	}
	out := make([]column, width)
	for i := range out {
		var group, name []string
		last := 0
		for y, r := range rows {
			p := over(r, i, y+1 < len(rows))
			switch text := oneLine(p.text); {
			case text == "" || p.cell == last:
			case y+1 < len(rows) && covers(r, i, p, rows[y+1]):
				group = append(group, text)
			case ofUnits(r) && !strings.ContainsAny(text, "()（）[]"):
				name = append(name, "("+text+")")
			default:
				name = append(name, text)
			}
			last = p.cell
		}
		out[i] = column{strings.Join(group, " "), strings.Join(name, " ")}
	}
	return out
}

// over is the cell over column i; a gap right of a cell belongs to it in all but
// the last row of a header.
func over(r []place, i int, more bool) place {
	if i < len(r) && r[i].cell != 0 {
		return r[i]
	}
	for i = min(i, len(r)) - 1; more && i >= 0; i-- {
		if r[i].cell != 0 {
			return r[i]
		}
	}
	return place{}
}

// covers reports whether p stands over more than column i, which next names.
func covers(r []place, i int, p place, next []place) bool {
	if i >= len(next) || next[i].text == "" || next[i].cell == p.cell {
		return false
	}
	for _, x := range []int{i - 1, i + 1} {
		if x >= 0 && x < len(next) && next[x].text != "" && over(r, x, true).cell == p.cell {
			return true
		}
	}
	return false
}
