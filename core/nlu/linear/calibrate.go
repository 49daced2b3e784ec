package linear

import (
	"context"
	"math"
)

// calibration turns a guess into the probability that its first intent is
// right: a logistic model over signs of it.
type calibration struct {
	w    []float64 // by sign; two models, for guesses with a vector and without
	temp float64   // how fast the chance of an intent falls with its score
	mix  mix
}

// signs of a guess by words: a constant, the best margin, its gap to the
// second, the cosine of the nearest example, and the part of the text that is
// known. With a vector: a constant, the log-odds that the best intent is it
// among all, the same four of the words, how near the nearest example is in
// meaning, and how much nearer than any other intent's.
func (g *guess) signs() []float64 {
	best := g.order[0]
	gap := 2.0 // as far as two borders lie apart
	for c, m := range g.margins {
		if c != best {
			gap = min(gap, g.margins[best]-m)
		}
	}
	if g.logits == nil {
		return []float64{1, g.margins[best], gap, g.near(), g.known}
	}
	kin, ahead := g.kinship()
	return []float64{1, g.odds(), g.margins[best], gap, g.near(), g.known, kin, ahead}
}

// sureOdds bounds log-odds: e^6 is 400 to 1.
const sureOdds = 6.0

// odds is the logarithm of the best intent's chance over all others', divided
// by four to be of the size of the other signs.
func (g *guess) odds() float64 {
	best, rest := g.scores[g.order[0]], 0.0
	for _, c := range g.order[1:] {
		rest += math.Exp(g.scores[c] - best)
	}
	return min(-math.Log(rest+1e-9), sureOdds) / 4
}

// settle ranks the intents of g.
func (c calibration) settle(g *guess) {
	if g.logits == nil {
		g.rank(g.margins)
		return
	}
	g.rank(c.mix.of(*g))
}

func (c calibration) probability(g guess) float64 { return sigmoid(dot(c.w, g.signs())) }

// ratio is the chance of an intent by that much behind the best, over the best
// one's.
func (c calibration) ratio(behind float64) float64 { return math.Exp(-c.temp * behind) }

func dot(a, b []float64) float64 {
	var s float64
	for i := range a {
		s += a[i] * b[i]
	}
	return s
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// folds is into how many parts examples and intents are cut; above large, one
// part only is held out, for time.
const (
	folds = 5
	large = 3000
)

// outside is how much what no intent covers counts against all examples, given
// the number of intents: a bot that knows few is asked more that it does not
// know. Of that, half are intents withheld and half sentences from elsewhere.
func outside(intents int) float64 { return min(max(0.4/float64(intents), 0.1), 0.4) }

// trials are guesses about texts that the guessing models had not seen.
type trials struct {
	known   []guess // of examples held out
	ys      []int   // what those are
	strange []guess // of foreign sentences
	out     []guess // of intents withheld
}

// calibrate fits a calibration on guesses about texts that the guessing model
// had not seen: examples held out, intents withheld, and foreign sentences.
func calibrate(ctx context.Context, s set, foreign []sentence) (calibration, error) {
	var ts trials
	rounds, turns := folds, spread(s)
	if len(s.rows) > large {
		rounds = 1
	}
	for k := range rounds {
		if ctx.Err() != nil {
			return calibration{}, ctx.Err()
		}
		unseen, seen := every(foreign, k)
		md := fit(s.part(func(i int) bool { return turns[i]%folds != k }), seen)
		for i, r := range s.rows {
			if turns[i]%folds == k {
				ts.known = append(ts.known, md.guess(r.norm, r.vec))
				ts.ys = append(ts.ys, s.ys[i])
			}
		}
		ts.strange = append(ts.strange, guesses(&md, unseen)...)
		ts.out = append(ts.out, withheld(s, k, seen)...)
	}
	return ts.fit(float64(len(s.rows)), outside(len(s.names))), nil
}

// fit fits a calibration to guesses, those about examples counting n and
// others share of that.
func (ts trials) fit(n, share float64) calibration {
	c := calibration{temp: 1}
	if len(ts.known) > 0 && ts.known[0].logits != nil {
		c.mix = fitMix(ts.known, ts.ys)
	}
	c.w = priorWords()
	if c.mix != (mix{}) {
		c.w = priorDeep()
	}
	var all []trial
	add := func(gs []guess, weight float64, right func(i int) bool) {
		for i := range gs {
			c.settle(&gs[i])
			all = append(all, trial{gs[i].signs(), right(i), weight / float64(len(gs))})
		}
	}
	never := func(int) bool { return false }
	add(ts.known, n, func(i int) bool { return ts.known[i].order[0] == ts.ys[i] })
	add(ts.strange, n*share/2, never)
	add(ts.out, n*share/2, never)
	c.w = logistic(all, c.w)
	if c.mix == (mix{}) {
		c.temp = temperature(ts.gaps())
	}
	return c
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
func withheld(s set, k int, foreign []sentence) []guess {
	if len(s.names) < 3 || k >= len(s.names) {
		return nil
	}
	md := fit(s.part(func(i int) bool { return s.ys[i]%folds != k }), foreign)
	return guesses(&md, s.part(func(i int) bool { return s.ys[i]%folds == k }).rows)
}

func guesses(md *model, ss []sentence) []guess {
	out := make([]guess, len(ss))
	for i, s := range ss {
		out[i] = md.guess(s.norm, s.vec)
	}
	return out
}

// every returns what is in part k of ss, and the rest.
func every(ss []sentence, k int) (part, rest []sentence) {
	for i, s := range ss {
		if i%folds == k {
			part = append(part, s)
		} else {
			rest = append(rest, s)
		}
	}
	return part, rest
}
