package linear

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
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

// folds is into how many parts examples and intents are cut. Above large, one
// part only is held out, for time; up to few, the cut is made so many times
// over, each another, for what one cut of a hundred examples says is chance.
const (
	folds = 5
	large = 3000
	few   = 300
	cuts  = 4
)

// How much what no intent covers counts against all examples: sentences from
// elsewhere, which are easily told, and intents withheld, which are not. Chosen
// on the developer data: more makes scores in scope too low, less makes them
// rank worse against what is out of it. Where there is one intent, only what is
// from elsewhere tells what it is not.
const (
	elsewhere = 0.02
	alone     = 0.2
	beside    = 0.05
)

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
	rounds, times := folds, 1
	switch n := len(s.rows); {
	case n > large:
		rounds = 1
	case n <= few:
		times = cuts
	}
	for time := range times {
		turns := spread(s, time)
		for k := range rounds {
			if ctx.Err() != nil {
				return calibration{}, ctx.Err()
			}
			ts.hold(s, foreign, turns, k)
			if time == 0 {
				ts.withhold(s, foreign, k)
			}
		}
	}
	return ts.fit(float64(len(s.rows))), nil
}

// hold adds guesses about part k of the examples, by turns, and of foreign.
func (ts *trials) hold(s set, foreign []sentence, turns []int, k int) {
	unseen, seen := every(foreign, k)
	md := fit(s.part(func(i int) bool { return turns[i]%folds != k }), seen)
	for i, r := range s.rows {
		if turns[i]%folds == k {
			ts.known = append(ts.known, md.guess(r.norm, r.vec))
			ts.ys = append(ts.ys, s.ys[i])
		}
	}
	ts.strange = append(ts.strange, guesses(&md, unseen)...)
}

// fit fits a calibration to guesses, those about examples counting n.
func (ts trials) fit(n float64) calibration {
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
	strange := elsewhere
	if len(ts.known) > 0 && len(ts.known[0].margins) == 1 {
		strange = alone
	}
	add(ts.strange, n*strange, never)
	add(ts.out, n*beside, never)
	c.w = logistic(all, c.w)
	if c.mix == (mix{}) {
		c.temp = temperature(ts.gaps())
	}
	return c
}

// spread numbers the examples within each intent, so that every part has some
// of each; each time in another order.
func spread(s set, time int) []int {
	rnd := rand.New(rand.NewPCG(1, uint64(time)))
	next := make([]int, len(s.names))
	out := make([]int, len(s.ys))
	order := rnd.Perm(len(s.ys))
	if time == 0 {
		slices.Sort(order)
	}
	for _, i := range order {
		y := s.ys[i]
		out[i] = next[y] + y
		next[y]++
	}
	return out
}

// withhold adds guesses about a part of the intents, by a model that was not
// taught them. Fewer than three intents leave nothing to choose from.
func (ts *trials) withhold(s set, foreign []sentence, k int) {
	if len(s.names) < 3 || k >= len(s.names) {
		return
	}
	_, seen := every(foreign, k)
	md := fit(s.part(func(i int) bool { return s.ys[i]%folds != k }), seen)
	ts.out = append(ts.out, guesses(&md, s.part(func(i int) bool { return s.ys[i]%folds == k }).rows)...)
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
