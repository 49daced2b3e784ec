// Package unigram cuts text into the pieces of a SentencePiece unigram model
// (Kudo, "Subword Regularization", 2018): the path of highest total
// log-probability through all ways to cut it.
//
// The pieces lie in a double array over bytes (Aoe, 1989), used in place from
// the model's file.
package unigram

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"unicode/utf8"
)

// metaspace stands for a space inside pieces.
const metaspace = "\u2581"

// Unit is a cell of the double array: the child of cell s for byte c is cell
// Base+c of s if its Check is s. Piece is -1 where no piece ends.
type Unit struct{ Base, Check, Piece int32 }

// Table is a vocabulary and its normalisation. It is not changed and may be
// shared; Validate it if it comes from outside.
type Table struct {
	Trie   []Unit
	Scores []float32 // log-probability by piece
	// NormKey lists in order the code points that are replaced; the replacement
	// of NormKey[i] is NormOut[NormOff[i]:NormOff[i+1]].
	NormKey, NormOff, NormOut []uint32
	// Unknown is the piece of a character that is in none, at UnknownScore.
	Unknown      int32
	UnknownScore float32
}

// Lattice is the memory of a Cut; it only grows. The zero value is ready.
type Lattice struct {
	text []byte
	best []float32 // best score of a path that ends at a byte
	from []int32   // where the last piece of that path starts
	id   []int32   // and which it is
}

// Validate reports what would make Cut read outside the table.
func (t *Table) Validate() error {
	pieces := int32(len(t.Scores))
	if len(t.Trie) == 0 || len(t.NormOff) != len(t.NormKey)+1 || t.Unknown < 0 || t.Unknown >= pieces {
		return errors.New("vocabulary: tables of the wrong size")
	}
	for i := range t.Trie {
		if u := &t.Trie[i]; u.Piece < -1 || u.Piece >= pieces || u.Base < 0 {
			return errors.New("vocabulary: a cell points outside")
		}
	}
	if !finite(t.UnknownScore) || slices.ContainsFunc(t.Scores, func(s float32) bool { return !finite(s) }) {
		return errors.New("vocabulary: a score is no number")
	}
	return t.validateNorm()
}

func (t *Table) validateNorm() error {
	if !slices.IsSorted(t.NormKey) || !slices.IsSorted(t.NormOff) {
		return errors.New("normalisation: keys or offsets out of order")
	}
	if t.NormOff[0] != 0 || int(t.NormOff[len(t.NormKey)]) != len(t.NormOut) {
		return errors.New("normalisation: an offset points outside")
	}
	for _, r := range t.NormOut {
		if r > utf8.MaxRune {
			return errors.New("normalisation: no code point")
		}
	}
	return nil
}

// low is beyond what a sum of scores may reach, and below it nothing is.
const low = -1e30

func finite(f float32) bool {
	return math.Abs(float64(f)) < -low/1e9
}

// normalize appends the normalised form of s to buf: code points mapped by the
// table, a space in front, runs of spaces collapsed, spaces as metaspace.
func (t *Table) normalize(buf []byte, s string) []byte {
	if len(buf) == 0 {
		buf = append(buf, metaspace...)
	}
	for _, r := range s {
		i, mapped := slices.BinarySearch(t.NormKey, uint32(r))
		if !mapped {
			buf = put(buf, r)
			continue
		}
		for _, o := range t.NormOut[t.NormOff[i]:t.NormOff[i+1]] {
			buf = put(buf, rune(o))
		}
	}
	return buf
}

func put(buf []byte, r rune) []byte {
	switch {
	case r != ' ':
		return utf8.AppendRune(buf, r)
	case bytes.HasSuffix(buf, []byte(metaspace)):
		return buf
	}
	return append(buf, metaspace...)
}

// Cut appends the pieces of prefix+s to ids. It allocates only to grow ids and
// l. Time grows with the length of s times that of the longest piece.
func (t *Table) Cut(ids []int32, prefix, s string, l *Lattice) []int32 {
	l.text = t.normalize(t.normalize(l.text[:0], prefix), s)
	n := len(l.text)
	l.reset(n)
	for i := range n {
		if l.best[i] == low {
			continue // inside a character
		}
		t.extend(l, i)
	}
	first := len(ids)
	for i := n; i > 0; i = int(l.from[i]) {
		ids = append(ids, l.id[i])
	}
	slices.Reverse(ids[first:])
	return ids
}

// extend follows all pieces that start at byte i.
func (t *Table) extend(l *Lattice, i int) {
	here, node := l.best[i], int32(0)
	for j := i; j < len(l.text); j++ {
		next := t.Trie[node].Base + int32(l.text[j])
		if uint(next) >= uint(len(t.Trie)) || t.Trie[next].Check != node {
			break
		}
		node = next
		if p := t.Trie[node].Piece; p >= 0 {
			l.relax(i, j+1, p, here+t.Scores[p])
		}
	}
	_, size := utf8.DecodeRune(l.text[i:])
	l.relax(i, i+size, t.Unknown, here+t.UnknownScore)
}

func (l *Lattice) reset(n int) {
	l.best = slices.Grow(l.best[:0], n+1)[:n+1]
	l.from = slices.Grow(l.from[:0], n+1)[:n+1]
	l.id = slices.Grow(l.id[:0], n+1)[:n+1]
	for i := range l.best {
		l.best[i] = low
	}
	l.best[0] = 0
}

func (l *Lattice) relax(from, to int, id int32, score float32) {
	if score > l.best[to] {
		l.best[to], l.from[to], l.id[to] = score, int32(from), id
	}
}
