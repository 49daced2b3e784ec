package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"frontdesk/core/nlu"
)

// folded is a text in half width and simplified characters, with the way back:
// at[i] is the byte of from where byte i of text comes from.
type folded struct {
	from, text string
	lower      string // text in lower case, for filters
	at         []int

	runes  []rune // of text, in lower case; nil until asked for
	byteOf []int  // where each begins in text, and the end
}

// letters are the runes of f.text in lower case, and where each begins in it;
// one place more is the end.
func (f *folded) letters() ([]rune, []int) {
	if f.runes == nil {
		for i, r := range f.text {
			f.runes, f.byteOf = append(f.runes, unicode.ToLower(r)), append(f.byteOf, i)
		}
		f.byteOf = append(f.byteOf, len(f.text))
	}
	return f.runes, f.byteOf
}

func fold(s string) folded {
	var b strings.Builder
	b.Grow(len(s))
	at := make([]int, 0, len(s)+1)
	for i, r := range s {
		r = nlu.Simplify(halfWidth(r))
		b.WriteRune(r)
		for range utf8.RuneLen(r) {
			at = append(at, i)
		}
	}
	return folded{from: s, text: b.String(), lower: strings.ToLower(b.String()), at: append(at, len(s))}
}

// halfWidth maps the forms of U+FF00 and the ideographic space to ASCII.
func halfWidth(r rune) rune {
	switch {
	case r >= 0xff01 && r <= 0xff5e:
		return r - 0xfee0
	case r == 0x3000:
		return ' '
	case r == 0xffe5:
		return '¥'
	}
	return r
}

// alone reports whether no ASCII letter or digit touches the span that one
// would belong to.
func (f folded) alone(from, to int) bool {
	return !(from > 0 && alnum(f.text[from-1]) && alnum(f.text[from])) &&
		!(to < len(f.text) && alnum(f.text[to]) && alnum(f.text[to-1]))
}

func alnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
