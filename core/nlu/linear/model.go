package linear

import (
	"cmp"
	"slices"
	"sync"
)

// model is the separators without a measure of their certainty.
type model struct {
	names    []string
	voc      *vocabulary
	m        *machine
	examples [][][]item // by intent

	soft *softmax      // over vectors; nil without an embedder
	kin  [][][]float32 // by intent: examples' vectors, seen from the mean
}

// nowhere is the label of a text that belongs to no intent.
const nowhere = -1

// fit separates the intents of s from each other and from foreign sentences.
func fit(s set, foreign []sentence) model {
	md, xs := index(s, norms(foreign))
	ys := slices.Clone(s.ys)
	for _, f := range foreign {
		x, _ := md.voc.vector(f.norm)
		xs, ys = append(xs, x), append(ys, nowhere)
	}
	var wg sync.WaitGroup
	if len(s.rows) > 0 && s.rows[0].vec != nil {
		wg.Go(func() { md.deepen(s) })
	}
	m := train(xs, ys, len(s.names), len(md.voc.idf))
	wg.Wait()
	md.m = m
	return md
}

// deepen separates the vectors of the intents.
func (m *model) deepen(s set) {
	vs := make([][]float32, len(s.rows))
	for i, r := range s.rows {
		vs[i] = r.vec
	}
	mean := centre(vs)
	m.kin = make([][][]float32, len(s.names))
	for i, v := range vs {
		vs[i] = about(mean, v)
		if y := s.ys[i]; len(m.kin[y]) < comparedKin {
			m.kin[y] = append(m.kin[y], vs[i])
		}
	}
	m.soft = fitSoftmax(mean, vs, s.ys, len(s.names))
}

// index is a model that knows the examples, whose vectors it returns, but does
// not separate them yet.
func index(s set, foreign []string) (model, [][]item) {
	md := model{names: s.names, voc: newVocabulary(norms(s.rows), foreign), examples: make([][][]item, len(s.names))}
	xs := make([][]item, len(s.rows))
	for i, r := range s.rows {
		xs[i], _ = md.voc.vector(r.norm)
		if y := s.ys[i]; len(md.examples[y]) < compared {
			md.examples[y] = append(md.examples[y], xs[i])
		}
	}
	return md, xs
}

// akin is the cosine to an example from which a sentence is not foreign.
const akin = 0.4

// strangers are the sentences that are no business of a bot with these
// examples.
func strangers(s set, others []sentence) []sentence {
	md, _ := index(s, nil)
	return slices.DeleteFunc(others, func(o sentence) bool {
		x, _ := md.voc.vector(o.norm)
		return slices.ContainsFunc(md.examples, func(es [][]item) bool { return nearest(x, es) >= akin })
	})
}

// guess is what a model makes of a text.
type guess struct {
	margins []float64 // by words
	logits  []float64 // by vector; nil without one
	scores  []float64 // of both: margins alone without a vector
	order   []int     // intents by score, best first
	x       []item
	vec     []float32 // seen from the mean
	m       *model
	known   float64 // part of the text that was seen in training
}

// guess looks at a text and its vector; nil if it has none. It is of use once
// it is settled.
func (m *model) guess(text string, vec []float32) guess {
	x, known := m.voc.vector(text)
	g := guess{margins: m.m.margins(x), known: known, x: x, m: m}
	if m.soft != nil && vec != nil {
		g.vec = about(m.soft.mean, vec)
		g.logits = m.soft.logits(g.vec)
	}
	return g
}

// rank sets the scores and the order that follows.
func (g *guess) rank(scores []float64) {
	g.scores = scores
	g.order = make([]int, len(scores))
	for i := range g.order {
		g.order[i] = i
	}
	slices.SortStableFunc(g.order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
}

// near is the cosine of the nearest example of the best intent.
func (g *guess) near() float64 { return nearest(g.x, g.m.examples[g.order[0]]) }

// kinship is the cosine of the nearest example of the best intent in meaning,
// and how much nearer that is than any other intent's.
func (g *guess) kinship() (best, ahead float64) {
	other := -1.0
	for c, es := range g.m.kin {
		top := -1.0
		for _, e := range es {
			top = max(top, float64(inner(g.vec, e)))
		}
		if c == g.order[0] {
			best = top
		} else {
			other = max(other, top)
		}
	}
	return best, best - other
}

// How many examples of an intent the nearest is looked for among: a bound on the time of a query.
const (
	compared    = 100
	comparedKin = 30 // vectors are longer
)

// nearest is the largest cosine of x to one of es; all are of length one.
func nearest(x []item, es [][]item) float64 {
	best := float32(0)
	for _, e := range es {
		best = max(best, product(x, e))
	}
	return float64(best)
}

// product multiplies two vectors whose items are in order.
func product(a, b []item) float32 {
	var sum float32
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i].id == b[j].id:
			sum += a[i].v * b[j].v
			i++
			j++
		case a[i].id < b[j].id:
			i++
		default:
			j++
		}
	}
	return sum
}
