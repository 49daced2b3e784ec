package measure

import (
	"context"
	"fmt"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// ask asks rec for each row; scope tells which are in it. It returns the
// microseconds of a query, too.
func ask(ctx context.Context, rec nlu.IntentRecognizer, rows []Row, scope func(i int) bool) ([]Guess, float64, error) {
	out := make([]Guess, len(rows))
	start := time.Now()
	for i, r := range rows {
		turn := core.NewTurn(core.Work{Envelope: core.Envelope{Parts: []core.Part{{Text: r.Text}}}}, time.Now)
		turn.Norm = nlu.Normalize(r.Text)
		got, err := rec.Recognize(ctx, turn)
		if err != nil {
			return nil, 0, fmt.Errorf("recognise %q: %w", r.Text, err)
		}
		out[i] = Guess{Text: r.Text, Want: r.Intent, InScope: scope(i)}
		if len(got) > 0 {
			out[i].Got, out[i].Score = got[0].Name, got[0].Score
		}
	}
	return out, float64(time.Since(start).Microseconds()) / float64(max(len(rows), 1)), nil
}

// summed are the figures of guesses.
func summed(gs []Guess, threshold float64) (out Intents) {
	var t tally
	for _, g := range gs {
		t.add(g)
	}
	t.sum(&out, threshold)
	return out
}

// CrossValidate trains on all but one part of rows and asks that one, for each
// of folds parts, which have some of each intent. The times are means.
func CrossValidate(ctx context.Context, learn Training, rows []Row, folds int, threshold float64) (Intents, []Guess, error) {
	if folds < 2 || folds > len(rows) {
		return Intents{}, nil, core.Invalid("%d parts of %d rows: choose from 2 to as many as there are rows", folds, len(rows))
	}
	next, part := map[string]int{}, make([]int, len(rows))
	for i, r := range rows {
		part[i] = next[r.Intent] % folds
		next[r.Intent]++
	}
	var all []Guess
	var seconds, micros float64
	for k := range folds {
		var seen, unseen []Row
		for i, r := range rows {
			if part[i] == k {
				unseen = append(unseen, r)
			} else {
				seen = append(seen, r)
			}
		}
		one, gs, err := Judge(ctx, learn, seen, unseen, nil, nil, threshold)
		if err != nil {
			return Intents{}, nil, err
		}
		all = append(all, gs...)
		seconds, micros = seconds+one.Train/float64(folds), micros+one.Micros/float64(folds)
	}
	out := summed(all, threshold)
	out.Train, out.Micros = seconds, micros
	return out, all, nil
}
