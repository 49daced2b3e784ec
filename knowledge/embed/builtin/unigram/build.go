package unigram

import "slices"

// Entry is a piece and its number.
type Entry struct {
	Text  string
	Piece int32
}

// Build lays entries out as a double array. It orders them; no two may have the
// same text.
func Build(entries []Entry) []Unit {
	slices.SortFunc(entries, func(a, b Entry) int {
		if a.Text < b.Text {
			return -1
		}
		return 1
	})
	b := &builder{first: 1}
	b.grow(1)
	b.used[0] = true
	b.place(0, entries, 0)
	last := len(b.units)
	for !b.used[last-1] {
		last--
	}
	return b.units[:last]
}

type builder struct {
	units []Unit
	used  []bool
	first int // no free cell below it
}

func (b *builder) grow(n int) {
	for len(b.units) < n {
		b.units = append(b.units, Unit{Check: -1, Piece: -1})
		b.used = append(b.used, false)
	}
}

// place puts what follows the first depth bytes of es below node.
func (b *builder) place(node int, es []Entry, depth int) {
	if len(es) > 0 && len(es[0].Text) == depth {
		b.units[node].Piece = es[0].Piece
		es = es[1:]
	}
	if len(es) == 0 {
		return
	}
	var labels, starts []int
	for i, e := range es {
		if c := int(e.Text[depth]); i == 0 || labels[len(labels)-1] != c {
			labels, starts = append(labels, c), append(starts, i)
		}
	}
	base := b.find(labels)
	b.units[node].Base = int32(base)
	for _, c := range labels {
		b.used[base+c] = true
		b.units[base+c].Check = int32(node)
	}
	starts = append(starts, len(es))
	for i, c := range labels {
		b.place(base+c, es[starts[i]:starts[i+1]], depth+1)
	}
}

// patience is how many places are tried before a crowded prefix of the array is
// given up: it wastes a few cells and saves minutes.
const patience = 20000

// find looks for a base with free cells for all labels.
func (b *builder) find(labels []int) int {
	for b.first < len(b.used) && b.used[b.first] {
		b.first++
	}
	for cell, tries := max(b.first, labels[0]+1), 1; ; cell, tries = cell+1, tries+1 {
		base := cell - labels[0]
		b.grow(base + 257)
		if tries%patience == 0 {
			b.first = cell
		}
		if !slices.ContainsFunc(labels, func(c int) bool { return b.used[base+c] }) {
			return base
		}
	}
}
