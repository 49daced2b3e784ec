package dialog

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// Prompter asks a language model with prompts of a library. Safe for concurrent
// use.
type Prompter interface {
	// Prompt renders the prompt name with values and returns what the model
	// makes of it: the fields of its object where the prompt wants JSON, else
	// one result "text". Without a model it fails.
	Prompt(ctx context.Context, t *core.Turn, name string, values map[string]string) (map[string]string, error)
	// Vars are the prompt's variables, and those of them that must be given; ok
	// is false if there is no such prompt.
	Vars(name string) (all, required []string, ok bool)
}

// promptText is the result of a prompt that wants no JSON.
const promptText = "text"

// fetch runs a step that waits for something outside. Where it fails, the flow
// goes on at OnError, or a person is wanted.
func (r *run) fetch(ctx context.Context, i int) (next int, wait bool) {
	st := r.f.Steps[i]
	timeout := st.Timeout
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	inner, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	start := time.Now()
	err := r.outside(inner, st)
	r.t.Trace.Add("took", fmt.Sprintf("%s %s%s: %d ms", st.Do, st.Action, st.Prompt, time.Since(start).Milliseconds()))
	if err == nil {
		return r.after(i, st.Next), false
	}
	r.t.Trace.Add("error", fmt.Sprintf("step %s: %v", r.f.id(i), err))
	if st.OnError == "" {
		r.person()
		return 0, true
	}
	return r.f.index(st.OnError), false
}

func (r *run) outside(ctx context.Context, st Step) error {
	switch st.Do {
	case Answer:
		return r.look(ctx, st)
	case Prompt:
		return r.prompt(ctx, st)
	}
	a := r.s.Actions[st.Action]
	if a == nil {
		return fmt.Errorf("there is no action %q", st.Action)
	}
	if acted, ok := ctx.Value(actedKey{}).(*bool); ok {
		*acted = true
	}
	got, err := a.Call(ctx, r.t, r.arguments(st))
	if err == nil || len(got) > 0 {
		r.save(st, got)
	}
	return err
}

// arguments are what st gives away: what it names, else all slots.
func (r *run) arguments(st Step) map[string]string {
	if st.With == nil {
		return maps.Clone(r.slots())
	}
	args, values := map[string]string{}, r.values()
	for k, v := range st.With {
		args[k] = fill(v, values)
	}
	return args
}

// save fills slots with results.
func (r *run) save(st Step, got map[string]string) {
	if st.Save == nil {
		for _, k := range slices.Sorted(maps.Keys(got)) {
			r.set(k, got[k])
		}
		return
	}
	for _, slot := range slices.Sorted(maps.Keys(st.Save)) {
		r.set(slot, got[st.Save[slot]])
	}
}

func (r *run) prompt(ctx context.Context, st Step) error {
	if r.s.Prompter == nil || r.s.Approved {
		return fmt.Errorf("prompt %q: no language model may speak here", st.Prompt)
	}
	got, err := r.s.Prompter.Prompt(ctx, r.t, st.Prompt, r.arguments(st))
	if err != nil {
		return err
	}
	if st.Save != nil {
		r.save(st, got)
		return nil
	}
	said := strings.TrimSpace(got[promptText])
	if said == "" {
		return fmt.Errorf("prompt %q: the model said nothing", st.Prompt)
	}
	r.said = append(r.said, text(said))
	return nil
}

// look answers a question from knowledge, with its sources.
func (r *run) look(ctx context.Context, st Step) error {
	question := r.words(st.Question)
	if question == "" {
		question = r.t.Text
	}
	d, c, err := r.s.found(ctx, r.t, question)
	if err != nil {
		return err
	}
	if d == nil || c < r.t.Bot.Threshold {
		return fmt.Errorf("knowledge has no sure answer to %q", question)
	}
	r.said, r.cites = append(r.said, d.Parts...), append(r.cites, d.Citations...)
	if r.score == nil || c < *r.score {
		r.score = &c
	}
	return nil
}

// found is the surest answer to a question, and how sure it is. The turn's own
// text and passages are as before afterwards.
func (s *Script) found(ctx context.Context, t *core.Turn, question string) (*core.Draft, float64, error) {
	if s.Retriever == nil {
		return nil, 0, fmt.Errorf("there is no knowledge to look in")
	}
	q := core.Query{Workspace: t.Work.Envelope.Workspace, Bot: t.Bot.ID, Text: question, Lang: t.Lang, Limit: passagesWanted}
	ps, err := s.Retriever.Retrieve(ctx, q)
	if err != nil {
		return nil, 0, fmt.Errorf("retrieve: %w", err)
	}
	said, norm, query, old := t.Text, t.Norm, t.Query, t.Passages
	t.Text, t.Norm, t.Query, t.Passages = question, nlu.Normalize(question), question, ps
	defer func() { t.Text, t.Norm, t.Query, t.Passages = said, norm, query, old }()
	t.Trace.Add("passages", sketch(ps))
	if s.Generator == nil || s.Approved {
		d := pair(t)
		return d, confidence(d), nil
	}
	d, err := s.Generator.Generate(ctx, t)
	if err != nil {
		return nil, 0, fmt.Errorf("generate: %w", err)
	}
	return d, confidence(d), nil
}

// Pairs is r without what is no pair of question and answer: all that a bot of
// approved answers may draw on.
func Pairs(r core.Retriever) core.Retriever { return pairs{r} }

type pairs struct{ core.Retriever }

// pairsWithin is how many times as many passages are looked through for pairs.
const pairsWithin = 4

// Retrieve implements core.Retriever.
func (p pairs) Retrieve(ctx context.Context, q core.Query) ([]core.Passage, error) {
	want := q.Limit
	q.Limit *= pairsWithin
	ps, err := p.Retriever.Retrieve(ctx, q)
	ps = slices.DeleteFunc(slices.Clone(ps), func(x core.Passage) bool { return x.Question == "" })
	return ps[:min(len(ps), want)], err
}
