// Package kernel holds the inner loops of the sentence encoder: products of
// 4-bit weights and 8-bit activations, small float products, and the functions
// between them. Each Set computes the same; which are available depends on the
// processor and is found at run time.
//
// # Weights
//
// A matrix of rows x cols weights is a run of tiles of TileRows output rows. A
// tile holds cols/BlockCols blocks of BlockBytes nibbles, then as many runs of
// TileRows half-precision scales. In a block, byte 64*j+4*r+i carries for row r
// the weight of column 8*j+i in its low nibble and of 8*j+4+i in its high one;
// a weight is (nibble-8)*scale. The one layout serves all sets: a 32-bit lane
// of a vector register is a row with four columns of it, multiplied by the same
// four activations in every lane.
//
// # Activations
//
// A row of activations is a run of Blocks: 32 numbers in 8 bits with a scale of
// their own (Dettmers et al., "LLM.int8()", 2022, use one a row; one a block
// keeps outliers from spoiling their neighbours). Off undoes the 8 that the
// nibbles are above their weights: sum((n-8)*q) = sum(n*q) - 8*sum(q).
package kernel

import (
	"fmt"
	"slices"
	"strings"
)

// The shape of tiles and blocks; the package comment says what they are.
const (
	TileRows   = 16
	BlockCols  = 32
	BlockBytes = TileRows * BlockCols / 2
	TileUnit   = BlockBytes + TileRows*2 // bytes of one block with its scales
)

// Block is 32 activations: number = Scale*Q. Off is -8*sum(Q).
type Block struct {
	Scale float32
	Off   int32
	Q     [BlockCols]int8
}

// Set is one implementation of the inner loops. Its functions keep no state and
// panic on slices that are too short; they are safe for concurrent use.
type Set struct {
	// Name is what Named finds it by.
	Name string
	// Columns is what the n of Gemm must be a multiple of.
	Columns int
	// Tile computes TileRows outputs for n rows of x, each of blocks Blocks:
	// y[t*ldy+r] = bias[r] + w[r]·x[t].
	Tile func(w []byte, blocks int, x []Block, n int, bias, y []float32, ldy int)
	// Gemm computes c[m,n] = a[m,k]·b[k,n]; m is a multiple of 4.
	Gemm func(c []float32, ldc int, a []float32, lda int, b []float32, ldb int, m, n, k int)
	// Quantize splits x, of len(dst)*BlockCols numbers, into blocks.
	Quantize func(dst []Block, x []float32)
	// Gelu sets each x to x*Phi(x) (Hendrycks and Gimpel, 2016); the length is a
	// multiple of 8.
	Gelu func(x []float32)
	// Softmax sets x to softmax(scale*x); the length is a multiple of 8 and scale
	// positive.
	Softmax func(x []float32, scale float32)
	// AddNorm sets x to gain*(x+y-mean)/sqrt(variance+eps)+bias, its layer norm
	// (Ba et al., 2016); the length is a multiple of 8.
	AddNorm func(x, y, gain, bias []float32, eps float32)
	// Typical is about what a token of a short text takes, in nanoseconds: the
	// first guess at how long a queue is, until it is measured.
	Typical int64
}

// Available lists the sets this machine can run, best first. The last one is
// Portable.
func Available() []*Set {
	return append(accelerated(), Portable)
}

// Named returns the set of that name, or the best one if name is "".
func Named(name string) (*Set, error) {
	all := Available()
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = s.Name
	}
	if name == "" {
		return all[0], nil
	}
	if i := slices.Index(names, name); i >= 0 {
		return all[i], nil
	}
	return nil, fmt.Errorf("this machine has no %q kernels, only %s", name, strings.Join(names, ", "))
}

// checkTile panics unless the slices hold what Tile is told.
func checkTile(w []byte, blocks int, x []Block, n int, bias, y []float32, ldy int) {
	_, _, _, _ = w[blocks*TileUnit-1], x[n*blocks-1], bias[TileRows-1], y[(n-1)*ldy+TileRows-1]
}

// checkGemm panics unless the slices hold what Gemm is told.
func checkGemm(c []float32, ldc int, a []float32, lda int, b []float32, ldb int, m, n, k int) {
	_, _, _ = c[(m-1)*ldc+n-1], a[(m-1)*lda+k-1], b[(k-1)*ldb+n-1]
}
