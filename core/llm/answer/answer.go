// Package answer writes answers from passages with a language model, and falls
// back on whoever quotes them when no model is usable or what it says is not
// borne out by the passages.
package answer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"frontdesk/core"
	"frontdesk/core/llm"
	"frontdesk/core/llm/prompt"
)

var _ core.Generator = (*Generator)(nil)

// Prompt is the one the answers are written by; its variables are brand,
// question and passages.
const Prompt = "answer"

// none is what a model says when the passages do not answer.
const none = "NO_ANSWER"

// By is Draft.By of what a model wrote.
const By = "llm"

const (
	given   = 8   // passages shown to the model
	longest = 400 // tokens of an answer
	warmth  = 0.2 // temperature: the passages' words, not others
)

// Options of a Generator.
type Options struct {
	Models  llm.Provider // a Fallback
	Prompts *prompt.Library
	Quote   core.Generator // speaks when no model does; never nil
	// Vet judges what a model wrote for a turn, without citation marks: why is ""
	// if it may be said. One that promised what nothing bears out costs the turn
	// its draft and wants a person. It is asked of each sentence before that is
	// shown early, and of the whole. nil lets all pass.
	Vet func(t *core.Turn, said string) (why, finding string, person bool)
	// Budget is the time the turn has for its answer; nil is Default for all.
	Budget func(*core.Turn) llm.Budget
}

// Generator implements core.Generator. Safe for concurrent use.
type Generator struct{ o Options }

// New makes a generator. The error says what is wrong with the prompt.
func New(o Options) (*Generator, error) {
	if o.Budget == nil {
		o.Budget = func(*core.Turn) llm.Budget { return Default }
	}
	g := &Generator{o}
	turn := core.Turn{Text: "x", Bot: core.BotInfo{Name: "x"}, Passages: []core.Passage{{Text: "x"}}}
	for _, lang := range o.Prompts.Langs(Prompt) {
		turn.Lang = lang
		if _, err := g.request(&turn); err != nil {
			return nil, err
		}
	}
	_, err := g.request(&turn)
	return g, err
}

// request is what the model is asked.
func (g *Generator) request(t *core.Turn) (llm.Request, error) {
	p, err := g.o.Prompts.Get(Prompt, t.Lang)
	if err != nil {
		return llm.Request{}, err
	}
	var texts []string
	for _, ps := range t.Passages[:min(len(t.Passages), given)] {
		texts = append(texts, shown(ps))
	}
	brand := t.Bot.Name
	if strings.TrimSpace(brand) == "" {
		brand = t.Bot.ID
	}
	r, err := p.Render(map[string]any{"brand": brand, "question": cmp.Or(t.Query, t.Text), "passages": texts})
	r.MaxTokens, r.Temperature, r.Budget = longest, warmth, g.o.Budget(t)
	r.For = Of(t)
	return r, err
}

// shown is a passage as the model reads it.
func shown(p core.Passage) string {
	head := p.Title
	if p.Question != "" {
		head = p.Question
	}
	if head == "" {
		return p.Text
	}
	return head + "\n" + p.Text
}

// Generate implements core.Generator: a draft by a model if it is borne out by
// the passages, else what is quoted from them. A model that finds no answer in
// them is believed: there is no draft. A failure of the models costs nothing
// but their time, and its cause is in the trace alone.
func (g *Generator) Generate(ctx context.Context, t *core.Turn) (*core.Draft, error) {
	if len(t.Passages) == 0 {
		return g.o.Quote.Generate(ctx, t)
	}
	if d := g.curated(ctx, t); d != nil {
		return d, nil
	}
	r, err := g.request(t)
	if err != nil {
		t.Trace.Add("model_error", err.Error())
		return g.o.Quote.Generate(ctx, t)
	}
	a, err := g.o.Models.Generate(ctx, r, g.early(t))
	note(t, a)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("answer: %w", context.Cause(ctx))
	}
	if err != nil {
		t.Trace.Add("model_error", string(llm.KindOf(err)))
		return g.o.Quote.Generate(ctx, t)
	}
	if stop := g.vet(t, a.Text); stop != nil {
		return stop(ctx, t)
	}
	d, err := ground(t, a.Text)
	switch {
	case errors.Is(err, errNone):
		t.Trace.Add("model_says", none)
		return nil, nil
	case err != nil:
		t.Trace.Add("ungrounded", err.Error())
		return g.o.Quote.Generate(ctx, t)
	}
	return d, nil
}

// verbatim is how sure it must be that a written answer is meant for it to be
// given word for word, with no model asked.
const verbatim = 0.9

// curated is the answer somebody wrote to this very question; nil if none is
// surely meant.
func (g *Generator) curated(ctx context.Context, t *core.Turn) *core.Draft {
	if !slices.ContainsFunc(t.Passages, func(p core.Passage) bool { return p.Question != "" }) {
		return nil
	}
	d, err := g.o.Quote.Generate(ctx, t)
	if err != nil || d == nil || d.By != byPair || d.Score < verbatim {
		return nil
	}
	return d
}

// byPair is Draft.By of an answer to a question that somebody wrote down.
const byPair = "faq"

// vet returns who speaks instead of text; nil if it may be said.
func (g *Generator) vet(t *core.Turn, text string) func(context.Context, *core.Turn) (*core.Draft, error) {
	if g.o.Vet == nil || strings.Contains(text, none) {
		return nil
	}
	why, finding, person := g.o.Vet(t, plainText(text))
	if why == "" {
		return nil
	}
	t.Trace.Add("cut", map[string]any{"why": why, "finding": finding})
	if !person {
		return g.o.Quote.Generate
	}
	t.Handoff = core.ReasonRule
	t.Signals = append(t.Signals, core.Signalled{Name: why, Value: 1, Limit: 1})
	return func(context.Context, *core.Turn) (*core.Draft, error) { return nil, nil }
}

// plainText is an answer without its citation marks.
func plainText(text string) string { return strings.TrimSpace(cited.ReplaceAllString(text, "")) }

// note says in the trace which models were asked, why, how long it took, and
// how many tokens it cost.
func note(t *core.Turn, a llm.Answer) {
	if len(a.Tries) > 0 {
		var all []map[string]any
		for _, try := range a.Tries {
			all = append(all, fact(try))
		}
		t.Trace.Add("models", all)
	}
	if a.Provider != "" {
		t.Trace.Add("model", map[string]any{"provider": a.Provider, "model": a.Model, "degraded": degraded(a)})
	}
}

// degraded reports whether another than the first answered.
func degraded(a llm.Answer) bool {
	for _, t := range a.Tries {
		if t.Won {
			return t.Why != llm.WhyFirst && t.Why != llm.WhyProbe
		}
	}
	return false
}

func fact(t llm.Try) map[string]any {
	f := map[string]any{"provider": t.Provider, "why": t.Why, "ms": t.Took.Milliseconds()}
	if t.Kind != "" {
		f["error"] = string(t.Kind)
	}
	if t.Status != 0 {
		f["status"] = t.Status
	}
	if t.First > 0 {
		f["first_ms"] = t.First.Milliseconds()
	}
	if t.Usage.Known {
		f["tokens_in"], f["tokens_out"] = t.Usage.In, t.Usage.Out
	}
	if t.Cost.Known && t.Cost.Currency != "" {
		f["cost"] = fmt.Sprintf("%.6f %s", float64(t.Cost.Micros)/1e6, t.Cost.Currency)
	} else if t.Won && !t.Cost.Known {
		f["cost"] = "unknown"
	}
	return f
}
