package evals

import (
	"context"
	"errors"
	"time"

	"frontdesk/core/handoff"
	"frontdesk/core/nlu"
	"frontdesk/core/nlu/linear"
	"frontdesk/core/nlu/measure"
	"frontdesk/core/nlu/rules"
	"frontdesk/core/nlu/tagger"
)

// Intent names the files of an intent measurement.
type Intent struct{ Train, Test, OOS, Withhold string }

// Threshold is the score below which a row counts as recognised to be out of
// scope. It is on the safe side of the default bot's 0.45.
const Threshold = 0.5

// Run trains on Train and asks Test. Rows of OOS, and those of intents that
// Withhold lists, are out of scope.
func (f Intent) Run(ctx context.Context, e Embedding) (out measure.Intents, err error) {
	train, err := Rows[measure.Row](f.Train)
	if err != nil {
		return out, err
	}
	test, err := Rows[measure.Row](f.Test)
	if err != nil {
		return out, err
	}
	var oos []measure.Row
	if f.OOS != "" {
		if oos, err = Rows[measure.Row](f.OOS); err != nil {
			return out, err
		}
	}
	names, err := withheld(f.Withhold)
	if err != nil {
		return out, err
	}
	embedder, free, err := e.Open(ctx)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, free()) }()
	learn := func(ctx context.Context, task nlu.Task) (nlu.IntentRecognizer, error) {
		task.Embedder = embedder
		return linear.New(ctx, task)
	}
	return measure.Recognizer(ctx, learn, train, test, oos, names, Threshold)
}

// Entities names the files of an entity measurement.
type Entities struct{ Test, Train string }

// Run asks for the entities of Test, by the rules; by a tagger that learns from
// Train where that is given. Relative dates count from now.
func (f Entities) Run(ctx context.Context, now time.Time) (measure.Entities, error) {
	rows, err := Rows[measure.Row](f.Test)
	if err != nil {
		return measure.Entities{}, err
	}
	if f.Train == "" {
		x, err := rules.New(nil)
		if err != nil {
			return measure.Entities{}, err
		}
		return measure.Extractor(ctx, x, rows, now)
	}
	train, err := Rows[measure.Row](f.Train)
	if err != nil {
		return measure.Entities{}, err
	}
	x, err := tagger.Train(ctx, examples(train))
	if err != nil {
		return measure.Entities{}, err
	}
	return measure.Extractor(ctx, x, rows, now)
}

// examples turn code points into bytes.
func examples(rows []measure.Row) []tagger.Example {
	out := make([]tagger.Example, len(rows))
	for i, r := range rows {
		at := make([]int, 0, len(r.Text)+1)
		for b := range r.Text {
			at = append(at, b)
		}
		at = append(at, len(r.Text))
		out[i].Text = r.Text
		for _, s := range r.Entities {
			if s.Start >= 0 && s.Start < s.End && s.End < len(at) {
				out[i].Spans = append(out[i].Spans, tagger.Span{Start: at[s.Start], End: at[s.End], Name: s.Type})
			}
		}
	}
	return out
}

// Handoff is how well messages that want a person are told from others. All are
// in [0,1].
type Handoff struct {
	Precision  float64 `json:"precision"`
	Recall     float64 `json:"recall"`
	F1         float64 `json:"f1"`
	FalseAlarm float64 `json:"false_alarm_rate"` // of the messages that want none
}

// Messages judges each message by itself, as a policy does before an answer is
// looked for.
func Messages(test string) (Handoff, error) {
	type row struct {
		Text   string
		Person bool `json:"handoff"`
	}
	rows, err := Rows[row](test)
	if err != nil {
		return Handoff{}, err
	}
	p := handoff.NewPolicy(handoff.Rules{})
	var hits, alarms, missed, quiet int
	for _, r := range rows {
		reason, _ := p.Judge(handoff.Facts{Norm: nlu.Normalize(r.Text)})
		switch {
		case reason != "" && r.Person:
			hits++
		case reason != "":
			alarms++
		case r.Person:
			missed++
		default:
			quiet++
		}
	}
	return Handoff{Precision: part(hits, hits+alarms), Recall: part(hits, hits+missed),
		F1: measure.F1(hits, alarms, missed), FalseAlarm: part(alarms, alarms+quiet)}, nil
}

func part(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}
