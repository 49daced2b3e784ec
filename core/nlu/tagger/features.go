package tagger

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"frontdesk/core/nlu"
)

// token is a word, a number, or one character of Han or of signs.
type token struct {
	start, end int // bytes of the text
	word       string
	shape      string // what it is made of: "Aa", "9", "汉", …
}

func tokens(text string) []token {
	var out []token
	last := rune(0)
	for i, r := range text {
		size := utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, size = utf8.DecodeRuneInString(text[i:])
		}
		k := kind(r)
		if k == ' ' {
			last = k
			continue
		}
		if n := len(out) - 1; n >= 0 && k == last && (k == 'a' || k == '9') {
			out[n].end = i + size
		} else {
			out = append(out, token{start: i, end: i + size})
		}
		last = k
	}
	for i, t := range out {
		raw := text[t.start:t.end]
		out[i].word = nlu.Normalize(raw)
		if out[i].word == "" {
			out[i].word = raw
		}
		out[i].shape = shape(raw)
	}
	return out
}

// kind is what a rune is to tokens.
func kind(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.Is(unicode.Han, r):
		return '汉'
	case unicode.IsDigit(r):
		return '9'
	case unicode.IsLetter(r), unicode.Is(unicode.M, r):
		return 'a'
	}
	return '.'
}

func shape(word string) string {
	var b strings.Builder
	last := rune(0)
	for _, r := range word {
		k := kind(r)
		if k == 'a' && unicode.IsUpper(r) {
			k = 'A'
		}
		if k != last {
			b.WriteRune(k)
		}
		last = k
	}
	return b.String()
}

// lexicon knows the entities seen in training, to find them again.
type lexicon struct {
	names map[string][]string // by words joined
	most  int                 // words in the longest
}

func joined(ts []token) string {
	var b strings.Builder
	for _, t := range ts {
		b.WriteString(t.word)
		b.WriteByte(' ')
	}
	return b.String()
}

// mark says, for each token, of which known entities it is the begin, the
// middle or the end; longest first, without overlaps.
func (l *lexicon) mark(ts []token) [][]string {
	out := make([][]string, len(ts))
	for i := 0; i < len(ts); {
		n := min(l.most, len(ts)-i)
		for ; n > 0; n-- {
			names := l.names[joined(ts[i:i+n])]
			if len(names) == 0 {
				continue
			}
			for j := range n {
				place := "I"
				if j == 0 {
					place = "B"
				} else if j == n-1 {
					place = "E"
				}
				for _, name := range names {
					out[i+j] = append(out[i+j], "L"+place+name)
				}
			}
			break
		}
		i += max(n, 1)
	}
	return out
}

// around are the places of words that say something of a token, and edges
// stand for what is before and after the text.
var around = [...]int{-2, -1, 0, 1, 2}

// look calls yield with each feature of the token at i; wide looks further, which
// pays with thousands of sentences only.
func look(ts []token, marks [][]string, common map[string]bool, wide bool, i int, yield func(string)) {
	at := func(j int) token {
		switch {
		case j < 0:
			return token{word: "<", shape: "<"}
		case j >= len(ts):
			return token{word: ">", shape: ">"}
		}
		return ts[j]
	}
	yield("bias")
	if wide {
		yield("a" + at(i-3).word)
		yield("g" + at(i+3).word)
		yield("u" + at(i-2).word + " " + at(i-1).word + " " + at(i).word)
		yield("v" + at(i).word + " " + at(i+1).word + " " + at(i+2).word)
	}
	for _, d := range around {
		place := string(rune('d' + d))
		yield(place + at(i+d).word)
		yield(place + "s" + at(i+d).shape)
		if j := i + d; j >= 0 && j < len(ts) {
			for _, m := range marks[j] {
				yield(place + m)
			}
		}
	}
	for d := -2; d < 2; d++ {
		yield(string(rune('j'+d)) + at(i+d).word + " " + at(i+d+1).word)
	}
	yield("t" + at(i-1).word + " " + at(i).word + " " + at(i+1).word)
	yield("<" + nearestCommon(ts, common, i, -1))
	yield(">" + nearestCommon(ts, common, i, 1))
	w := []rune(at(i).word)
	for n := 2; n <= 4 && n < len(w); n++ {
		yield("p" + string(w[:n]))
		yield("e" + string(w[len(w)-n:]))
	}
}

// nearestCommon is the nearest common word before the token at i, or after it:
// "from" before all words of a station's name.
func nearestCommon(ts []token, common map[string]bool, i, way int) string {
	for j := i + way; j >= 0 && j < len(ts); j += way {
		if common[ts[j].word] {
			return ts[j].word
		}
	}
	return ""
}

// commonWords are those outside entities in one of everyday sentences or more.
func commonWords(lessons []lesson) map[string]bool {
	in := map[string]int{}
	for _, l := range lessons {
		seen := map[string]bool{}
		for i, t := range l.toks {
			if l.tags[i] == 0 && !seen[t.word] {
				seen[t.word] = true
				in[t.word]++
			}
		}
	}
	out := map[string]bool{}
	for w, n := range in {
		if n > 1 && n >= len(lessons)/everyday {
			out[w] = true
		}
	}
	return out
}

// hash is FNV-1a, 64 bits.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// features are the known features of each token.
func (t *Tagger) features(ts []token) [][]int32 {
	marks, about, out := t.known.mark(ts), t.about(ts), make([][]int32, len(ts))
	for i := range ts {
		out[i] = append(out[i], about...)
		look(ts, marks, t.common, t.topics != nil, i, func(f string) {
			if id, ok := t.ids[hash(f)]; ok {
				out[i] = append(out[i], id)
			}
		})
	}
	return out
}

// about are the topics of a sentence, which bear on all its tokens: "50 yuan" is
// the price of a room or of a meal.
func (t *Tagger) about(ts []token) []int32 {
	var out []int32
	for i := 0; i+1 < len(ts); i++ {
		f := "g" + ts[i].word + " " + ts[i+1].word
		if id, ok := t.topics[f]; ok && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// choose makes topics of the pairs of words that are in many sentences.
func (t *Tagger) choose(lessons []lesson) {
	t.topics = map[string]int32{}
	in := map[string]int{}
	for _, l := range lessons {
		seen := map[string]bool{}
		for i := 0; i+1 < len(l.toks); i++ {
			if f := "g" + l.toks[i].word + " " + l.toks[i+1].word; !seen[f] {
				seen[f] = true
				in[f]++
			}
		}
	}
	for _, f := range slices.Sorted(maps.Keys(in)) {
		if in[f] >= len(lessons)/often {
			t.topics[f] = int32(len(t.ids))
			t.ids[hash("topic"+f)] = int32(len(t.ids))
		}
	}
}
