// Package linear recognises intents with linear separators over words and
// pieces of words. It learns from a dozen examples an intent in milliseconds,
// on the machine itself, and the same examples give the same recogniser.
//
// Its scores are probabilities that the intent is right, not relative ranks: a
// logistic model looks at how far the text lies on the best intent's side of
// the border, how far the second lies behind, how near the nearest example of
// the intent is, and how much of the text is known at all. That model is fitted
// on examples the separators had not seen, on intents withheld from them, and
// on sentences from other worlds, so that the unknown looks unknown.
package linear

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// Recognizer implements nlu.IntentRecognizer. It is immutable.
type Recognizer struct {
	model
	cal calibration
}

var _ nlu.IntentRecognizer = (*Recognizer)(nil)

// At most `most` guesses are returned, and none below least.
const (
	most  = 5
	least = 0.01
)

// Train learns from the examples of task. No examples give a recogniser that
// never has an idea.
func Train(ctx context.Context, task nlu.Task) (*Recognizer, error) {
	set, err := newSet(task.Examples)
	if err != nil {
		return nil, err
	}
	if len(set.names) == 0 {
		return &Recognizer{}, nil
	}
	foreign := strangers(set, sentences())
	cal, err := calibrate(ctx, set, foreign)
	if err != nil {
		return nil, fmt.Errorf("calibrate: %w", err)
	}
	return &Recognizer{model: fit(set, foreign), cal: cal}, nil
}

// New is Train with the type that bot.Parts wants.
func New(ctx context.Context, task nlu.Task) (nlu.IntentRecognizer, error) { return Train(ctx, task) }

// Recognize implements nlu.IntentRecognizer.
func (r *Recognizer) Recognize(_ context.Context, t *core.Turn) ([]core.Intent, error) {
	return r.Rank(t.Norm), nil
}

// Rank ranks the intents of a text.
func (r *Recognizer) Rank(text string) []core.Intent {
	if len(r.names) == 0 {
		return nil
	}
	g := r.guess(text)
	p := r.cal.probability(g)
	out := make([]core.Intent, 0, most)
	left := 1 - p
	for i, c := range g.order[:min(len(g.order), most)] {
		score := p
		if i > 0 {
			score = min(p*r.cal.ratio(g.margins[g.order[0]]-g.margins[c]), left)
			left -= score
		}
		if score < least {
			break
		}
		out = append(out, core.Intent{Name: r.names[c], Score: score})
	}
	return out
}

// set is the examples, by intent.
type set struct {
	names []string
	texts []string
	ys    []int
}

// newSet sorts the examples and drops repetitions, so that the order of files
// does not matter. The order within an intent is that of a hash, so that texts
// alike do not stand together.
func newSet(examples []nlu.Example) (set, error) {
	var s set
	index := map[string]int{}
	for i, e := range examples {
		if e.Intent == "" {
			return s, core.Invalid("example %d (%q) has no intent", i+1, e.Text)
		}
		if _, ok := index[e.Intent]; !ok {
			index[e.Intent] = 0
			s.names = append(s.names, e.Intent)
		}
	}
	slices.Sort(s.names)
	for i, n := range s.names {
		index[n] = i
	}
	type row struct {
		y    int
		hash uint64
		text string
	}
	var rows []row
	for _, e := range examples {
		if norm := nlu.Normalize(e.Text); norm != "" {
			rows = append(rows, row{index[e.Intent], hashRunes(0, []rune(norm)), norm})
		}
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.hash, b.hash), cmp.Compare(a.text, b.text))
	})
	for _, r := range slices.Compact(rows) {
		s.texts, s.ys = append(s.texts, r.text), append(s.ys, r.y)
	}
	return s, nil
}

// part is the examples that keep says.
func (s set) part(keep func(i int) bool) set {
	p := set{names: s.names}
	for i := range s.texts {
		if keep(i) {
			p.texts, p.ys = append(p.texts, s.texts[i]), append(p.ys, s.ys[i])
		}
	}
	return p
}

// model is the separators without a measure of their certainty.
type model struct {
	names    []string
	voc      *vocabulary
	m        *machine
	examples [][][]item // by intent
}

// nowhere is the label of a text that belongs to no intent.
const nowhere = -1

// fit separates the intents of s from each other and from foreign sentences.
func fit(s set, foreign []string) model {
	md, xs := index(s, foreign)
	ys := slices.Clone(s.ys)
	for _, t := range foreign {
		x, _ := md.voc.vector(t)
		xs, ys = append(xs, x), append(ys, nowhere)
	}
	md.m = train(xs, ys, len(s.names), len(md.voc.idf))
	return md
}

// index is a model that knows the examples, whose vectors it returns, but does
// not separate them yet.
func index(s set, foreign []string) (model, [][]item) {
	md := model{names: s.names, voc: newVocabulary(s.texts, foreign), examples: make([][][]item, len(s.names))}
	xs := make([][]item, len(s.texts))
	for i, t := range s.texts {
		xs[i], _ = md.voc.vector(t)
		if y := s.ys[i]; len(md.examples[y]) < compared {
			md.examples[y] = append(md.examples[y], xs[i])
		}
	}
	return md, xs
}

// kin is the cosine to an example from which a sentence is not foreign.
const kin = 0.4

// strangers are the sentences that are no business of a bot with these
// examples.
func strangers(s set, sentences []string) []string {
	md, _ := index(s, nil)
	return slices.DeleteFunc(slices.Clone(sentences), func(text string) bool {
		x, _ := md.voc.vector(text)
		return slices.ContainsFunc(md.examples, func(es [][]item) bool { return nearest(x, es) >= kin })
	})
}

// guess is what a model makes of a text.
type guess struct {
	margins []float64
	order   []int   // intents by margin, best first
	nearest float64 // cosine to the nearest example of the best intent
	known   float64 // part of the text that was seen in training
}

func (m *model) guess(text string) guess {
	x, known := m.voc.vector(text)
	g := guess{margins: m.m.margins(x), known: known}
	g.order = make([]int, len(m.names))
	for i := range g.order {
		g.order[i] = i
	}
	slices.SortStableFunc(g.order, func(a, b int) int { return cmp.Compare(g.margins[b], g.margins[a]) })
	g.nearest = nearest(x, m.examples[g.order[0]])
	return g
}

// compared is how many examples of an intent the nearest is looked for among:
// a bound on the time of a query.
const compared = 100

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
