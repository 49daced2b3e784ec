// Package llm recognises intents by asking a language model which of a bot's
// intents a message means: for bots that have no examples yet, or few. The
// model picks from a list (zero-shot classification); what it adds of its own
// is refused.
//
// Models say "sure" too easily, and their numbers are not calibrated (Xiong et
// al., ICLR 2024, "Can LLMs Express Their Uncertainty?"). So it is asked for
// one of three words, and even "sure" is worth no more than Best.
package llm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"frontdesk/core"
	models "frontdesk/core/llm"
	"frontdesk/core/nlu"
)

// Learn makes a recogniser of a bot's examples.
type Learn = func(ctx context.Context, task nlu.Task) (nlu.IntentRecognizer, error)

// Options say whom to ask, and how.
type Options struct {
	// Model returns the model; nil if there is none. It is asked with each
	// message, so that a model may come and go.
	Model func() models.Provider
	// Request is the prompt, of an answer in JSON, for a message and the choices,
	// a line each.
	Request func(t *core.Turn, choices string) (models.Request, error)
	Timeout time.Duration // of one question; DefaultTimeout if 0
}

// DefaultTimeout is how long a model may think about an intent: an answer has
// to be written after it.
const DefaultTimeout = 3 * time.Second

// What a model's words are worth, as probabilities.
const (
	Best   = 0.85 // sure
	Likely = 0.6
	Unsure = 0.3
)

// The bounds of a question: a message that examples are sure of is not asked
// about; so many choices and examples of each are shown, so long; spare is what
// must be left of the turn to begin.
const (
	surely       = 0.9
	mostChoices  = 150
	mostExamples = 3
	longest      = 2000 // of the message, in bytes
	answerTokens = 60
	spare        = time.Second
)

// Over returns the maker of recognisers that ask a model, and what fallback
// learns from the examples where these are sure, or the model is away.
func Over(fallback Learn, o Options) Learn {
	return func(ctx context.Context, task nlu.Task) (nlu.IntentRecognizer, error) {
		second, err := fallback(ctx, task)
		if err != nil {
			return nil, fmt.Errorf("the fallback of the llm recogniser: %w", err)
		}
		r := &recognizer{Options: o, second: second}
		if r.Timeout == 0 {
			r.Timeout = DefaultTimeout
		}
		r.names, r.choices = choices(task)
		return r, nil
	}
}

type recognizer struct {
	Options
	second  nlu.IntentRecognizer
	names   []string
	choices string
}

// choices are the intents of task: names, and a line each with its title and
// some examples.
func choices(task nlu.Task) (names []string, lines string) {
	about := map[string][]string{}
	for _, t := range task.Topics {
		names = append(names, t.Name)
		about[t.Name] = append(about[t.Name], t.About)
	}
	for _, e := range task.Examples {
		if !slices.Contains(names, e.Intent) {
			names = append(names, e.Intent)
		}
		if len(about[e.Intent]) < 1+mostExamples {
			about[e.Intent] = append(about[e.Intent], e.Text)
		}
	}
	names = names[:min(len(names), mostChoices)]
	var b strings.Builder
	for _, n := range names {
		fmt.Fprintf(&b, "%s: %s\n", n, strings.Join(slices.DeleteFunc(about[n], func(s string) bool { return s == "" }), " / "))
	}
	return names, b.String()
}

var (
	errNoModel = errors.New("no language model is configured: see llm.providers")
	errHurry   = errors.New("too little time is left")
)

// Recognize implements nlu.IntentRecognizer. An answer of the examples comes
// with the model's error.
func (r *recognizer) Recognize(ctx context.Context, t *core.Turn) ([]core.Intent, error) {
	in, err := r.second.Recognize(ctx, t)
	if len(r.names) == 0 || len(in) > 0 && in[0].Score >= surely {
		return in, err
	}
	got, asked := r.ask(ctx, t)
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("llm recogniser: %w", ctx.Err())
	case asked != nil:
		return in, errors.Join(fmt.Errorf("llm recogniser, the examples answer instead: %w", asked), err)
	}
	return got, nil
}

func (r *recognizer) ask(ctx context.Context, t *core.Turn) ([]core.Intent, error) {
	var model models.Provider
	if r.Model != nil {
		model = r.Model()
	}
	if model == nil {
		return nil, errNoModel
	}
	if until, ok := ctx.Deadline(); ok && time.Until(until) < spare {
		return nil, errHurry
	}
	short := core.Turn{Work: t.Work, Bot: t.Bot, Norm: t.Norm, Lang: t.Lang}
	short.Text = strings.ToValidUTF8(t.Text[:min(len(t.Text), longest)], "")
	req, err := r.Request(&short, r.choices)
	if err != nil {
		return nil, err
	}
	req.JSON, req.MaxTokens, req.Temperature = true, answerTokens, 0
	req.Budget = models.Budget{Total: r.Timeout}
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	a, err := model.Generate(ctx, req, nil)
	if err != nil {
		return nil, err
	}
	return r.read(a.Text)
}

// read takes a model's answer apart: {"intent", "certainty", "second"}.
func (r *recognizer) read(text string) ([]core.Intent, error) {
	var a struct{ Intent, Certainty, Second string }
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return nil, errors.New("the model's answer is not the JSON asked for")
	}
	if a.Intent == "" || a.Intent == "none" {
		return nil, nil
	}
	if !slices.Contains(r.names, a.Intent) {
		return nil, fmt.Errorf("the model names %.40q, which is none of the intents", a.Intent)
	}
	p, ok := map[string]float64{"sure": Best, "likely": Likely, "unsure": Unsure}[strings.ToLower(a.Certainty)]
	if !ok {
		p = Unsure
	}
	out := []core.Intent{{Name: a.Intent, Score: p}}
	if a.Second != a.Intent && slices.Contains(r.names, a.Second) {
		out = append(out, core.Intent{Name: a.Second, Score: min(p, 1-p) / 2})
	}
	return out, nil
}
