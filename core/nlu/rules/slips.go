package rules

import (
	"strings"
	"unicode/utf8"
)

// slips finds Latin words written with one slip of the hand: a letter too many,
// missing, wrong, or changed with its neighbour (the optimal string alignment
// distance, Damerau, CACM 7(3), 1964). It looks up what is left when a letter
// is taken away, on both sides (the deletion neighbourhood of Mor and Fraenkel,
// CACM 25(12), 1982), so its time does not grow with the list.
type slips struct {
	near   map[string][]string // a word, and it less a letter → words
	values map[string]string   // of words
	pinyin map[string]string   // of Chinese values, as they are typed
	words  int                 // that the longest word is made of
}

// The shortest word that is found with a slip, in letters; how many words of a
// text are looked at, and of a list; and how many syllables typed apart are one
// value. The first letter must be right: few slips change it, and
// many other words differ in nothing else.
const (
	leastSlipped = 6
	mostWords    = 64
	mostSlips    = 20_000
	mostApart    = 6
)

func newSlips() slips {
	return slips{near: map[string][]string{}, values: map[string]string{}, pinyin: map[string]string{}}
}

// add takes in word if it is of Latin letters alone: in numbers, a digit that
// differs is another thing.
func (s *slips) add(word, value string) {
	parts := strings.Fields(word)
	whole := strings.Join(parts, " ")
	letters := strings.IndexFunc(whole, func(r rune) bool { return !isLetter(r) && r != ' ' }) < 0
	if !letters || utf8.RuneCountInString(whole) < leastSlipped || len(s.values) == mostSlips {
		return
	}
	s.values[whole] = value
	s.words = max(s.words, len(parts))
	shorter(whole, func(k string) { s.near[k] = append(s.near[k], whole) })
}

// shorter gives word, and it less each letter but the first.
func shorter(word string, give func(string)) {
	give(word)
	rs := []rune(word)
	last := word
	for i := 1; i < len(rs); i++ {
		k := string(rs[:i]) + string(rs[i+1:])
		if k != last { // of two letters alike, either may go
			give(k)
		}
		last = k
	}
}

// find looks for slipped words and for pinyin in the first words of a text.
func (s *slips) find(rs []rune, at []int) []match {
	if len(s.values) == 0 && len(s.pinyin) == 0 {
		return nil
	}
	type word struct{ from, to int }
	var ws []word
	for i := 0; i < len(rs) && len(ws) < mostWords; {
		j := i
		for j < len(rs) && isLetter(rs[j]) {
			j++
		}
		if j > i {
			ws = append(ws, word{i, j})
		}
		i = max(j, i+1)
	}
	var out []match
	for i, w := range ws {
		spaced, joined := "", ""
		for j := i; j < len(ws) && j-i < max(s.words, mostApart) && (j == i || ws[j].from == ws[j-1].to+1 && rs[ws[j-1].to] == ' '); j++ {
			part := string(rs[ws[j].from:ws[j].to])
			spaced, joined = strings.TrimPrefix(spaced+" "+part, " "), joined+part
			if len(joined) > longestWord {
				break
			}
			v, ok := s.pinyin[joined]
			if !ok && j-i < s.words {
				v, ok = s.slipped(spaced)
			}
			if ok {
				out = append(out, match{at[w.from], at[ws[j].to], v})
			}
		}
	}
	return out
}

// longestWord bounds what is looked up, in bytes.
const longestWord = 60

// slipped is the value of the word that text is with one slip. Where several
// values are as near, none is meant.
func (s *slips) slipped(text string) (value string, ok bool) {
	if utf8.RuneCountInString(text) < leastSlipped-1 {
		return "", false
	}
	many := false
	shorter(text, func(k string) {
		for _, w := range s.near[k] {
			if oneSlip(text, w) {
				v := s.values[w]
				many = many || ok && v != value
				value, ok = v, true
			}
		}
	})
	return value, ok && !many
}

// oneSlip reports whether a becomes b by at most one slip.
func oneSlip(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > 1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if len(x) < len(y) {
		return string(x[i:]) == string(y[i+1:])
	}
	return i == len(x) || string(x[i+1:]) == string(y[i+1:]) ||
		i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] && string(x[i+2:]) == string(y[i+2:])
}
