package lookup

import (
	"strings"
	"unicode"
)

// canonical is a value as it is compared: letters and digits alone, upper case,
// full-width ones as the others, and a Chinese phone number without +86.
func canonical(s string) string {
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
