package linear

import (
	"context"
	_ "embed"
	"math"
	"strings"

	"frontdesk/core/nlu"
)

// calibration turns a guess into the probability that its first intent is
// right: a logistic model over signs of it.
type calibration struct {
	w    [signs]float64
	temp float64 // how fast the chance of an intent falls with its margin
}

// The signs: a constant, the best margin, its gap to the second, the cosine
// of the nearest example, and the part of the text that is known.
const signs = 5

func (g guess) signs() [signs]float64 {
	best := g.margins[g.order[0]]
	gap := 2.0 // as far as two borders lie apart
	if len(g.order) > 1 {
		gap = best - g.margins[g.order[1]]
	}
	return [signs]float64{1, best, gap, g.nearest, g.known}
}

func (c calibration) probability(g guess) float64 { return sigmoid(dot(c.w, g.signs())) }

// ratio is the chance of an intent by that much behind the best, over the best
// one's.
func (c calibration) ratio(behind float64) float64 { return math.Exp(-c.temp * behind) }

func dot(a, b [signs]float64) float64 {
	var s float64
	for i := range a {
		s += a[i] * b[i]
	}
	return s
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// prior is the calibration of the developer data sets together; few examples
// of a bot's own move it little. trust is how many examples it weighs.
var prior = [signs]float64{-2.6, 1.8, 2.3, 2, 2.3}

const trust = 10.0

// trial is a guess whose truth is known.
type trial struct {
	x      [signs]float64
	right  bool
	weight float64
}

// folds is into how many parts examples and intents are cut; above large, one
// part only is held out, for time.
const (
	folds = 5
	large = 3000
)

// outside is how much what no intent covers counts against all examples, given
// the number of intents: a bot that knows few is asked more that it does not
// know. Of that, half are intents withheld and half sentences from elsewhere.
func outside(intents int) float64 { return min(max(1/float64(intents), 0.06), 0.4) }

// foreign.txt holds sentences, a line each, from everyday life and from many
// trades; a bot knows few of them.
//
//go:embed foreign.txt
var foreignText string

// calibrate fits a calibration on guesses about texts that the guessing model
// had not seen: examples held out, intents withheld, and foreign sentences.
func calibrate(ctx context.Context, s set, foreign []string) (calibration, error) {
	var known, strange, out []trial
	var gaps []pairGap
	rounds, turns := folds, spread(s)
	if len(s.texts) > large {
		rounds = 1
	}
	for k := range rounds {
		if ctx.Err() != nil {
			return calibration{}, ctx.Err()
		}
		unseen, seen := every(foreign, k)
		md := fit(s.part(func(i int) bool { return turns[i]%folds != k }), seen)
		for i, text := range s.texts {
			if turns[i]%folds == k {
				g := md.guess(text)
				known = append(known, trial{x: g.signs(), right: g.order[0] == s.ys[i]})
				gaps = append(gaps, pairOf(g, s.ys[i]))
			}
		}
		strange = append(strange, wrong(&md, unseen)...)
		out = append(out, withheld(s, k, seen)...)
	}
	n := float64(len(s.texts))
	part := outside(len(s.names)) / 2 * n
	ts := append(scaled(known, n), append(scaled(strange, part), scaled(out, part)...)...)
	return calibration{w: logistic(ts), temp: temperature(gaps)}, nil
}

// spread numbers the examples within each intent, so that every part has some
// of each.
func spread(s set) []int {
	next := make([]int, len(s.names))
	out := make([]int, len(s.ys))
	for i, y := range s.ys {
		out[i] = next[y] + y
		next[y]++
	}
	return out
}

// withheld are guesses about a part of the intents, by a model that was not
// taught them. Fewer than three intents leave nothing to choose from.
func withheld(s set, k int, foreign []string) []trial {
	if len(s.names) < 3 || k >= len(s.names) {
		return nil
	}
	md := fit(s.part(func(i int) bool { return s.ys[i]%folds != k }), foreign)
	var texts []string
	for i, text := range s.texts {
		if s.ys[i]%folds == k {
			texts = append(texts, text)
		}
	}
	return wrong(&md, texts)
}

// wrong are guesses that cannot be right.
func wrong(md *model, texts []string) []trial {
	ts := make([]trial, len(texts))
	for i, t := range texts {
		ts[i].x = md.guess(t).signs()
	}
	return ts
}

// sentences are the lines of foreign.txt, normalised.
func sentences() []string {
	var out []string
	for l := range strings.Lines(foreignText) {
		if l = nlu.Normalize(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// every returns what is in part k of ss, and the rest.
func every(ss []string, k int) (part, rest []string) {
	for i, s := range ss {
		if i%folds == k {
			part = append(part, s)
		} else {
			rest = append(rest, s)
		}
	}
	return part, rest
}

// scaled gives ts the total weight sum.
func scaled(ts []trial, sum float64) []trial {
	for i := range ts {
		ts[i].weight = sum / float64(len(ts))
	}
	return ts
}

// logistic fits the weights by Newton's method, drawn towards prior.
func logistic(ts []trial) [signs]float64 {
	w := prior
	for range 30 {
		var g [signs]float64
		var h [signs][signs]float64
		for i := range w {
			g[i] = trust / signs * (w[i] - prior[i]) / 4
			h[i][i] = trust / signs / 4
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
func solve(h [signs][signs]float64, g [signs]float64) [signs]float64 {
	for i := range signs {
		for r := i + 1; r < signs; r++ {
			f := h[r][i] / h[i][i]
			for c := i; c < signs; c++ {
				h[r][c] -= f * h[i][c]
			}
			g[r] -= f * g[i]
		}
	}
	var x [signs]float64
	for i := signs - 1; i >= 0; i-- {
		x[i] = g[i]
		for c := i + 1; c < signs; c++ {
			x[i] -= h[i][c] * x[c]
		}
		x[i] /= h[i][i]
	}
	return x
}

// pairGap is how the true intent's margin stands to the best other one's.
type pairGap float64

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
	const phi = 0.6180339887498949
	lo, hi := math.Log(.2), math.Log(20)
	for hi-lo > 1e-3 {
		a, b := hi-phi*(hi-lo), lo+phi*(hi-lo)
		if loss(a) < loss(b) {
			hi = b
		} else {
			lo = a
		}
	}
	return math.Exp((lo + hi) / 2)
}
