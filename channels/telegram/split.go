package telegram

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxUnits is the longest text of one message: 4096, which Telegram counts in
// UTF-16 units after markup is taken away.
const maxUnits = 4096

// split cuts text into pieces of at most limit UTF-16 units each. Joined they
// are text. It cuts behind a paragraph, a line, a sentence or a word, whichever
// comes first in this order and leaves at least half a piece; else between
// characters, never inside one. Equal texts give equal pieces, so that a later
// try goes on where an earlier one stopped.
func split(text string, limit int) []string {
	var out []string
	for text != "" {
		n := fits(text, limit)
		if n < len(text) {
			n = breakpoint(text, n)
		}
		out = append(out, text[:n])
		text = text[n:]
	}
	return out
}

// fits is how many bytes of s, whole runes, make at most limit UTF-16 units.
func fits(s string, limit int) int {
	units := 0
	for i, r := range s {
		if units += width(r); units > limit {
			return i
		}
	}
	return len(s)
}

// width is r's length in UTF-16 units.
func width(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// units is s's length in UTF-16 units.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += width(r)
	}
	return n
}

// breakpoint is the best place, at most n bytes in, to cut s.
func breakpoint(s string, n int) int {
	head := s[:n]
	for _, end := range []func(string) int{paragraph, line, sentence, word} {
		if at := end(head); at > n/2 {
			return at
		}
	}
	return cluster(s, n)
}

func paragraph(s string) int { return behind(s, "\n\n") }

func line(s string) int { return behind(s, "\n") }

func word(s string) int { return behind(s, " ") }

func behind(s, sep string) int {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return i + len(sep)
	}
	return 0
}

// sentence is the end of the last sentence in s: a Chinese full stop, or a
// Latin one with a space behind it.
func sentence(s string) int {
	han := strings.LastIndexAny(s, "。！？；")
	if han >= 0 {
		_, w := utf8.DecodeRuneInString(s[han:])
		han += w
	}
	return max(han, behind(s, ". "), behind(s, "! "), behind(s, "? "), 0)
}

// longestCluster bounds how far a cut moves back to spare a character made of
// several runes, in runes.
const longestCluster = 16

// cluster moves a cut at n back so that no accent, joined emoji or skin tone
// is torn from what it belongs to.
func cluster(s string, n int) int {
	for i, at := 0, n; i < longestCluster && at > 0; i++ {
		next, _ := utf8.DecodeRuneInString(s[at:])
		last, w := utf8.DecodeLastRuneInString(s[:at])
		if !joins(next) && last != zwj {
			return at
		}
		at -= w
	}
	return n
}

const zwj = '\u200d' // zero width joiner

func joins(r rune) bool {
	return r == zwj || unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc) || r >= 0x1F3FB && r <= 0x1F3FF
}
