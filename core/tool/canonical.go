package tool

import (
	"strings"
	"unicode"
)

// MinTail is the shortest tail of a value that counts as a fact: of fewer
// digits, a few guesses find one.
const MinTail = 4

// Canonical is a value as facts are compared: letters and digits alone, upper
// case, full-width ones as the others, and a Chinese phone number without +86.
func Canonical(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= 0xFF01 && r <= 0xFF5E { // full-width forms
			r -= 0xFEE0
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '@' {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
	if strings.Trim(s, "0123456789") != "" {
		return s
	}
	for _, code := range []string{"0086", "86"} {
		if rest, ok := strings.CutPrefix(s, code); ok && len(rest) == 11 && rest[0] == '1' {
			return rest
		}
	}
	return s
}

// Tail is the last n letters and digits of a canonical value, "" if there are
// fewer; all of it for 0.
func Tail(v string, n int) string {
	r := []rune(v)
	switch {
	case n == 0:
		return v
	case len(r) < n:
		return ""
	}
	return string(r[len(r)-n:])
}
