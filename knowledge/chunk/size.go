package chunk

import (
	"unicode"

	"frontdesk/knowledge"
)

// The measure of a passage is an estimate of the tokens that a multilingual
// encoder makes of it: fitted to the built-in one's over Chinese and English
// articles and tables, right on average and at most a quarter too low.
const (
	most   = 200.0 // with its title; no passage grows beyond it by adding a sentence
	full   = 140.0 // a passage this long is closed where its paragraph ends
	repeat = 40.0  // a sentence longer than this is not repeated
	titled = 60.0  // what a title counts at most
)

func measure(s string) float64 {
	var size float64
	for _, r := range s {
		size += weight(r)
	}
	return size
}

func weight(r rune) float64 {
	switch {
	case r >= 0x2E80:
		return 0.82
	case unicode.IsDigit(r):
		return 0.6
	case unicode.IsSpace(r):
		return 0
	case unicode.IsLetter(r) && r < 0x250:
		return 0.27
	}
	return 0.95
}

// sentences are those of text, and pieces of what is too long to be one.
func sentences(text string) []string {
	var out []string
	for _, s := range knowledge.Sentences(text) {
		for measure(s) > most {
			cut := cutting(s)
			out = append(out, s[:cut])
			s = s[cut:]
		}
		out = append(out, s)
	}
	return out
}

// cutting is where to cut s, after a space or comma if there is one late enough.
func cutting(s string) int {
	var size float64
	soft := 0
	for i, r := range s {
		if size >= full {
			if soft > 0 {
				return soft
			}
			return i
		}
		size += weight(r)
		if size > full/2 && (unicode.IsSpace(r) || r == '，' || r == ',' || r == '、') {
			soft = i + len(string(r))
		}
	}
	return len(s)
}
