package linear

import "math"

// pairGap is how the true intent's margin stands to the best other one's.
type pairGap float64

// gaps are those of the examples held out.
func (ts trials) gaps() []pairGap {
	out := make([]pairGap, len(ts.known))
	for i, g := range ts.known {
		out[i] = pairOf(g, ts.ys[i])
	}
	return out
}

func pairOf(g guess, y int) pairGap {
	other := math.Inf(-1)
	for c, m := range g.margins {
		if c != y {
			other = max(other, m)
		}
	}
	if math.IsInf(other, -1) {
		return 2
	}
	return pairGap(g.margins[y] - other)
}

// temperature maximises the likelihood that of the best two the true intent is
// chosen, by golden section over the logarithm.
func temperature(gs []pairGap) float64 {
	loss := func(lt float64) float64 {
		t, sum := math.Exp(lt), lt*lt*.5 // towards 1, for few examples
		for _, g := range gs {
			sum += math.Log1p(math.Exp(-t * float64(g)))
		}
		return sum
	}
	return math.Exp(lowest(math.Log(.2), math.Log(20), loss))
}

// mix is how opinions by words and by meaning are averaged: margins and logits
// by their weights are log-probabilities, up to a constant.
type mix struct{ words, meaning float64 }

// The weights the developer data want, all together, and how many examples
// they weigh against a bot's own.
const (
	usualWords   = 4.0
	usualMeaning = 0.4
	usualTrust   = 10.0
)

func (m mix) of(g guess) []float64 {
	out := make([]float64, len(g.margins))
	for c := range out {
		out[c] = m.words*g.margins[c] + m.meaning*g.logits[c]
	}
	return out
}

// fitMix maximises the likelihood of held-out examples, one weight after the
// other.
func fitMix(gs []guess, ys []int) mix {
	m := mix{usualWords, usualMeaning}
	loss := func(m mix) float64 {
		a, b := math.Log(m.words/usualWords), math.Log(m.meaning/usualMeaning)
		sum := usualTrust / 2 * (a*a + b*b)
		for i, g := range gs {
			z := m.of(g)
			soften(z)
			sum -= math.Log(z[ys[i]] + 1e-12)
		}
		return sum
	}
	for range 3 {
		m.words = math.Exp(lowest(math.Log(.1), math.Log(30), func(l float64) float64 { return loss(mix{math.Exp(l), m.meaning}) }))
		m.meaning = math.Exp(lowest(math.Log(.05), math.Log(5), func(l float64) float64 { return loss(mix{m.words, math.Exp(l)}) }))
	}
	return m
}

// lowest is where f, which falls and then rises, is least between lo and hi,
// by golden section.
func lowest(lo, hi float64, f func(float64) float64) float64 {
	const phi = 0.6180339887498949
	for hi-lo > 1e-2 {
		a, b := hi-phi*(hi-lo), lo+phi*(hi-lo)
		if f(a) < f(b) {
			hi = b
		} else {
			lo = a
		}
	}
	return (lo + hi) / 2
}
