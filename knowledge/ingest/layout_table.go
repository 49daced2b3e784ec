package ingest

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// table is a grid found on a page. header is nil if it has none of its own.
type table struct {
	columns int
	header  []column
	rows    [][]string
}

// interval is the width a column takes.
type interval struct{ left, right float64 }

func (v interval) meets(b box) bool { return b.left <= v.right && b.right >= v.left }

// tallHead is how many rows above the first number a table's head may have.
const tallHead = 5

// findTable returns the table that begins with the first of boxes, and how many
// boxes it takes; 0 if none begins there. Cells come row by row, as drawn.
func findTable(boxes []box) (table, int) {
	rows := inRows(boxes)
	start := slices.IndexFunc(rows, func(r []box) bool { return len(r) > 1 })
	if start < 0 || start > tallHead || start+1 >= len(rows) {
		return table{}, 0
	}
	end := start + 1
	for end < len(rows) && continues(rows[start:end], rows[end]) {
		end++
	}
	body := rows[start:end]
	names := headRows(body)
	cols := columnsOf(body[names%len(body):]) // all rows, if all but name columns
	if !regular(body, cols) || !headish(rows[:start], body[0], cols) {
		return table{}, 0
	}
	head, body := rows[:start+names], body[names:]
	t := table{columns: len(cols), rows: fill(body, cols)}
	if len(head) > 0 {
		t.header = headers(head, cols)
	}
	return t, count(rows[:end])
}

// inRows groups boxes that follow each other to the right into rows.
func inRows(boxes []box) [][]box {
	var out [][]box
	for _, b := range boxes {
		if n := len(out); n > 0 {
			if last := out[n-1]; last[len(last)-1].beside(b) {
				out[n-1] = append(last, b)
				continue
			}
		}
		out = append(out, []box{b})
	}
	return out
}

func count(rows [][]box) int {
	n := 0
	for _, r := range rows {
		n += len(r)
	}
	return n
}

// continues reports whether r belongs to the table of rows: below its first row
// and within its width; a single cell only right of the first column, where
// merged cells float between rows.
func continues(rows [][]box, r []box) bool {
	first, above := rows[0], rows[len(rows)-1]
	left, right := edges(rows)
	switch {
	case r[0].top <= first[0].top, math.Abs(r[0].size-above[0].size) > 0.15*above[0].size:
		return false
	case r[0].top-above[0].bottom > 8*r[0].size || middle(r[0])-middle(above[0]) > 1.6*pitch(rows):
		return false
	case len(r) == 1:
		return r[0].left > left+2*r[0].size && r[0].right-r[0].left < (right-left)/2
	}
	return true
}

// pitch is the largest step from row to row; no bound while there are too few.
func pitch(rows [][]box) float64 {
	if len(rows) < 3 {
		return math.Inf(1)
	}
	var out float64
	for i := 1; i < len(rows); i++ {
		out = max(out, middle(rows[i][0])-middle(rows[i-1][0]))
	}
	return out
}

func edges(rows [][]box) (left, right float64) {
	left, right = math.Inf(1), math.Inf(-1)
	for _, r := range rows {
		for _, c := range r {
			left, right = min(left, c.left), max(right, c.right)
		}
	}
	return left, right
}

// columnsOf takes the longest row for the columns; cells of other rows that meet
// just one of them widen it, those that meet none are columns of their own.
func columnsOf(rows [][]box) []interval {
	longest := slices.MaxFunc(rows, func(a, b []box) int { return len(a) - len(b) })
	cols := make([]interval, len(longest))
	for i, c := range longest {
		cols[i] = interval{c.left, c.right}
	}
	for range 2 { // twice: what a column gained may tell a later cell's place
		for _, r := range rows {
			for _, c := range r {
				switch at := meeting(c, cols); len(at) {
				case 0:
					cols = append(cols, interval{c.left, c.right})
				case 1:
					v := &cols[at[0]]
					v.left, v.right = min(v.left, c.left), max(v.right, c.right)
				}
			}
		}
	}
	slices.SortFunc(cols, func(a, b interval) int { return cmp.Compare(a.left, b.left) })
	return cols
}

// meeting lists the columns that b stands in.
func meeting(b box, cols []interval) []int {
	var out []int
	for i, v := range cols {
		if v.meets(b) {
			out = append(out, i)
		}
	}
	return out
}

// regular reports whether rows are a table: at least two rows share two columns,
// and the cells are short, unlike the lines of a text in columns.
func regular(rows [][]box, cols []interval) bool {
	full, long, cells := 0, 0, 0
	for _, r := range rows {
		if len(r)*2 >= len(cols) && len(r) > 1 {
			full++
		}
		for _, c := range r {
			cells++
			if len(c.lines) > 1 && utf8.RuneCountInString(c.join()) > 60 {
				long++
			}
		}
	}
	if len(cols) == 2 && long*3 > cells {
		return false
	}
	return full >= 2 && long*2 <= cells
}

// headish reports whether rows can be the head of the table below them: narrow
// cells within its width, close to it.
func headish(rows [][]box, first []box, cols []interval) bool {
	left, right := cols[0].left, cols[len(cols)-1].right
	for _, r := range rows {
		for _, c := range r {
			wide := c.right-c.left > 0.5*(right-left)
			far := first[0].top-c.bottom > 6*c.size || c.top-first[0].bottom > 6*c.size
			if wide || far || c.right < left-30 || c.left > right+30 || math.Abs(c.size-first[0].size) > 0.1*c.size {
				return false
			}
		}
	}
	return true
}

// headRows counts the rows that name the columns: those before the first that
// holds numbers; one if none does, or if it stands out.
func headRows(rows [][]box) int {
	for i, r := range rows {
		if i > tallHead {
			break
		}
		if numbers(r)*2 >= len(r)-1 {
			return i
		}
	}
	return 1
}

// numberSigns may stand before a number.
const numberSigns = "¥￥$€£≤≥<>±+-–~≈约第 "

// numbers counts the cells, but for the first, that begin with a digit.
func numbers(row []box) int {
	n := 0
	for _, c := range row[1:] {
		r, _ := utf8.DecodeRuneInString(strings.TrimLeft(c.text, numberSigns))
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}
