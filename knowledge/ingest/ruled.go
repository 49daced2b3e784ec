package ingest

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Lines nearer than snap, in points, are one: borders have a width, and some
// tables a gap among their cells.
const snap = 2.6

// Bounds of a ruled table.
const (
	mostRuledColumns = 64
	mostRuledRows    = 400
)

// ruling is a set of lines that cross: the ruling of a table. Lines that are
// missing among two places make one cell of them.
type ruling struct {
	area
	x, y []float64 // of its lines, in order
	grid *grid     // filled by fillFrame
	head int       // rows in bold letters at its top
}

// rulings finds the ruled tables of a page.
func rulings(m marks) []ruling {
	lines := append(slices.Clone(m.across), m.down...)
	if len(m.across) < 2 || len(m.down) < 1 || len(lines) > 6000 {
		return nil
	}
	group := connected(lines)
	across, down := map[int][]area{}, map[int][]area{}
	for i, l := range lines {
		if i < len(m.across) {
			across[group[i]] = append(across[group[i]], l)
		} else {
			down[group[i]] = append(down[group[i]], l)
		}
	}
	var out []ruling
	for g, rows := range across {
		if f, ok := newRuling(rows, down[g]); ok {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b ruling) int { return cmp.Or(cmp.Compare(a.top, b.top), cmp.Compare(a.left, b.left)) })
	return out
}

// connected numbers lines that touch alike.
func connected(lines []area) []int {
	parent := make([]int, len(lines))
	for i := range parent {
		parent[i] = i
	}
	var root func(int) int
	root = func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	order := make([]int, len(lines))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(lines[a].top, lines[b].top) })
	for k, i := range order {
		for _, j := range order[k+1:] {
			if lines[j].top > lines[i].bottom+snap {
				break
			}
			if lines[j].left <= lines[i].right+snap && lines[j].right >= lines[i].left-snap {
				parent[root(i)] = root(j)
			}
		}
	}
	for i := range parent {
		parent[i] = root(i)
	}
	return parent
}

// newRuling makes a ruling of lines that touch; false if they rule no table of two
// rows and two columns.
func newRuling(across, down []area) (ruling, bool) {
	var f ruling
	if len(across) == 0 || len(down) == 0 {
		return f, false
	}
	f.area = across[0]
	for _, l := range append(slices.Clone(across), down...) {
		f.left, f.right = min(f.left, l.left), max(f.right, l.right)
		f.top, f.bottom = min(f.top, l.top), max(f.bottom, l.bottom)
	}
	xs, ys := []float64{f.left, f.right}, []float64{f.top, f.bottom}
	for _, l := range down {
		xs = append(xs, (l.left+l.right)/2)
	}
	for _, l := range across {
		ys = append(ys, (l.top+l.bottom)/2)
	}
	f.x, f.y = snapped(xs), snapped(ys)
	cols, rows := len(f.x)-1, len(f.y)-1
	if cols < 2 || rows < 2 || cols > mostRuledColumns || rows > mostRuledRows {
		return f, false
	}
	f.grid = f.places(across, down)
	return f, true
}

// snapped sorts v and makes one of values that are near.
func snapped(v []float64) []float64 {
	slices.Sort(v)
	var out []float64
	last := 0.0
	for i, x := range v {
		if i == 0 || x-last > snap {
			out = append(out, x)
		}
		last = x
	}
	return out
}

// places numbers the cells: places with no line among them are one.
func (f *ruling) places(across, down []area) *grid {
	cols, rows := len(f.x)-1, len(f.y)-1
	g := &grid{head: -1, rows: make([][]place, rows)}
	for y := range rows {
		g.rows[y] = make([]place, cols)
		for x := range cols {
			midX, midY := (f.x[x]+f.x[x+1])/2, (f.y[y]+f.y[y+1])/2
			switch {
			case y > 0 && !crossed(across, midX, f.y[y], true):
				g.rows[y][x] = g.rows[y-1][x]
			case x > 0 && !crossed(down, f.x[x], midY, false):
				g.rows[y][x] = g.rows[y][x-1]
			default:
				g.last++
				g.rows[y][x] = place{cell: g.last}
			}
		}
	}
	return g
}

// crossed reports whether one of the lines runs through the point.
func crossed(lines []area, x, y float64, across bool) bool {
	for _, l := range lines {
		if across && l.left <= x && l.right >= x && l.top-snap <= y && l.bottom+snap >= y ||
			!across && l.top <= y && l.bottom >= y && l.left-snap <= x && l.right+snap >= x {
			return true
		}
	}
	return false
}

// fill puts the spans that lie in f into its cells and reports whether that is a
// table: most places hold something, and no cell a page of text.
func (f *ruling) fill(spans []span) bool {
	in := map[int][]span{}
	for _, s := range spans {
		if x, y := among(f.x, (s.left+s.right)/2), among(f.y, (s.top+s.bottom)/2); x >= 0 && y >= 0 {
			cell := f.grid.rows[y][x].cell
			in[cell] = append(in[cell], s)
		}
	}
	held, places := 0, 0
	f.head = 0
	for y, row := range f.grid.rows {
		bold, any := true, false
		for x, p := range row {
			places++
			if len(in[p.cell]) == 0 {
				continue
			}
			held++
			row[x].text = lines(in[p.cell])
			if utf8.RuneCountInString(row[x].text) > longestCell {
				return false
			}
			any = true
			bold = bold && in[p.cell][0].bold
		}
		if any && bold && f.head == y {
			f.head = y + 1
		}
	}
	return held*3 >= places && distinctCells(in) >= 4
}

// longestCell is more than a cell of a table holds, in characters: what has more
// is a page laid out in boxes.
const longestCell = 600

func distinctCells(in map[int][]span) int {
	n := 0
	for _, s := range in {
		if len(s) > 0 {
			n++
		}
	}
	return n
}

// among is the place of v among edges, -1 if outside.
func among(edges []float64, v float64) int {
	for i := 1; i < len(edges); i++ {
		if v >= edges[i-1] && v < edges[i] {
			return i - 1
		}
	}
	return -1
}

// lines joins the spans of a cell, top to bottom and left to right.
func lines(spans []span) string {
	slices.SortStableFunc(spans, func(a, b span) int {
		if overlap := min(a.bottom, b.bottom) - max(a.top, b.top); overlap > 0.5*min(a.bottom-a.top, b.bottom-b.top) {
			return cmp.Compare(a.left, b.left)
		}
		return cmp.Compare(a.top, b.top)
	})
	var out strings.Builder
	for i, s := range spans {
		if i > 0 {
			out.WriteString(glue(spans[i-1].text, s.text))
		}
		out.WriteString(s.text)
	}
	return out.String()
}

// takeRuled moves the text of ruled tables into them: in the place of a table's
// first span stands one that holds the ruling.
func takeRuled(spans []span, found []ruling) []span {
	for i := range found {
		f := &found[i]
		var inside []span
		for _, s := range spans {
			if s.table == nil && f.holds(area{s.left, s.top, s.right, s.bottom}) {
				inside = append(inside, s)
			}
		}
		if len(inside) == 0 || !f.fill(inside) {
			continue
		}
		var out []span
		placed := false
		for _, s := range spans {
			switch {
			case s.table != nil || !f.holds(area{s.left, s.top, s.right, s.bottom}):
				out = append(out, s)
			case !placed:
				out = append(out, span{table: f, text: "\x00", left: f.left, right: f.right, top: f.top, bottom: f.bottom})
				placed = true
			}
		}
		spans = out
	}
	return spans
}

// carry gives cells that are merged down from the top, and empty there, what the
// row above the page's end held.
func (g *grid) carry(last []string) {
	if len(g.rows) < 2 {
		return
	}
	for x := 1; x < len(g.rows[0]) && x < len(last); x++ {
		p := g.rows[0][x]
		if p.text != "" || g.rows[1][x].cell != p.cell {
			continue
		}
		for y := 0; y < len(g.rows) && g.rows[y][x].cell == p.cell; y++ {
			g.rows[y][x].text = last[x]
		}
	}
}
