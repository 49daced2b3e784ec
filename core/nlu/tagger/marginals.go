package tagger

import "math"

// beliefs are the two passes over a lattice, each position scaled to sum to
// one so that long sentences do not underflow.
type beliefs struct {
	forth, back [][]float32
	emit        [][]float32 // exponentials, each divided by the largest
	trans       []float32   // exponentials, from tag, to tag
	turned      []float32   // the same, to tag, from tag
}

// trace is a share of all that is too small to follow: nearly all tags have
// less at nearly all tokens.
const trace = 1e-6

// pass runs forward and backward.
func (l lattice) pass() beliefs {
	b := beliefs{forth: rows(l.n, l.k), back: rows(l.n, l.k), emit: rows(l.n, l.k), trans: make([]float32, len(l.trans)), turned: make([]float32, len(l.trans))}
	for i, s := range l.trans {
		b.trans[i] = exp(s)
		b.turned[i%l.k*l.k+i/l.k] = b.trans[i]
	}
	for i, e := range l.emit {
		top := e[0]
		for _, s := range e {
			top = max(top, s)
		}
		for c, s := range e {
			b.emit[i][c] = exp(s - top)
		}
	}
	for c := range l.k {
		if c == 0 || c%2 == 1 {
			b.forth[0][c] = b.emit[0][c]
		}
		b.back[l.n-1][c] = 1
	}
	scale(b.forth[0])
	for i := 1; i < l.n; i++ {
		for a, p := range b.forth[i-1] {
			if p < trace {
				continue
			}
			for c, w := range b.trans[a*l.k:][:l.k] {
				b.forth[i][c] += p * w
			}
		}
		for c, w := range b.emit[i] {
			b.forth[i][c] *= w
		}
		scale(b.forth[i])
	}
	ahead := make([]float32, l.k)
	for i := l.n - 2; i >= 0; i-- {
		for c := range ahead {
			ahead[c] = b.back[i+1][c] * b.emit[i+1][c]
		}
		scale(ahead)
		for c, p := range ahead {
			if p < trace {
				continue
			}
			for a, w := range b.turned[c*l.k:][:l.k] {
				b.back[i][a] += w * p
			}
		}
		scale(b.back[i])
	}
	return b
}

// marginals are the probabilities of each token's tags.
func (l lattice) marginals() [][]float32 { return l.pass().tags() }

func (b beliefs) tags() [][]float32 {
	out := rows(len(b.forth), len(b.forth[0]))
	for i := range out {
		for c := range out[i] {
			out[i][c] = b.forth[i][c] * b.back[i][c]
		}
		scale(out[i])
	}
	return out
}

func rows(n, k int) [][]float32 {
	cells, out := make([]float32, n*k), make([][]float32, n)
	for i := range out {
		out[i] = cells[i*k : (i+1)*k : (i+1)*k]
	}
	return out
}

func scale(v []float32) {
	sum := float32(0)
	for _, x := range v {
		sum += x
	}
	if sum == 0 {
		return
	}
	for i := range v {
		v[i] /= sum
	}
}

func exp(x float32) float32 { return float32(math.Exp(float64(x))) }
