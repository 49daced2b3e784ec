package ingest

import (
	"math"
	"strings"
	"unicode/utf8"
)

// box is what stands as one: a paragraph, a heading, a cell.
type box struct {
	span
	lines []span
}

// stack joins lines that follow each other close below.
func stack(spans []span) []box {
	var out []box
	for _, s := range spans {
		if n := len(out); n > 0 && out[n-1].takes(s) {
			out[n-1].add(s)
			continue
		}
		out = append(out, box{span: s, lines: []span{s}})
	}
	return out
}

// takes reports whether s is the next line of b.
func (b *box) takes(s span) bool {
	last := b.lines[len(b.lines)-1]
	if last.table != nil || s.table != nil {
		return false
	}
	size := max(last.size, s.size)
	if math.Abs(last.size-s.size) > 0.12*size || last.bold != s.bold && utf8.RuneCountInString(s.text) > 1 {
		return false
	}
	gap := s.top - last.bottom
	if gap < -0.5*size || gap > 0.95*size || s.left > last.right || s.right < last.left {
		return false
	}
	return !b.ended(last, s)
}

// ended reports whether s begins another paragraph: after a full stop, and
// indented, or after a line that left much of the width free.
func (b *box) ended(last, s span) bool {
	r, _ := utf8.DecodeLastRuneInString(last.text)
	if bullet.MatchString(s.text) {
		return true
	}
	if !strings.ContainsRune("。.!！?？:：;；", r) {
		return false
	}
	if math.Abs(last.left+last.right-s.left-s.right) < 4 {
		return false // centred
	}
	short := last.right < b.right-0.25*(b.right-b.left) || len(b.lines) == 1 && s.right > last.right+2*s.size
	return short || s.left > last.left+1.2*s.size
}

func (b *box) add(s span) {
	b.lines = append(b.lines, s)
	b.left, b.right = min(b.left, s.left), max(b.right, s.right)
	b.top, b.bottom = min(b.top, s.top), max(b.bottom, s.bottom)
}

// join is the text of b, words hyphenated at a line's end made whole.
func (b *box) join() string {
	var out strings.Builder
	last := ""
	for _, l := range b.lines {
		text := l.text
		if out.Len() > 0 {
			out.WriteString(glue(last, text))
		}
		out.WriteString(text)
		last = text
	}
	return out.String()
}

func (b *box) center() float64 { return (b.left + b.right) / 2 }

// beside reports whether c stands right of b on the same row.
func (b *box) beside(c box) bool {
	overlap := min(b.bottom, c.bottom) - max(b.top, c.top)
	return c.left >= b.right-1 && overlap > 0.3*min(b.bottom-b.top, c.bottom-c.top)
}
