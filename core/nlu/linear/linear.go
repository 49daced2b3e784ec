// Package linear recognises intents with linear separators over words and
// pieces of words, and over what sentences mean where there is an embedder. It
// learns from a dozen examples an intent, on the machine itself, and the same
// examples give the same recogniser.
//
// Its scores are probabilities that the intent is right, not relative ranks: a
// logistic model looks at how far the text lies on the best intent's side of
// the border, how far the second lies behind, how near the nearest example of
// the intent is, and how much of the text is known at all. That model is fitted
// on examples the separators had not seen, on intents withheld from them, and
// on sentences from other worlds, so that the unknown looks unknown.
//
// With an embedder, words are asked first. Where they are not sure, the vector
// of the sentence is too (softmax), and the two opinions are averaged as
// log-probabilities, weighted by what held-out examples say of them.
package linear

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync/atomic"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// Recognizer implements nlu.IntentRecognizer. Safe for concurrent use.
type Recognizer struct {
	words    *brain
	deep     atomic.Pointer[brain] // with vectors; nil until they are learnt
	embedder core.Embedder
}

var _ nlu.IntentRecognizer = (*Recognizer)(nil)

// brain is what was learnt. It is immutable.
type brain struct {
	model
	cal calibration
}

// At most `most` guesses are returned, and none below least.
const (
	most  = 5
	least = 0.01
)

// Train learns from the examples of task. No examples give a recogniser that
// never has an idea. With an embedder, task.Later learns their vectors; until
// then, and if that fails, words alone decide.
func Train(ctx context.Context, task nlu.Task) (*Recognizer, error) {
	set, err := newSet(task.Examples)
	if err != nil {
		return nil, err
	}
	r := &Recognizer{words: &brain{}, embedder: task.Embedder}
	if len(set.names) == 0 {
		return r, nil
	}
	foreign := strangers(set, sentences())
	if r.words, err = study(ctx, set, foreign); err != nil {
		return nil, err
	}
	if task.Embedder == nil || len(set.rows) == 0 {
		return r, nil
	}
	if task.Later != nil {
		// What fails here fails for each customer too, and is in the traces then.
		task.Later(func(ctx context.Context) { _ = r.deepen(ctx, set, foreign) })
		return r, nil
	}
	return r, r.deepen(ctx, set, foreign)
}

func study(ctx context.Context, s set, foreign []sentence) (*brain, error) {
	cal, err := calibrate(ctx, s, foreign)
	if err != nil {
		return nil, fmt.Errorf("calibrate: %w", err)
	}
	return &brain{fit(s, foreign), cal}, nil
}

// deepen learns again, with the vectors of all sentences.
func (r *Recognizer) deepen(ctx context.Context, s set, foreign []sentence) error {
	rows, err := embed(ctx, r.embedder, append(s.rows[:len(s.rows):len(s.rows)], foreign...))
	if err != nil {
		return fmt.Errorf("embed the examples: %w", err)
	}
	s.rows, foreign = rows[:len(s.rows)], rows[len(s.rows):]
	cal, err := calibrate(ctx, s, foreign)
	if err != nil {
		return fmt.Errorf("calibrate: %w", err)
	}
	b := &brain{r.words.model, cal} // the words are separated already
	b.deepen(s)
	r.deep.Store(b)
	return nil
}

// New is Train with the type that bot.Parts wants.
func New(ctx context.Context, task nlu.Task) (nlu.IntentRecognizer, error) { return Train(ctx, task) }

// The bounds of a question's vector. Words that are surer than surely need
// none. A turn waits for one at most wait, and does not begin when the time left
// would not do for that and for an answer.
const (
	surely = 0.97
	wait   = 250 * time.Millisecond
	spare  = time.Second
)

var errHurry = errors.New("too little time is left")

// Recognize implements nlu.IntentRecognizer. When the embedder is busy or time
// is short, words alone decide, and the error says so.
func (r *Recognizer) Recognize(ctx context.Context, t *core.Turn) ([]core.Intent, error) {
	quick := r.words.rank(t.Norm, nil)
	deep := r.deep.Load()
	if deep == nil || len(quick) > 0 && quick[0].Score >= surely {
		return quick, nil
	}
	vec, err := r.vector(ctx, t.Text)
	if err != nil {
		return quick, fmt.Errorf("judged by words alone: %w", err)
	}
	return deep.rank(t.Norm, vec), nil
}

func (r *Recognizer) vector(ctx context.Context, text string) ([]float32, error) {
	if until, ok := ctx.Deadline(); ok && time.Until(until) < spare {
		return nil, errHurry
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	vs, err := r.embedder.Embed(ctx, core.EmbedQuery, []string{unnumbered(text)})
	if err != nil {
		return nil, err
	}
	return vs[0], nil
}

// Rank ranks the intents of a text by its words.
func (r *Recognizer) Rank(text string) []core.Intent { return r.words.rank(text, nil) }

// rank ranks the intents of a text whose vector is vec; nil if it has none.
func (b *brain) rank(text string, vec []float32) []core.Intent {
	if len(b.names) == 0 || b.m == nil {
		return nil
	}
	g := b.guess(unnumbered(text), vec)
	b.cal.settle(&g)
	p := b.cal.probability(g)
	out := make([]core.Intent, 0, most)
	left := 1 - p
	for i, c := range g.order[:min(len(g.order), most)] {
		score := p
		if i > 0 {
			score = min(p*b.cal.ratio(g.scores[g.order[0]]-g.scores[c]), left)
			left -= score
		}
		if score < least {
			break
		}
		out = append(out, core.Intent{Name: b.names[c], Score: score})
	}
	return b.refuse(out)
}

// refusals are names of an intent whose examples are what a bot is not for.
var refusals = regexp.MustCompile(`^(?i:none|other|others|oos|out[ _-]of[ _-]scope|无|其他|其它)$`)

// refuse gives such an intent, if there is one, the chance that it is none of
// the others: that is what it means. A doubt about the best intent is as much a
// doubt whether it is any, so the others keep half of theirs.
func (b *brain) refuse(in []core.Intent) []core.Intent {
	i := slices.IndexFunc(b.names, refusals.MatchString)
	if i < 0 {
		return in
	}
	in = slices.DeleteFunc(in, func(c core.Intent) bool { return c.Name == b.names[i] })
	left := 1.0
	for i := range in {
		if i > 0 {
			in[i].Score /= 2
		}
		left -= in[i].Score
	}
	in = append(in, core.Intent{Name: b.names[i], Score: max(left, 0)})
	slices.SortStableFunc(in, func(a, b core.Intent) int { return cmp.Compare(b.Score, a.Score) })
	return in
}
