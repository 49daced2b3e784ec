package ingest

import (
	"math"
	"strings"
)

// cut is a wide space within a span, where two columns may meet.
type cut struct {
	at          int // byte of the text behind it
	left, right float64
}

// wideSpace is how wide a space must be, in parts of the letters' size, for a
// column to begin behind it.
const wideSpace = 0.5

// align cuts spans at wide spaces behind which other lines begin a span too: in a
// table without lines a long value may come as near to the next column as words
// of a text are to each other.
func align(spans []span) []span {
	var out []span
	for _, s := range spans {
		from, left := 0, s.left
		for _, c := range s.cuts {
			if begins(spans, s, c.right) < 2 {
				continue
			}
			out = append(out, s.part(from, c.at, left, c.left))
			from, left = c.at, c.right
		}
		if from > 0 {
			s = s.part(from, len(s.text), left, s.right)
		}
		out = append(out, s)
	}
	return out
}

// begins counts the spans of other lines near by that begin at x.
func begins(spans []span, s span, x float64) int {
	n := 0
	for _, o := range spans {
		if math.Abs(o.left-x) < 1 && (o.top > s.bottom || o.bottom < s.top) && math.Abs(o.top-s.top) < 20*s.size {
			n++
		}
	}
	return n
}

func (s span) part(from, to int, left, right float64) span {
	s.text = strings.TrimSpace(s.text[from:to])
	s.left, s.right, s.cuts = left, right, nil
	return s
}
