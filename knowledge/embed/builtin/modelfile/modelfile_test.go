package modelfile

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"
)

const path = "../e5small.fde5"

func file(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParse(t *testing.T) {
	b := file(t)
	m, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Verify(); err != nil {
		t.Error(err)
	}
	if !m.InPlace(b) {
		t.Error("the file was copied")
	}
	if m.Hidden != 384 || len(m.Layers) != 12 || m.Heads != 12 || m.FFN != 1536 || m.MaxPos != 512 {
		t.Errorf("the model's shape is %+v", m.Header)
	}
	if int(unsafe.Sizeof(Header{})) != binary.Size(Header{}) || Size != 128 {
		t.Errorf("the header has %d bytes in memory and %d in the file, want 128", unsafe.Sizeof(Header{}), binary.Size(Header{}))
	}
	if len(b) > 32e6 {
		t.Errorf("the file has %d bytes, at most 32 MB are wanted", len(b))
	}
}

// A file that lies askew in memory is copied once, and read all the same.
func TestAskew(t *testing.T) {
	b := file(t)
	askew := append(make([]byte, 1, len(b)+1), b...)[1:]
	if uintptr(unsafe.Pointer(&askew[0]))%4 == 0 {
		t.Fatal("the test's own slice is not askew")
	}
	m, err := Parse(askew)
	if err != nil {
		t.Fatal(err)
	}
	if m.InPlace(askew) || m.Verify() != nil {
		t.Error("not a good copy")
	}
}

func TestDamagedHeader(t *testing.T) {
	b := file(t)
	for bit := range Size * 8 {
		b[bit/8] ^= 1 << (bit % 8)
		if _, err := Parse(b); err == nil {
			t.Fatalf("bit %d of the header is flipped and it is accepted", bit)
		}
		b[bit/8] ^= 1 << (bit % 8)
	}
}

// A flipped bit in the tables is seen by Parse, in the weights by Verify.
func TestDamagedAnywhere(t *testing.T) {
	b := file(t)
	m, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	tables := Size + len(m.Vocabulary.Trie)*12
	for off := Size; off < len(b); off += len(b) / 23 {
		b[off] ^= 4
		d, err := Parse(b)
		if off < tables && err == nil {
			t.Errorf("byte %d, in the vocabulary, is flipped and it is accepted", off)
		}
		if err == nil && d.Verify() == nil {
			t.Errorf("byte %d is flipped and it is verified", off)
		}
		b[off] ^= 4
	}
}

func TestCutShort(t *testing.T) {
	b := file(t)
	for _, n := range []int{0, 1, 3, 4, 63, 64, 127, 128, 129, 1 << 10, 1 << 20, len(b) / 2, len(b) - 1} {
		_, err := Parse(b[:n])
		if err == nil || !strings.HasPrefix(err.Error(), "model file: ") {
			t.Errorf("%d of %d bytes: error %v", n, len(b), err)
		}
	}
	if _, err := Parse(append(b, 0)); err == nil {
		t.Error("a byte too many is accepted")
	}
}

// A header that is whole but lies is refused too, whatever it says.
func TestLyingHeader(t *testing.T) {
	b := file(t)
	for name, lie := range map[string]func(*Header){
		"version":       func(h *Header) { h.Version = 9 },
		"length":        func(h *Header) { h.Length-- },
		"no width":      func(h *Header) { h.Hidden = 0 },
		"odd width":     func(h *Header) { h.Hidden = 383 },
		"wide":          func(h *Header) { h.Hidden, h.Heads = 1<<14, 1<<9 },
		"heads":         func(h *Header) { h.Heads = 6 },
		"no layers":     func(h *Header) { h.Layers = 0 },
		"many layers":   func(h *Header) { h.Layers = math.MaxUint32 },
		"a layer more":  func(h *Header) { h.Layers++ },
		"a layer less":  func(h *Header) { h.Layers-- },
		"FFN":           func(h *Header) { h.FFN = math.MaxUint32 },
		"no places":     func(h *Header) { h.MaxPos = 2 },
		"many places":   func(h *Header) { h.MaxPos = math.MaxUint32 },
		"pieces":        func(h *Header) { h.Pieces = math.MaxUint32 },
		"few pieces":    func(h *Header) { h.Pieces = 2 },
		"mark outside":  func(h *Header) { h.EOS = h.Pieces },
		"unknown piece": func(h *Header) { h.Unknown = h.Pieces },
		"no trie":       func(h *Header) { h.TrieUnits = 0 },
		"large trie":    func(h *Header) { h.TrieUnits = math.MaxUint32 },
		"keys":          func(h *Header) { h.NormKeys = math.MaxUint32 },
		"replacements":  func(h *Header) { h.NormOuts = math.MaxUint32 },
		"eps":           func(h *Header) { h.Eps = float32(math.NaN()) },
		"tables":        func(h *Header) { h.TablesSum++ },
	} {
		var h Header
		if _, err := binary.Decode(b, binary.LittleEndian, &h); err != nil {
			t.Fatal(err)
		}
		lie(&h)
		h.HeaderSum = SumOf(h)
		var head bytes.Buffer
		if err := binary.Write(&head, binary.LittleEndian, h); err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(append(head.Bytes(), b[Size:]...)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// Tables whose checksums fit but which point outside are refused: whoever makes
// a file can make checksums too.
func TestLyingTables(t *testing.T) {
	b := file(t)
	var h Header
	if _, err := binary.Decode(b, binary.LittleEndian, &h); err != nil {
		t.Fatal(err)
	}
	m, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	end := tablesEnd(h)
	for name, spoil := range map[string]func(){
		"piece":  func() { m.Vocabulary.Trie[100].Piece = int32(h.Pieces) },
		"base":   func() { m.Vocabulary.Trie[100].Base = -5 },
		"score":  func() { m.Vocabulary.Scores[9] = float32(math.Inf(1)) },
		"offset": func() { m.Vocabulary.NormOff[4] = math.MaxUint32 },
		"rune":   func() { m.Vocabulary.NormOut[4] = math.MaxUint32 },
	} {
		whole := slices.Clone(b[:end])
		spoil() // in b, which the model is part of
		d := h
		d.TablesSum = Sum(b[Size:end])
		d.HeaderSum = SumOf(d)
		if _, err := binary.Encode(b, binary.LittleEndian, d); err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(b); err == nil || !strings.Contains(err.Error(), "vocabulary:") && !strings.Contains(err.Error(), "normalisation:") {
			t.Errorf("%s: error %v", name, err)
		}
		copy(b, whole)
	}
	if _, err := Parse(b); err != nil {
		t.Errorf("put right again: %v", err)
	}
}

// tablesEnd is where normOut ends.
func tablesEnd(h Header) int {
	end := Size
	for _, n := range []uint32{h.TrieUnits * 12, h.Pieces * 4, h.NormKeys * 4, (h.NormKeys + 1) * 4, h.NormOuts * 4} {
		end = (end+Align-1)&^(Align-1) + int(n)
	}
	return end
}

// Parse takes half a millisecond; ten times as much is a fault, not a busy machine.
func TestParseIsQuick(t *testing.T) {
	b := file(t)
	best := time.Hour
	for range 5 {
		start := time.Now()
		if _, err := Parse(b); err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(start))
	}
	t.Logf("parsed in %v", best)
	if best > 10*time.Millisecond {
		t.Errorf("parsing took %v at best", best)
	}
}

func FuzzParse(f *testing.F) {
	b := file(f)
	for _, n := range []int{0, 4, 128, 4096} {
		f.Add(uint32(n), b[:min(n, 256)])
	}
	f.Fuzz(func(t *testing.T, at uint32, patch []byte) {
		d := slices.Clone(b[:min(len(b), 3<<20)])
		copy(d[int(at)%len(d):], patch)
		if _, err := Parse(d); err == nil {
			t.Error("a tenth of a file is accepted")
		}
		if _, err := Parse(patch); err == nil {
			t.Error("a patch alone is accepted")
		}
	})
}
