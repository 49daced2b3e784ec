package embed

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxText is how many bytes of a text are embedded; the rest is cut off. It is
// some thirty times a passage.
const MaxText = 32 << 10

// Clean makes texts that look the same the same: valid UTF-8 in composed form
// (NFC), without space around it, at most MaxText bytes. A text that is clean
// already is returned as it is, without allocation.
func Clean(text string) string {
	text = trim(text)
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	if norm.NFC.QuickSpanString(text) < len(text) { // asks without allocating
		text = norm.NFC.String(text)
	}
	return trim(text)
}

// trim cuts space around s, and s at MaxText bytes, between characters.
func trim(s string) string {
	s = strings.TrimSpace(s)
	if len(s) <= MaxText {
		return s
	}
	end := MaxText
	for end > MaxText-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return strings.TrimSpace(s[:end])
}
