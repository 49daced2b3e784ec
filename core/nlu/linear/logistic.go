package linear

import (
	"math"
	"slices"
)

// trial is a guess whose truth is known.
type trial struct {
	x      []float64 // signs
	right  bool
	weight float64
}

// priorWords and priorDeep are the calibrations of the developer data sets
// together, without vectors and with; few examples of a bot's own move them
// little. trust is how many examples they weigh.
func priorWords() []float64 { return []float64{-2.6, 1.8, 2.3, 2, 2.3} }
func priorDeep() []float64  { return []float64{-2, 2.4, 0.3, 0.4, 0.9, 1.3, 1.1, 1.4} }

const trust = 10.0

// logistic fits the weights by Newton's method, drawn towards prior.
func logistic(ts []trial, prior []float64) []float64 {
	w, n := slices.Clone(prior), len(prior)
	pull := trust / float64(n) / 4
	for range 30 {
		g, h := make([]float64, n), make([][]float64, n)
		for i := range w {
			g[i] = pull * (w[i] - prior[i])
			h[i] = make([]float64, n)
			h[i][i] = pull
		}
		for _, t := range ts {
			p := sigmoid(dot(w, t.x))
			miss := p
			if t.right {
				miss = p - 1
			}
			for i := range w {
				g[i] += t.weight * miss * t.x[i]
				for j := range w {
					h[i][j] += t.weight * p * (1 - p) * t.x[i] * t.x[j]
				}
			}
		}
		step := solve(h, g)
		moved := 0.0
		for i := range w {
			w[i] -= step[i]
			moved = max(moved, math.Abs(step[i]))
		}
		if moved < 1e-6 {
			break
		}
	}
	return w
}

// solve solves h·x = g by elimination; h is positive definite.
func solve(h [][]float64, g []float64) []float64 {
	n := len(g)
	for i := range n {
		for r := i + 1; r < n; r++ {
			f := h[r][i] / h[i][i]
			for c := i; c < n; c++ {
				h[r][c] -= f * h[i][c]
			}
			g[r] -= f * g[i]
		}
	}
	x := make([]float64, n)
	for i := n - 1; i >= 0; i-- {
		x[i] = g[i]
		for c := i + 1; c < n; c++ {
			x[i] -= h[i][c] * x[c]
		}
		x[i] /= h[i][i]
	}
	return x
}
