package knowledge

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sentences cuts text after each sentence. Nothing is lost: joined they give
// text again. Decimals, addresses, abbreviations and initials do not end one,
// closing quotes and brackets stay with the sentence they close, and a line
// break ends one always.
func Sentences(text string) []string {
	var out []string
	start := 0
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		i += n
		if !ends(text, start, i, r) {
			continue
		}
		i += trailing(text[i:], r)
		out = append(out, text[start:i])
		start = i
	}
	if start < len(text) {
		out = append(out, text[start:])
	}
	return out
}

// ends reports whether r, which ends at byte i, ends the sentence begun at start.
func ends(text string, start, i int, r rune) bool {
	switch r {
	case '。', '！', '？', '；', '!', '?', '\n', '…':
		next, _ := utf8.DecodeRuneInString(text[i:])
		return r != '?' || !wordly(next) // a query string of an address
	case '.':
		return stops(text[start:i-1], text[i:])
	}
	return false
}

// stops reports whether a full stop between before and after ends a sentence.
func stops(before, after string) bool {
	next, n := utf8.DecodeRuneInString(after)
	if n == 0 {
		return true
	}
	if !unicode.IsSpace(next) && !closing(next) {
		return unicode.Is(unicode.Han, next) && !digitEnds(before)
	}
	follow := strings.TrimLeftFunc(after, func(r rune) bool { return unicode.IsSpace(r) || closing(r) })
	if f, _ := utf8.DecodeRuneInString(follow); unicode.IsLower(f) {
		return false
	}
	word := before[strings.LastIndexFunc(before, func(r rune) bool { return unicode.IsSpace(r) || r == '(' })+1:]
	return !abbreviated(word)
}

// abbreviated reports whether the word before a full stop owns it.
func abbreviated(word string) bool {
	if utf8.RuneCountInString(word) == 1 {
		r, _ := utf8.DecodeRuneInString(word)
		return unicode.IsUpper(r)
	}
	switch strings.ToLower(word) {
	case "mr", "mrs", "ms", "dr", "prof", "st", "no", "nos", "vs", "e.g", "i.e", "etc", "approx",
		"fig", "inc", "ltd", "co", "corp", "dept", "tel", "ext", "art", "sec", "ver", "vol", "jan",
		"feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "u.s", "u.k", "a.m", "p.m":
		return true
	}
	return false
}

func digitEnds(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsDigit(r)
}

func wordly(r rune) bool { return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

func closing(r rune) bool { return strings.ContainsRune("”’\"')]）】」』》", r) }

// trailing is the length of what belongs to the sentence after its mark r.
func trailing(rest string, r rune) int {
	n := 0
	for r != '\n' && n < len(rest) {
		c, size := utf8.DecodeRuneInString(rest[n:])
		if !closing(c) && !strings.ContainsRune("。！？!?….", c) {
			break
		}
		n += size
	}
	for n < len(rest) {
		c, size := utf8.DecodeRuneInString(rest[n:])
		if !unicode.IsSpace(c) {
			break
		}
		n += size
	}
	return n
}

// Terms cuts normalised text into what is searched for: words of letters and
// digits, stemmed lightly, and pairs of neighbouring Han characters; a Han
// character without a neighbour stands alone.
func Terms(text string) []string {
	var out []string
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		switch {
		case ideographic(r):
			end := span(text, ideographic)
			out = pairs(out, text[:end])
			text = text[end:]
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			end := span(text, func(r rune) bool {
				return (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)) && !ideographic(r)
			})
			out = append(out, stem(text[:end]))
			text = text[end:]
		default:
			text = text[n:]
		}
	}
	return out
}

func ideographic(r rune) bool {
	return unicode.Is(unicode.Han, r) || unicode.Is(unicode.Hiragana, r) || unicode.Is(unicode.Katakana, r)
}

func span(s string, in func(rune) bool) int {
	for i, r := range s {
		if !in(r) {
			return i
		}
	}
	return len(s)
}

func pairs(out []string, han string) []string {
	_, n := utf8.DecodeRuneInString(han)
	if n == len(han) {
		return append(out, han)
	}
	for from := 0; from+n < len(han); {
		_, m := utf8.DecodeRuneInString(han[from+n:])
		out = append(out, han[from:from+n+m])
		from, n = from+n, m
	}
	return out
}
