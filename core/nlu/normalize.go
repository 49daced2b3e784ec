package nlu

import (
	_ "embed"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// t2s.txt comes from OpenCC, see t2s.LICENSE.txt: a line of traditional
// characters and a line of the simplified ones.
//
//go:embed t2s.txt
var t2sText string

var simplified = readT2S(t2sText)

func readT2S(text string) map[rune]rune {
	from, to, _ := strings.Cut(text, "\n")
	targets := []rune(strings.TrimSpace(to))
	m := make(map[rune]rune, len(targets))
	for i, r := range []rune(from) {
		m[r] = targets[i]
	}
	return m
}

// Simplify returns the simplified form of a traditional Chinese character, and
// any other rune as it is.
func Simplify(r rune) rune {
	if r < 0x3400 {
		return r
	}
	if s, ok := simplified[r]; ok {
		return s
	}
	return r
}

// How far repetition is kept: "sooo" and "哈哈哈" say no more than "soo" and
// "哈哈". Three Latin letters stay, for AAA batteries and XXXL shirts; digits
// always stay.
const (
	keepLatin = 3
	keepOther = 2
	keepMarks = 4 // combining marks in a row; more is decoration
)

// Normalize returns s as it is matched: NFKC, lower case, simplified Chinese,
// without controls, invisible characters or invalid bytes, with white space
// and repetition collapsed. It is idempotent; people are shown their own text.
func Normalize(s string) string {
	if isASCII(s) {
		return squeeze(s)
	}
	for range 4 { // dropping a character may let its neighbours compose
		s = squeeze(norm.NFKC.String(s))
		if norm.NFKC.IsNormalString(s) {
			break
		}
	}
	return s
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// squeeze does all but NFKC, in one pass.
func squeeze(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	var q squeezer
	for _, r := range s {
		if r == utf8.RuneError {
			continue // an invalid byte, or one that was replaced
		}
		if r = q.next(r); r < 0 {
			continue
		}
		if q.space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		q.space = false
		b.WriteRune(r)
	}
	return b.String()
}

// squeezer remembers what came before.
type squeezer struct {
	last  rune
	run   int
	marks int
	space bool // white space is due before the next rune
}

// next returns what becomes of r; -1 is nothing.
func (q *squeezer) next(r rune) rune {
	if !unifiedHan(r) {
		switch {
		case unicode.IsSpace(r):
			q.space = true
			return -1
		case invisible(r):
			return -1
		case unicode.Is(unicode.M, r):
			return q.mark(r)
		}
		r = unicode.ToLower(r)
	}
	r = Simplify(r)
	q.marks = 0
	if r != q.last || q.space {
		q.last, q.run = r, 1
		return r
	}
	if q.run++; q.run > limit(r) {
		return -1
	}
	return r
}

// unifiedHan is the block that nearly all Chinese is written in.
func unifiedHan(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }

func (q *squeezer) mark(r rune) rune {
	if q.marks++; q.marks > keepMarks {
		return -1
	}
	q.last = 0
	return r
}

// limit is how often r may stand in a row.
func limit(r rune) int {
	switch {
	case unicode.IsDigit(r):
		return math.MaxInt
	case unicode.Is(unicode.Latin, r):
		return keepLatin
	case unicode.IsLetter(r):
		return keepOther
	}
	return 1
}

// invisible reports whether r is a control, a format character (zero width
// space and joiners, direction marks, BOM), a variation selector or unassigned.
func invisible(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0:
		return true
	case r < 0xad:
		return false
	case r == 0x034f, r == 0x115f, r == 0x1160, r == 0x3164, r == 0xffa0:
		return true
	case r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0100 && r <= 0xe01ef:
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs)
}

// Wordy reports whether s holds a letter or a digit: signs and emoji alone say
// nothing that could be understood.
func Wordy(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) >= 0
}
