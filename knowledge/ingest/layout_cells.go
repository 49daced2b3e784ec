package ingest

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// middle is the height of b's middle.
func middle(b box) float64 { return (b.top + b.bottom) / 2 }

// fill puts cells into a grid. What floats between rows, or leaves rows of its
// column empty, is a cell merged over several rows and repeated in each.
func fill(rows [][]box, cols []interval) [][]string {
	var at []float64
	cells := make([][]box, len(cols))
	for _, r := range rows {
		if len(r)*3 >= len(cols) || r[0].left <= cols[0].right {
			at = append(at, middle(r[0]))
		}
		for _, c := range r {
			for _, i := range covering(c, cols) {
				cells[i] = append(cells[i], c)
			}
		}
	}
	out := make([][]string, len(at))
	for i := range out {
		out[i] = make([]string, len(cols))
	}
	for i, col := range cells {
		slices.SortStableFunc(col, func(a, b box) int { return cmp.Compare(middle(a), middle(b)) })
		settle(out, i, col, at)
	}
	return out
}

// covering lists the columns of c, the nearest if it meets none.
func covering(c box, cols []interval) []int {
	if at := meeting(c, cols); len(at) > 0 {
		return at
	}
	best := 0
	for i := range cols {
		if off(c, cols[i]) < off(c, cols[best]) {
			best = i
		}
	}
	return []int{best}
}

// off is how far the middle of b is from v.
func off(b box, v interval) float64 { return max(v.left-b.center(), b.center()-v.right, 0) }

// settle writes a column's cells into its rows.
func settle(out [][]string, column int, cells []box, at []float64) {
	if spans, ok := merged(cells, at); ok {
		for i, s := range spans {
			for row := s[0]; row <= s[1]; row++ {
				out[row][column] = cells[i].join()
			}
		}
		return
	}
	for _, c := range cells {
		row := nearest(middle(c), at)
		out[row][column] = strings.TrimSpace(out[row][column] + " " + c.join())
	}
}

// merged tells the rows of cells that are merged down and centred: each must lie
// at the middle of the rows it covers, and together they must cover all. It does
// not guess where cells stand at the top of their rows: then the first cell
// covers just one row by this measure, and so might others.
func merged(cells []box, at []float64) ([][2]int, bool) {
	if len(cells) == 0 || len(cells) >= len(at) {
		return nil, false
	}
	pitch := math.Inf(1)
	for i := 1; i < len(at); i++ {
		pitch = min(pitch, at[i]-at[i-1])
	}
	var out [][2]int
	from := 0
	for _, c := range cells {
		to := from
		for to < len(at) && math.Abs((at[from]+at[to])/2-middle(c)) > 0.3*pitch {
			to++
		}
		if to == len(at) {
			return nil, false
		}
		out = append(out, [2]int{from, to})
		if from = to + 1; from >= len(at) {
			break
		}
	}
	return out, from == len(at) && len(out) == len(cells) && out[0][1] > out[0][0]
}

func nearest(y float64, at []float64) int {
	best := 0
	for i := range at {
		if math.Abs(at[i]-y) < math.Abs(at[best]-y) {
			best = i
		}
	}
	return best
}

// headers gives each column the words that stand over it, a group's before its
// columns' own. A cell over columns that have names further down is a group.
func headers(head [][]box, cols []interval) []column {
	out := make([]column, len(cols))
	at := make([]float64, len(cols)) // height of the column's own name
	for i := len(head) - 1; i >= 0; i-- {
		var groups, names []box
		for _, c := range head[i] {
			if slices.ContainsFunc(covering(c, cols), func(i int) bool { return out[i].name != "" }) {
				groups = append(groups, c)
			} else {
				names = append(names, c)
			}
		}
		prefix(out, groups, at, cols)
		for _, c := range names {
			i := covering(c, cols)[0]
			out[i].name, at[i] = c.join(), middle(c)
		}
	}
	return out
}

// prefix writes each group before the names of the columns nearest to it. A name
// that stands about as high as the group covers its row too and is not under it.
func prefix(out []column, groups []box, at []float64, cols []interval) {
	if len(groups) == 0 {
		return
	}
	deep := math.Inf(-1)
	for i := range out {
		if out[i].name != "" {
			deep = max(deep, at[i])
		}
	}
	for i := range out {
		if out[i].name == "" {
			continue
		}
		mid := (cols[i].left + cols[i].right) / 2
		near := slices.MinFunc(groups, func(a, b box) int {
			return cmp.Compare(math.Abs(a.center()-mid), math.Abs(b.center()-mid))
		})
		if at[i]-middle(near) > 0.7*(deep-middle(near)) {
			out[i].group = oneLine(near.join() + " " + out[i].group)
		}
	}
}
