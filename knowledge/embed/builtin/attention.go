package builtin

import (
	"math"

	"frontdesk/knowledge/embed/builtin/modelfile"
)

// queries is how many rows are attended for at a time, so that their scores
// against 512 keys (128 KB) stay in the second-level cache.
const queries = 64

// attend writes the self-attention of the rows r of span s to b.ctx. The four
// rows products take at a time may reach up to three beyond r: those are of a
// span that comes later, or nobody's, since teams share only passes of a single
// span and part it at multiples of four.
func (e *encoder) attend(b *bench, d *desk, qkv []float32, s span, r rows) {
	const headDim = modelfile.HeadDim
	h, n := int(e.Hidden), s.end-s.start
	cols := roundUp(n, e.k.Columns)
	d.keys = grow(d.keys, headDim*cols)
	d.values = grow(d.values, headDim*n)
	d.scores = grow(d.scores, queries*cols)
	for head := 0; head < h; head += headDim {
		d.take(qkv[s.start*3*h:], h, head, n, cols)
		for lo := r.lo; lo < r.hi; lo += queries {
			m := min(queries, r.hi-lo)
			m4 := roundUp(m, 4)
			e.k.Gemm(d.scores, cols, qkv[lo*3*h+head:], 3*h, d.keys, cols, m4, cols, headDim)
			e.normalise(d.scores, m, n, cols)
			e.k.Gemm(b.ctx[lo*h+head:], h, d.scores, cols, d.values, headDim, m4, headDim, n)
		}
	}
}

// take copies the keys of a head, transposed, and its values to where products
// read them in order.
func (d *desk) take(qkv []float32, h, head, n, cols int) {
	const headDim = modelfile.HeadDim
	for t := range n {
		row := qkv[t*3*h+head:]
		for i, v := range row[h:][:headDim] {
			d.keys[i*cols+t] = v
		}
		copy(d.values[t*headDim:][:headDim], row[2*h:])
	}
}

// normalise turns m rows of n scores into weights; the columns that only fill
// up get none.
func (e *encoder) normalise(scores []float32, m, n, cols int) {
	const outside = -1e30
	scale := float32(1 / math.Sqrt(modelfile.HeadDim))
	for t := range m {
		row := scores[t*cols:][:cols]
		for i := n; i < cols; i++ {
			row[i] = outside
		}
		e.k.Softmax(row, scale)
	}
}

// roundUp returns the next multiple of the power of two m.
func roundUp(n, m int) int { return (n + m - 1) &^ (m - 1) }
