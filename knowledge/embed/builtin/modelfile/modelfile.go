// Package modelfile reads the file of the sentence encoder's weights and
// vocabulary, in place: nothing of it is copied. scripts/packmodel writes it.
//
// # Layout
//
// Little endian; every section starts on a 64-byte boundary.
//
//	header   Header (128 bytes)
//	trie     TrieUnits x {base, check, piece int32}  the vocabulary's double array
//	scores   Pieces x float32                        its log-probabilities
//	normKey  NormKeys x uint32                       code points replaced, in order
//	normOff  (NormKeys+1) x uint32                   offsets into normOut
//	normOut  NormOuts x uint32                       replacements
//	word     Pieces x Hidden/32 x {f16 scale, 16 bytes}  rows of embeddings
//	pos      MaxPos x Hidden float32                 position and token type 0
//	embNorm  2 x Hidden float32                      gain, bias
//	then for each layer
//	  qkv    weights [3*Hidden, Hidden], bias float32
//	  out    weights [Hidden, Hidden], bias; norm 2 x Hidden float32
//	  up     weights [FFN, Hidden], bias
//	  down   weights [Hidden, FFN], bias; norm 2 x Hidden float32
//
// A block of an embedding holds 32 numbers: byte i has number i in its low and
// i+16 in its high nibble, each (nibble-8)*scale (the Q4_0 of llama.cpp).
// Weights are in the tiles of package kernel.
//
// # Damage
//
// Parse checks the checksum of the header and of the tables that hold indices,
// and that they point inside: it takes half a millisecond and no file, however
// damaged, makes the encoder read outside. What it does not see is a flipped bit
// among the weights; Verify does, by the SHA-256 of the whole, in some 20 ms. A
// file from a path is verified when it is opened, the one in the program by a
// test and by `frontdesk check`.
package modelfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"unsafe"

	"frontdesk/knowledge/embed/builtin/kernel"
	"frontdesk/knowledge/embed/builtin/unigram"
)

// What a file begins with, and its boundaries.
const (
	Magic     = "FDE5"
	Version   = 1
	Align     = 64
	HeadDim   = 32                           // numbers of an attention head; the kernels rely on it
	WordUnit  = 2 + kernel.BlockCols/2       // bytes of one embedding block
	MaxLength = 256 << 20                    // of a file, in bytes
	Size      = int(unsafe.Sizeof(Header{})) // of the header
)

// Header is the start of a file.
type Header struct {
	Magic     [4]byte
	Version   uint32
	Hidden    uint32
	Layers    uint32
	Heads     uint32
	FFN       uint32
	MaxPos    uint32
	Pieces    uint32
	TrieUnits uint32
	NormKeys  uint32
	NormOuts  uint32
	BOS       uint32
	EOS       uint32
	Unknown   uint32
	// UnknownScore is the log-probability of a character that is in no piece.
	UnknownScore float32
	Eps          float32  // of the layer norms
	Length       uint64   // of the file
	TablesSum    uint32   // CRC-32C from the end of the header to the end of normOut
	HeaderSum    uint32   // CRC-32C of the header with this field 0
	SHA256       [32]byte // of all after the header
	Source       [16]byte // first half of the SHA-256 of what it was made from
}

// Matrix is weights in tiles, and a bias by row.
type Matrix struct {
	W          []byte
	Bias       []float32
	Rows, Cols int
}

// Norm is the gain and bias of a layer norm.
type Norm struct{ Gain, Bias []float32 }

// Layer is one of the encoder's.
type Layer struct {
	QKV, Out, Up, Down Matrix
	OutNorm, DownNorm  Norm
}

// Model is a file, ready for use. It is not changed and may be shared.
type Model struct {
	Header
	Vocabulary unigram.Table
	Word       []byte
	Pos        []float32
	EmbNorm    Norm
	Layers     []Layer

	data []byte
}

// Parse interprets data, which must not change while the model is in use. It is
// copied only if it does not lie on a 4-byte boundary.
func Parse(data []byte) (*Model, error) {
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		return nil, errors.New("model file: big-endian machines are not supported")
	}
	if len(data) < Size || string(data[:4]) != Magic {
		return nil, errors.New("model file: this is none (it does not begin with " + Magic + ")")
	}
	data = aligned(data)
	m := &Model{data: data}
	if _, err := binary.Decode(data, binary.LittleEndian, &m.Header); err != nil {
		return nil, fmt.Errorf("model file: %w", err)
	}
	if m.Version != Version {
		return nil, fmt.Errorf("model file: it has version %d, this program reads %d: pack it anew with scripts/packmodel", m.Version, Version)
	}
	if err := m.checkHeader(); err != nil {
		return nil, err
	}
	if err := m.cut(); err != nil {
		return nil, err
	}
	if err := m.Vocabulary.Validate(); err != nil {
		return nil, fmt.Errorf("model file: %w", err)
	}
	return m, nil
}

// aligned returns data, or a copy of it, on a boundary for 4-byte numbers.
func aligned(data []byte) []byte {
	if uintptr(unsafe.Pointer(&data[0]))%4 == 0 {
		return data
	}
	words := make([]uint64, (len(data)+7)/8)
	// Safe: words has at least len(data) bytes, and lives as long as the slice.
	out := unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), len(data))
	copy(out, data)
	return out
}

// Sum is the checksum of headers and tables: CRC-32C, which processors compute.
func Sum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// SumOf is what the HeaderSum of h must be.
func SumOf(h Header) uint32 {
	h.HeaderSum = 0
	var b bytes.Buffer
	// Writing fixed-size fields to memory does not fail.
	_ = binary.Write(&b, binary.LittleEndian, h)
	return Sum(b.Bytes())
}

var errShape = errors.New("model file: its header is damaged, or of a model of another shape")

func (m *Model) checkHeader() error {
	switch {
	case m.HeaderSum != SumOf(m.Header):
		return errors.New("model file: the checksum of its header is wrong")
	case m.Length != uint64(len(m.data)) || m.Length > MaxLength:
		return fmt.Errorf("model file: it has %d bytes and should have %d: was it copied whole?", len(m.data), m.Length)
	case m.Hidden == 0, m.Hidden > 1<<14, m.Hidden%kernel.BlockCols != 0, m.Heads == 0, m.Hidden != m.Heads*HeadDim:
		return errShape
	case m.FFN == 0, m.FFN > 1<<16, m.FFN%kernel.BlockCols != 0, m.Header.Layers == 0, m.Header.Layers > 1024:
		return errShape
	case m.MaxPos < 3, m.MaxPos > 1<<12, m.Pieces > 1<<24, max(m.BOS, m.EOS, m.Unknown) >= m.Pieces:
		return errShape
	case m.TrieUnits == 0, m.TrieUnits > 1<<26, m.NormKeys > 1<<21, m.NormOuts > 1<<24, !(m.Eps > 0 && m.Eps < 1):
		return errShape
	}
	return nil
}

// cut finds the sections.
func (m *Model) cut() error {
	h, f := int(m.Hidden), int(m.FFN)
	c := &cursor{buf: m.data, off: Size}
	m.Vocabulary = unigram.Table{
		Trie:         section[unigram.Unit](c, int(m.TrieUnits)),
		Scores:       section[float32](c, int(m.Pieces)),
		NormKey:      section[uint32](c, int(m.NormKeys)),
		NormOff:      section[uint32](c, int(m.NormKeys)+1),
		NormOut:      section[uint32](c, int(m.NormOuts)),
		Unknown:      int32(m.Unknown),
		UnknownScore: m.UnknownScore,
	}
	if c.err == nil && Sum(m.data[Size:c.off]) != m.TablesSum {
		return errors.New("model file: the checksum of its vocabulary is wrong")
	}
	m.Word = c.bytes(int(m.Pieces) * (h / kernel.BlockCols) * WordUnit)
	m.Pos = section[float32](c, int(m.MaxPos)*h)
	m.EmbNorm = c.norm(h)
	m.Layers = make([]Layer, m.Header.Layers)
	for i := range m.Layers {
		m.Layers[i] = Layer{
			QKV: c.matrix(3*h, h),
			Out: c.matrix(h, h), OutNorm: c.norm(h),
			Up:   c.matrix(f, h),
			Down: c.matrix(h, f), DownNorm: c.norm(h),
		}
	}
	if c.err == nil && c.off != len(m.data) {
		return errShape
	}
	return c.err
}

// Verify compares the whole file with its SHA-256.
func (m *Model) Verify() error {
	if sha256.Sum256(m.data[Size:]) != m.SHA256 {
		return errors.New("model file: its SHA-256 is wrong: it is damaged, fetch it again")
	}
	return nil
}

// ID tells files apart: the start of their SHA-256, in hexadecimal.
func (m *Model) ID() string { return hex.EncodeToString(m.SHA256[:4]) }

// InPlace reports whether the model uses b itself, not a copy.
func (m *Model) InPlace(b []byte) bool { return len(b) > 0 && &m.data[0] == &b[0] }

// cursor takes sections off a file in order, and remembers the first that is
// not there.
type cursor struct {
	buf []byte
	off int
	err error
}

func (c *cursor) bytes(n int) []byte {
	off := (c.off + Align - 1) &^ (Align - 1)
	if c.err != nil || n > len(c.buf)-off {
		c.err = errShape
		return nil
	}
	c.off = off + n
	return c.buf[off : off+n : off+n]
}

// section interprets the next n values of a type of 4-byte fields.
func section[T unigram.Unit | float32 | uint32](c *cursor, n int) []T {
	var t T
	b := c.bytes(n * int(unsafe.Sizeof(t)))
	if len(b) == 0 {
		return nil
	}
	// Safe: b has exactly n values, on a 4-byte boundary since the file lies on
	// one and sections on multiples of 64 in it; any bits are a value of T.
	return unsafe.Slice((*T)(unsafe.Pointer(&b[0])), n)
}

func (c *cursor) matrix(rows, cols int) Matrix {
	return Matrix{
		W:    c.bytes(rows / kernel.TileRows * (cols / kernel.BlockCols) * kernel.TileUnit),
		Bias: section[float32](c, rows),
		Rows: rows, Cols: cols,
	}
}

func (c *cursor) norm(n int) Norm {
	v := section[float32](c, 2*n)
	if c.err != nil {
		return Norm{}
	}
	return Norm{v[:n], v[n:]}
}
