package main

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"frontdesk/knowledge/embed"
	"frontdesk/knowledge/embed/builtin/unigram"
)

// choice marks the pieces that are kept.
type choice struct {
	src  *source
	full *unigram.Table
	keep []bool
	l    unigram.Lattice
	ids  []int32
}

// newChoice keeps the special pieces and those that are kept whatever words say.
func newChoice(src *source) *choice {
	all := make([]int32, len(src.pieces))
	c := &choice{src: src, keep: make([]bool, len(src.pieces))}
	for i, p := range src.pieces {
		all[i] = int32(i)
		c.keep[i] = src.special(i) || wanted(p)
	}
	c.full = src.table(all)
	return c
}

// wanted is true of every single character of every script, so that nothing
// becomes unknown, of all without letters (digits, punctuation, symbols, emoji)
// and of all whose letters are Han, simplified and traditional.
func wanted(piece string) bool {
	piece = strings.TrimPrefix(piece, "\u2581")
	if utf8.RuneCountInString(piece) <= 1 {
		return true
	}
	for _, r := range piece {
		if (unicode.IsLetter(r) || unicode.IsMark(r)) && !unicode.Is(unicode.Han, r) {
			return false
		}
	}
	return true
}

// addLatin keeps the n likeliest pieces in Latin letters: what the languages of
// Europe have in common.
func (c *choice) addLatin(n int) {
	var ids []int
	for i, p := range c.src.pieces {
		if latin(p) && !c.src.special(i) {
			ids = append(ids, i)
		}
	}
	slices.SortStableFunc(ids, func(a, b int) int { return cmp.Compare(c.src.scores[b], c.src.scores[a]) })
	for _, id := range ids[:min(n, len(ids))] {
		c.keep[id] = true
	}
}

func latin(piece string) bool {
	letters := false
	for _, r := range piece {
		letters = letters || unicode.Is(unicode.Latin, r)
		if unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) {
			return false
		}
	}
	return letters
}

// add keeps the pieces of a word: in three letter cases, after a space and after
// a bracket, where there is none.
func (c *choice) add(word string) {
	if word == "" {
		return
	}
	first, size := utf8.DecodeRuneInString(word)
	for _, w := range []string{word, string(unicode.ToUpper(first)) + word[size:], strings.ToUpper(word)} {
		for _, before := range []string{"", "("} {
			c.ids = c.full.Cut(c.ids[:0], "", embed.Clean(before+w), &c.l)
			for _, id := range c.ids {
				c.keep[id] = true
			}
		}
	}
}

// kept lists what is marked, in the order of the source.
func (c *choice) kept() []int32 {
	var out []int32
	for i, k := range c.keep {
		if k {
			out = append(out, int32(i))
		}
	}
	return out
}

// coverage is how texts are cut by a smaller vocabulary.
type coverage struct {
	Texts, Identical, Tokens, Changed int
}

// compare cuts texts by the whole vocabulary and by the kept pieces.
func (c *choice) compare(kept []int32, texts []string) coverage {
	small := c.src.table(kept)
	var out coverage
	var ids []int32
	for _, s := range texts {
		s = embed.Clean(s)
		c.ids = c.full.Cut(c.ids[:0], "query: ", s, &c.l)
		ids = small.Cut(ids[:0], "query: ", s, &c.l)
		has := map[int32]bool{}
		same := len(ids) == len(c.ids)
		for i, id := range ids {
			has[kept[id]] = true
			same = same && kept[id] == c.ids[i]
		}
		for _, id := range c.ids {
			if !has[id] {
				out.Changed++
			}
		}
		out.Texts++
		out.Tokens += len(c.ids)
		if same {
			out.Identical++
		}
	}
	return out
}
