package kernel

import (
	"encoding/binary"
	"math"
)

// Portable is the set in plain Go, for every machine. It rounds where the vector
// kernels round and adds in their order, so that all sets give the same vectors
// and a knowledge base may move between machines.
var Portable = &Set{
	Name: "portable", Columns: 16, Typical: 5_500_000,
	Tile: tile, Gemm: gemm, Quantize: quantize, Gelu: gelu, Softmax: softmax, AddNorm: addNorm,
}

// Half widens an IEEE 754 half-precision number.
func Half(h uint16) float32 {
	return math.Float32frombits(uint32(h&0x8000)<<16|uint32(h&0x7fff)<<13) * 0x1p112
}

// lanes is a block of weights with the nibbles of four rows side by side in the
// 16-bit lanes of each word: [column][group of four rows].
type lanes [BlockCols][TileRows / 4]uint64

func (l *lanes) spread(nib *[BlockBytes]byte) {
	const low = 0x000f000f000f000f
	for j := range 4 {
		for i := range 4 {
			for g := range 4 {
				p := 64*j + 16*g + i
				v := uint64(nib[p]) | uint64(nib[p+4])<<16 | uint64(nib[p+8])<<32 | uint64(nib[p+12])<<48
				l[8*j+i][g] = v & low
				l[8*j+4+i][g] = v >> 4 & low
			}
		}
	}
}

// tile multiplies four output rows at once: one multiplication of a word by a
// signed activation updates four exact partial sums. Sixteen products of at
// most 15*127 fit a lane.
func tile(w []byte, blocks int, x []Block, n int, bias, y []float32, ldy int) {
	checkTile(w, blocks, x, n, bias, y, ldy)
	scales := w[blocks*BlockBytes:]
	var l lanes
	var ws [TileRows]float32
	for t := range n {
		copy(y[t*ldy:t*ldy+TileRows], bias)
	}
	for b := range blocks {
		for r := range ws {
			ws[r] = Half(binary.LittleEndian.Uint16(scales[(b*TileRows+r)*2:]))
		}
		l.spread((*[BlockBytes]byte)(w[b*BlockBytes:]))
		for t := range n {
			l.accumulate((*[TileRows]float32)(y[t*ldy:]), &x[t*blocks+b], &ws)
		}
	}
}

// accumulate adds the products of one activation block to 16 outputs.
func (l *lanes) accumulate(out *[TileRows]float32, a *Block, ws *[TileRows]float32) {
	var lo, hi [4]uint64
	for k := range BlockCols / 2 {
		v, u := uint64(a.Q[k]), uint64(a.Q[k+16])
		x, y := &l[k], &l[k+16]
		lo[0] += x[0] * v
		lo[1] += x[1] * v
		lo[2] += x[2] * v
		lo[3] += x[3] * v
		hi[0] += y[0] * u
		hi[1] += y[1] * u
		hi[2] += y[2] * u
		hi[3] += y[3] * u
	}
	for g := range 4 {
		p, q := lo[g], hi[g]
		for r := range 4 {
			sp, sq := int16(p), int16(q) // a negative lane borrows from the next one
			out[4*g+r] = fma(a.Scale*ws[4*g+r], float32(int32(sp)+int32(sq)+a.Off), out[4*g+r])
			p, q = (p-uint64(sp))>>16, (q-uint64(sq))>>16
		}
	}
}

func gemm(c []float32, ldc int, a []float32, lda int, b []float32, ldb int, m, n, k int) {
	checkGemm(c, ldc, a, lda, b, ldb, m, n, k)
	for i := range m {
		row := c[i*ldc : i*ldc+n]
		clear(row)
		for p := range k {
			s := a[i*lda+p]
			for j, v := range b[p*ldb : p*ldb+n] {
				row[j] = fma(s, v, row[j])
			}
		}
	}
}

// tiny keeps a block of zeros from dividing by zero, as the vector kernels do.
const tiny = 1e-30

func quantize(dst []Block, x []float32) {
	for i := range dst {
		v := x[i*BlockCols:][:BlockCols]
		top := float32(tiny)
		for _, f := range v {
			top = max(top, f, -f)
		}
		d := &dst[i]
		d.Scale, d.Off = top*(1.0/127), 0
		inv := 127 / top
		for j, f := range v {
			q := int32(math.RoundToEven(float64(f * inv)))
			d.Q[j] = int8(q)
			d.Off -= 8 * q
		}
	}
}

// The rational approximation of the error function on [-4,4] that Eigen and XLA
// use (a minimax fit, good to about 3e-7), highest power first.
var (
	erfP = [...]float32{-2.72614225801306e-10, 2.77068142495902e-08, -2.10102402082508e-06, -5.69250639462346e-05, -7.34990630326855e-04, -2.95459980854025e-03, -1.60960333262415e-02}
	erfQ = [...]float32{-1.45660718464996e-05, -2.13374055278905e-04, -1.68282697438203e-03, -7.37332916720468e-03, -1.42647390514189e-02}
)

func gelu(x []float32) {
	for i, v := range x {
		half := 0.5 * v
		x[i] = fma(erf(v*(1/math.Sqrt2)), half, half)
	}
}

func erf(x float32) float32 {
	x = max(min(x, 4), -4)
	z := x * x
	return float32(x*horner(z, erfP[:])) / horner(z, erfQ[:])
}

func horner(z float32, coefficients []float32) float32 {
	p := coefficients[0]
	for _, c := range coefficients[1:] {
		p = fma(p, z, c)
	}
	return p
}

// fma is x*y+z rounded once: the product is exact in 53 bits. (The sum is rounded
// to 53 bits before 24, which shows once in some hundred million times.)
func fma(x, y, z float32) float32 {
	return float32(float64(x)*float64(y) + float64(z))
}

// lanes8 is a sum as a vector register keeps it.
type lanes8 [8]float32

// fold adds the lanes as the vector kernels do.
func (l *lanes8) fold() float32 {
	for _, d := range [...]int{4, 2, 1} {
		for i := range d {
			l[i] += l[i+d]
		}
	}
	return l[0]
}

// exp2 are the coefficients of 2^f on [-1/2,1/2] (Cephes' exp2f), highest power
// first.
var exp2 = [...]float32{1.54035304e-4, 1.33335581e-3, 9.61812911e-3, 5.55041087e-2, 2.40226507e-1, 6.93147181e-1, 1}

func softmax(x []float32, scale float32) {
	top := x[0]
	for _, v := range x {
		top = max(top, v)
	}
	scale *= math.Log2E
	var sum lanes8
	for i, v := range x {
		t := max(float32((v-top)*scale), -126)
		n := float32(math.RoundToEven(float64(t)))
		p := horner(t-n, exp2[:])
		x[i] = math.Float32frombits(math.Float32bits(p) + uint32(int32(n))<<23)
		sum[i%8] += x[i]
	}
	inv := 1 / sum.fold()
	for i := range x {
		x[i] *= inv
	}
}

func addNorm(x, y, gain, bias []float32, eps float32) {
	n := 1 / float32(len(x))
	var sum, squares lanes8
	for i := range x {
		x[i] += y[i]
		sum[i%8] += x[i]
	}
	mean := sum.fold() * n
	for i, v := range x {
		d := v - mean
		squares[i%8] = fma(d, d, squares[i%8])
	}
	inv := 1 / float32(math.Sqrt(float64(float32(squares.fold()*n)+eps)))
	for i, v := range x {
		x[i] = fma(gain[i], float32(float32(v-mean)*inv), bias[i])
	}
}
