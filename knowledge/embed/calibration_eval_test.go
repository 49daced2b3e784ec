//go:build eval

package embed_test

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"frontdesk/knowledge/embed"
	"frontdesk/knowledge/embed/builtin"
)

// candidate is one of a question's five best passages.
type candidate struct {
	x     [4]float64 // 1, cosine, gap, lift
	right bool
	first bool
}

// candidates ranks the shelf for each question by placed cosine.
func (s *set) candidates() (out []candidate) {
	c := embed.CentreOf(s.shelfV)
	shelf := place(c, s.shelfV)
	for i, q := range s.questions {
		from := c.Place(s.questionV[i])
		order := make([]int, len(shelf))
		cos := make([]float64, len(shelf))
		mean := 0.0
		for j := range shelf {
			order[j], cos[j] = j, embed.Cosine(from, shelf[j])
			mean += cos[j] / float64(len(shelf))
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(cos[b], cos[a]) })
		for k, j := range order[:5] {
			other := order[0]
			if k == 0 {
				other = order[1]
			}
			out = append(out, candidate{[4]float64{1, cos[j], cos[j] - cos[other], cos[j] - mean}, s.right(q, s.shelf[j]), k == 0})
		}
	}
	return out
}

// fit is logistic regression by Newton's method; each set has the same weight.
func fit(sets [][]candidate) (w [4]float64) {
	for range 50 {
		var g [4]float64
		var h [4][4]float64
		for i := range w {
			g[i], h[i][i] = 1e-4*w[i], 1e-4
		}
		for _, s := range sets {
			weight := 1000 / float64(len(s))
			for _, c := range s {
				p := chance(w, c)
				d := p
				if c.right {
					d--
				}
				for i := range w {
					g[i] += weight * d * c.x[i]
					for j := range w {
						h[i][j] += weight * p * (1 - p) * c.x[i] * c.x[j]
					}
				}
			}
		}
		step := solve(h, g)
		for i := range w {
			w[i] -= step[i]
		}
	}
	return w
}

func chance(w [4]float64, c candidate) float64 {
	z := 0.0
	for i := range w {
		z += w[i] * c.x[i]
	}
	return 1 / (1 + math.Exp(-z))
}

// solve is Gauss's elimination; h is positive definite.
func solve(h [4][4]float64, g [4]float64) [4]float64 {
	for i := range g {
		for j := i + 1; j < len(g); j++ {
			f := h[j][i] / h[i][i]
			for k := range g {
				h[j][k] -= f * h[i][k]
			}
			g[j] -= f * g[i]
		}
	}
	for i := len(g) - 1; i >= 0; i-- {
		for j := i + 1; j < len(g); j++ {
			g[i] -= h[i][j] * g[j]
		}
		g[i] /= h[i][i]
	}
	return g
}

// judge tells how well chances order and how far they are off, of best passages.
func judge(w [4]float64, cs []candidate) (auroc, off float64) {
	type scored struct {
		p     float64
		right bool
	}
	var all []scored
	for _, c := range cs {
		if c.first {
			all = append(all, scored{chance(w, c), c.right})
		}
	}
	slices.SortFunc(all, func(a, b scored) int { return cmp.Compare(a.p, b.p) })
	below, pairs, rights := 0, 0, 0
	for _, s := range all {
		if s.right {
			pairs += below
			rights++
		} else {
			below++
		}
	}
	for part := range slices.Chunk(all, (len(all)+9)/10) {
		d := 0.0
		for _, s := range part {
			d += s.p
			if s.right {
				d--
			}
		}
		off += math.Abs(d) / float64(len(all))
	}
	return float64(pairs) / float64(below*rights), off
}

// The calibration is what fitting gives, and a set it was not fitted on finds it
// nearly as good.
func TestQualityCalibration(t *testing.T) {
	e, err := builtin.Open(builtin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	sets := []*set{retrieval(t, "zh_cmrc2018"), retrieval(t, "en_squad2"), retrieval(t, "xling_xquad"), faq(t)}
	all := make([][]candidate, len(sets))
	for i, s := range sets {
		all[i] = s.with(t, e).candidates()
	}
	w, k := fit(all), embed.E5()
	t.Logf("fitted: %.3f", w)
	for i, have := range [4]float64{k.Bias, k.Best, k.Gap, k.Lift} {
		if math.Abs(w[i]-have) > 0.01*math.Abs(have) {
			t.Errorf("weight %d is %v in E5, fitting gives %v", i, have, w[i])
		}
	}
	for i, s := range sets {
		w := fit(slices.Concat(all[:i:i], all[i+1:]))
		auroc, off := judge(w, all[i])
		bare, _ := judge([4]float64{0, 1}, all[i])
		t.Logf("%-40v left out: AUROC %.3f (cosine alone %.3f), off by %.3f", s, auroc, bare, off)
		if auroc < bare-0.01 || auroc < 0.85 || off > 0.15 {
			t.Errorf("%v: AUROC %.3f, cosine alone %.3f, off by %.3f", s, auroc, bare, off)
		}
	}
}
