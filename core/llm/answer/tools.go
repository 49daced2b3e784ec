package answer

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"frontdesk/core"
	"frontdesk/core/llm"
	"frontdesk/core/llm/prompt"
)

// Tools is what a model may have done in a turn; core/tool.Set is one. Safe for
// concurrent use.
type Tools interface {
	// Functions are those that may be called for t's customer.
	Functions(t *core.Turn) []llm.Function
	// Answer does what a model asked for, if that is allowed, and returns what
	// the model is told and whether something was found or done. What was found
	// is in t.Found then.
	Answer(ctx context.Context, t *core.Turn, call llm.Call) (text string, found bool)
}

// ByTool is Draft.By of what a model wrote from what tools found.
const ByTool = "tool"

// ToolPrompt is the one models are told to use tools by; its variables are
// brand, question and passages.
const ToolPrompt = "act"

// maxCalls bounds the calls of a turn. Each needs a request of its own at worst.
const maxCalls = 4

const (
	// foundScore is the confidence of an answer that a tool's report bears out:
	// the report is exact, whether it was the one wanted is the model's judgement.
	foundScore = 0.85
	// askingScore is that of a question for what a tool still needs; it has to
	// pass the threshold, and claims nothing.
	askingScore = 0.6
)

// ToolOptions of a Doer. Quote is who answers without tools.
type ToolOptions struct {
	Options
	Tools Tools
	// Nothing is what the customer reads when tools were asked in vain: a model's
	// own words would then be borne out by nothing.
	Nothing func(t *core.Turn) string
}

// Doer lets a model use tools where passages are not sure to answer, and leaves
// all else to another. Safe for concurrent use.
type Doer struct {
	*Generator
	tools   Tools
	nothing func(t *core.Turn) string
}

var _ core.Generator = (*Doer)(nil)

// NewDoer makes one. The error says what is wrong with the prompts.
func NewDoer(o ToolOptions) (*Doer, error) {
	g, err := New(o.Options)
	if err != nil {
		return nil, err
	}
	d := &Doer{Generator: g, tools: o.Tools, nothing: o.Nothing}
	_, err = d.ask(&core.Turn{Text: "x", Bot: core.BotInfo{Name: "x"}})
	return d, err
}

// ask is the first request of a turn, without its tools.
func (d *Doer) ask(t *core.Turn) (llm.Request, error) {
	p, err := d.o.Prompts.Get(ToolPrompt, t.Lang)
	if err != nil {
		return llm.Request{}, err
	}
	values := map[string]any{"brand": t.Bot.Name, "question": cmp.Or(t.Query, t.Text)}
	if strings.TrimSpace(t.Bot.Name) == "" {
		values["brand"] = t.Bot.ID
	}
	var texts []string
	for _, ps := range t.Passages[:min(len(t.Passages), given)] {
		texts = append(texts, shown(ps))
	}
	if len(texts) > 0 {
		values["passages"] = texts
	}
	r, err := p.Render(values)
	r.MaxTokens, r.Temperature, r.Budget, r.For = longest, 0, d.o.Budget(t), Of(t)
	return r, err
}

// identifier is what questions about a record hold: a number, or an address.
var identifier = regexp.MustCompile(`\d{4}|@`)

// Generate implements core.Generator.
func (d *Doer) Generate(ctx context.Context, t *core.Turn) (*core.Draft, error) {
	sure := len(t.Passages) > 0 && t.Passages[0].Score >= t.Bot.Threshold
	fns := d.tools.Functions(t)
	if len(fns) == 0 || sure && !identifier.MatchString(t.Text) {
		return d.o.Quote.Generate(ctx, t)
	}
	r, err := d.ask(t)
	if err != nil {
		t.Trace.Add("model_error", err.Error())
		return d.o.Quote.Generate(ctx, t)
	}
	r.Tools = fns
	said, out, err := d.loop(ctx, t, r)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("answer: %w", context.Cause(ctx))
	}
	if err != nil {
		t.Trace.Add("model_error", string(llm.KindOf(err)))
		return d.o.Quote.Generate(ctx, t)
	}
	return d.judge(ctx, t, said, out)
}

// outcome is what came of a turn's calls.
type outcome int

const (
	uncalled outcome = iota
	inVain
	found
)

// loop asks until the model has no more to call, or has called enough. The
// turn's time is one budget for all of it.
func (d *Doer) loop(ctx context.Context, t *core.Turn, r llm.Request) (said string, out outcome, err error) {
	end := time.Now().Add(r.Budget.Total)
	if r.Budget.Total > 0 {
		inner, cancel := context.WithDeadline(ctx, end)
		defer cancel()
		ctx = inner
	}
	for calls := 0; ; {
		a, err := d.o.Models.Generate(ctx, r, nil)
		note(t, a)
		if err != nil || len(a.Calls) == 0 || calls >= maxCalls {
			return a.Text, out, err
		}
		r.Messages = append(r.Messages[:len(r.Messages):len(r.Messages)], llm.Message{Role: llm.Assistant, Text: a.Text, Calls: a.Calls})
		for _, c := range a.Calls {
			text := "error: too many calls; answer with what you have"
			if calls++; calls <= maxCalls {
				var ok bool
				if text, ok = d.tools.Answer(ctx, t, c); ok {
					out = found
				}
				out = max(out, inVain)
			}
			r.Messages = append(r.Messages, llm.Message{Role: llm.Tool, CallID: c.ID, Text: prompt.Fence("result", text)})
		}
		if r.Budget.Total > 0 {
			r.Budget.Total = max(time.Until(end), time.Millisecond)
			r.Budget.FirstToken = min(r.Budget.FirstToken, r.Budget.Total)
		}
	}
}

// judge makes a draft of what the model said, if what was found bears it out; a
// question for what is missing claims nothing and is asked. All else is left to
// who answers without tools.
func (d *Doer) judge(ctx context.Context, t *core.Turn, text string, out outcome) (*core.Draft, error) {
	said := plainText(text)
	asking := asks(said)
	switch {
	case said == "" || strings.Contains(text, none) || out == uncalled && !asking:
		return d.o.Quote.Generate(ctx, t)
	case out == inVain && !asking:
		return d.draft(t, d.nothing(t), false), nil
	}
	if stop := d.vet(t, text); stop != nil {
		return stop(ctx, t)
	}
	known := t.Passages[:min(len(t.Passages), given):min(len(t.Passages), given)]
	for _, f := range t.Found {
		known = append(known, core.Passage{Text: f})
	}
	if err := borneOut(t, said, known); err != nil {
		t.Trace.Add("ungrounded", err.Error())
		return d.o.Quote.Generate(ctx, t)
	}
	return d.draft(t, said, out == found), nil
}

func (d *Doer) draft(t *core.Turn, said string, sure bool) *core.Draft {
	score := foundScore
	if !sure {
		score = max(askingScore, t.Bot.Threshold)
	}
	return &core.Draft{Parts: []core.Part{{Text: said}}, Score: score, By: ByTool}
}

// longestQuestion bounds, in bytes, what counts as a question for something.
const longestQuestion = 400

// asks reports whether a text is a short question.
func asks(said string) bool {
	return len(said) <= longestQuestion && (strings.HasSuffix(said, "?") || strings.HasSuffix(said, "？"))
}
