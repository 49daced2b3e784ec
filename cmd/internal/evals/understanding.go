package evals

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"frontdesk/core"
	"frontdesk/core/handoff"
	"frontdesk/core/nlu"
	"frontdesk/core/nlu/linear"
	"frontdesk/core/nlu/measure"
	"frontdesk/core/nlu/rules"
	"frontdesk/core/nlu/tagger"
)

// Intent names the files of an intent measurement.
type Intent struct {
	Train, Test, OOS, Withhold string
	Folds                      int    // 0: Test is asked; else Train is cut into so many parts, and each asked in turn
	Report, Plot               string // files to write; "" is none
}

// Threshold is the score below which a row counts as recognised to be out of
// scope. It is on the safe side of the default bot's 0.45.
const Threshold = 0.5

// Run trains on Train and asks Test. Rows of OOS, and those of intents that
// Withhold lists, are out of scope.
func (f Intent) Run(ctx context.Context, e Embedding) (out measure.Intents, err error) {
	if ext := filepath.Ext(f.Plot); f.Plot != "" && ext != ".svg" && ext != ".html" {
		return out, core.Invalid("%s: a plot is called .svg or .html", f.Plot)
	}
	learn, free, err := e.learn(ctx)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, free()) }()
	out, gs, err := f.judge(ctx, learn)
	if err != nil {
		return out, err
	}
	if f.Report != "" {
		if err := Describe(f.Report, gs); err != nil {
			return out, err
		}
	}
	if f.Plot != "" {
		return out, Draw(f.Plot, "Intents: "+filepath.Base(f.Train), out, gs)
	}
	return out, nil
}

// learn makes the default recogniser with the embedder of e.
func (e Embedding) learn(ctx context.Context) (measure.Training, func() error, error) {
	embedder, free, err := e.Open(ctx)
	return func(ctx context.Context, task nlu.Task) (nlu.IntentRecognizer, error) {
		task.Embedder = embedder
		return linear.New(ctx, task)
	}, free, err
}

func (f Intent) judge(ctx context.Context, learn measure.Training) (out measure.Intents, gs []measure.Guess, err error) {
	train, err := Rows[measure.Row](f.Train)
	if err != nil {
		return out, nil, err
	}
	if f.Folds != 0 {
		return measure.CrossValidate(ctx, learn, train, f.Folds, Threshold)
	}
	test, err := Rows[measure.Row](f.Test)
	if err != nil {
		return out, nil, err
	}
	var oos []measure.Row
	if f.OOS != "" {
		if oos, err = Rows[measure.Row](f.OOS); err != nil {
			return out, nil, err
		}
	}
	names, err := withheld(f.Withhold)
	if err != nil {
		return out, nil, err
	}
	return measure.Judge(ctx, learn, train, test, oos, names, Threshold)
}

// Explained is what a text is taken for, and why.
type Explained struct {
	Intents []core.Intent `json:"intents"`
	Because []nlu.Reason  `json:"because"` // of the first: n-grams and their weight
}

// Explain trains on Train and says what text is taken for.
func (f Intent) Explain(ctx context.Context, e Embedding, text string) (out Explained, err error) {
	learn, free, err := e.learn(ctx)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, free()) }()
	train, err := Rows[measure.Row](f.Train)
	if err != nil {
		return out, err
	}
	var task nlu.Task
	for _, r := range train {
		task.Examples = append(task.Examples, nlu.Example{Text: r.Text, Intent: r.Intent})
	}
	rec, err := learn(ctx, task)
	if err != nil {
		return out, err
	}
	turn := core.NewTurn(core.Work{}, time.Now)
	turn.Text, turn.Norm = text, nlu.Normalize(text)
	if out.Intents, err = rec.Recognize(ctx, turn); err != nil {
		return out, err
	}
	if x, ok := rec.(nlu.Explainer); ok && len(out.Intents) > 0 {
		out.Because = x.Explain(turn.Norm, out.Intents[0].Name)
	}
	return out, nil
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
