package wechat

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pieceMax is how many bytes of UTF-8 one text may have: the platform refuses
// 2048.
const pieceMax = 2047

// links are what must not be cut; a tag counts with what it encloses.
var links = regexp.MustCompile(`<a\s[^>]*>[^<]*</a>|(?:https?|weixin)://[^\s<>"'，。！？；：（）【】《》“”]+`)

// pieces divides text into messages, each at most pieceMax bytes. The same text
// always gives the same pieces: Reply.Done counts them.
func pieces(text string) []string {
	var out []string
	text = strings.TrimSpace(text)
	for len(text) > pieceMax {
		n := cut(text)
		out = append(out, strings.TrimRightFunc(text[:n], unicode.IsSpace))
		text = strings.TrimLeftFunc(text[n:], unicode.IsSpace)
	}
	if text != "" {
		out = append(out, text)
	}
	return out
}

// How good a place to cut is.
const (
	anywhere  = iota // between two characters
	wordEnd          // after a space or a comma
	sentence         // after a sentence
	paragraph        // at a line's end
)

// cut returns where text, which is longer than a piece, is best cut: as late as
// possible at the best kind of place in a piece's second half.
func cut(text string) int {
	var best [paragraph + 1]int
	last := 0 // edge of the characters before
	spans := links.FindAllStringIndex(text[:min(len(text), 3*pieceMax)], -1)
	for i := range text[:pieceMax+1] {
		for len(spans) > 0 && i >= spans[0][1] {
			spans = spans[1:]
		}
		if len(spans) > 0 && i > spans[0][0] {
			continue
		}
		if i == 0 || !utf8.RuneStart(text[i]) || joined(text, i) {
			continue
		}
		last = i
		best[quality(text, i)] = i
	}
	for q := paragraph; q > anywhere; q-- {
		if best[q] >= pieceMax/2 {
			return best[q]
		}
	}
	if last > 0 {
		return last
	}
	return edge(text, pieceMax) // a link longer than a message
}

// edge is the last edge of a rune at or before n.
func edge(text string, n int) int {
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return n
}

// quality says what kind of place i is.
func quality(text string, i int) int {
	before, size := utf8.DecodeLastRuneInString(text[:i])
	after, _ := utf8.DecodeRuneInString(text[i:])
	switch {
	case after == '\n':
		return paragraph
	case closing(after):
		return anywhere // the mark belongs to what it closes
	case before == '\n':
		return paragraph
	}
	for closing(before) && i > size { // look behind 」 and ”
		i -= size
		before, size = utf8.DecodeLastRuneInString(text[:i])
	}
	switch {
	case strings.ContainsRune("。！？!?…；", before), before == '.' && unicode.IsSpace(after):
		return sentence
	case unicode.IsSpace(before), strings.ContainsRune("，、：,;", before):
		return wordEnd
	}
	return anywhere
}

func closing(r rune) bool { return strings.ContainsRune(`”’」』）】》)]"'`, r) }

// joined reports whether the characters before and after i are shown as one.
func joined(text string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	after, _ := utf8.DecodeRuneInString(text[i:])
	switch {
	case before == '\u200d', after == '\u200d', before == '\r' && after == '\n':
		return true
	case unicode.Is(unicode.M, after), after >= 0x1f3fb && after <= 0x1f3ff:
		return true
	}
	return regional(before) && regional(after)
}

// regional reports whether r is half a flag.
func regional(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }
