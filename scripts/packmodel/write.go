package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"frontdesk/knowledge/embed/builtin/kernel"
	"frontdesk/knowledge/embed/builtin/modelfile"
)

// writer collects the sections after the header.
type writer struct{ buf bytes.Buffer }

func (w *writer) pad() {
	for (modelfile.Size+w.buf.Len())%modelfile.Align != 0 {
		w.buf.WriteByte(0)
	}
}

// put appends values of fixed size on a boundary; to memory that does not fail.
func (w *writer) put(v any) {
	w.pad()
	if b, ok := v.([]byte); ok {
		w.buf.Write(b)
		return
	}
	_ = binary.Write(&w.buf, binary.LittleEndian, v)
}

// pack writes the model with the kept pieces; origin is the source's SHA-256.
func (s *source) pack(kept []int32, origin [sha256.Size]byte) []byte {
	t := s.table(kept)
	h := modelfile.Header{
		Magic: [4]byte([]byte(modelfile.Magic)), Version: modelfile.Version,
		Hidden: uint32(s.hidden), Layers: uint32(s.layers), Heads: uint32(s.heads), FFN: uint32(s.ffn), MaxPos: uint32(s.maxPos),
		Pieces: uint32(len(kept)), TrieUnits: uint32(len(t.Trie)), NormKeys: uint32(len(t.NormKey)), NormOuts: uint32(len(t.NormOut)),
		Unknown: uint32(t.Unknown), UnknownScore: t.UnknownScore, Eps: s.eps, Source: [16]byte(origin[:16]),
	}
	for i, id := range kept {
		switch int(id) {
		case s.bos:
			h.BOS = uint32(i)
		case s.eos:
			h.EOS = uint32(i)
		}
	}
	var w writer
	for _, v := range []any{t.Trie, t.Scores, t.NormKey, t.NormOff, t.NormOut} {
		w.put(v)
	}
	h.TablesSum = modelfile.Sum(w.buf.Bytes())
	s.putEmbeddings(&w, kept)
	for l := range s.layers {
		s.putLayer(&w, l)
	}
	h.SHA256 = sha256.Sum256(w.buf.Bytes())
	h.Length = uint64(modelfile.Size + w.buf.Len())
	h.HeaderSum = modelfile.SumOf(h)
	var out writer
	out.put(h)
	return append(out.buf.Bytes(), w.buf.Bytes()...)
}

func (s *source) putEmbeddings(w *writer, kept []int32) {
	row := s.hidden / kernel.BlockCols * modelfile.WordUnit
	var words []byte
	for _, id := range kept {
		words = append(words, s.tensors["emb.word"][int(id)*row:][:row]...)
	}
	w.put(words)
	pos, typ := s.floats("emb.pos"), s.floats("emb.type")
	for i := range pos {
		pos[i] += typ[i%s.hidden]
	}
	w.put(pos)
	w.put(s.floats("emb.ln.w", "emb.ln.b"))
}

func (s *source) putLayer(w *writer, l int) {
	n := func(name string) string { return fmt.Sprintf("l%d.%s", l, name) }
	w.put(s.tiles(s.hidden, n("q.w"), n("k.w"), n("v.w")))
	w.put(s.floats(n("q.b"), n("k.b"), n("v.b")))
	w.put(s.tiles(s.hidden, n("ao.w")))
	w.put(s.floats(n("ao.b")))
	w.put(s.floats(n("aln.w"), n("aln.b")))
	w.put(s.tiles(s.hidden, n("fi.w")))
	w.put(s.floats(n("fi.b")))
	w.put(s.tiles(s.ffn, n("fo.w")))
	w.put(s.floats(n("fo.b")))
	w.put(s.floats(n("oln.w"), n("oln.b")))
}

func (s *source) floats(names ...string) []float32 {
	var out []float32
	for _, n := range names {
		b := s.tensors[n]
		out = append(out, values[float32](&reader{b: b}, len(b)/4)...)
	}
	return out
}

// tiles stacks matrices of cols columns and lays them out as kernel wants them.
func (s *source) tiles(cols int, names ...string) []byte {
	var src []byte
	for _, n := range names {
		src = append(src, s.tensors[n]...)
	}
	blocks := cols / kernel.BlockCols
	unit := func(row, block int) []byte { return src[(row*blocks+block)*modelfile.WordUnit:][:modelfile.WordUnit] }
	nibble := func(row, block, col int) byte {
		q := unit(row, block)[2+col%16]
		if col >= 16 {
			return q >> 4
		}
		return q & 15
	}
	out := make([]byte, 0, len(src))
	for top := 0; top < len(src)/(blocks*modelfile.WordUnit); top += kernel.TileRows {
		for b := range blocks {
			for k := range kernel.BlockBytes { // k = 64*j + 4*row + i
				row, col := top+k/4%kernel.TileRows, k/64*8+k%4
				out = append(out, nibble(row, b, col)|nibble(row, b, col+4)<<4)
			}
		}
		for b := range blocks {
			for r := range kernel.TileRows {
				out = append(out, unit(top+r, b)[:2]...)
			}
		}
	}
	return out
}
