package dialog

import (
	"context"

	"frontdesk/core"
)

// Rule is a small "when … then …" beside the flows. All rules whose When holds
// give their tags; the first of them that says or does something more acts.
type Rule struct {
	Name string
	When Condition
	Tags []string // given to the case
	Say  Wording  // a template
	// Start names a flow to begin; Handoff wants a person. Both after Say.
	Start   string
	Handoff bool
	// Continue goes on as if nothing had been said: the message is answered too.
	Continue bool
	Once     bool // at most once a case
}

// acts reports whether r does more than give tags.
func (r Rule) acts() bool { return len(r.Say) > 0 || r.Start != "" || r.Handoff }

// Rule tries the rules on messages. It belongs before Flow, and after what
// judges whether a person is wanted: then rules only give tags.
func (s *Script) Rule() core.Stage {
	return core.NewStage("rules", func(ctx context.Context, t *core.Turn) error {
		s.rule(ctx, t, false)
		return nil
	})
}

// rule tries the rules, on an event only those that name one, and reports
// whether one of them has answered.
func (s *Script) rule(ctx context.Context, t *core.Turn, event bool) bool {
	acted := t.Handoff != ""
	for _, r := range s.Rules {
		if _, named := r.When[WhenEvent]; named != event || !s.met(t, r.When, t.State().Slots) {
			continue
		}
		if r.Once && has(t, core.OnceTag(r.Name)) {
			continue
		}
		for _, tag := range r.Tags {
			t.Note(core.Event{Kind: core.Tagged, Key: tag})
		}
		if !r.acts() || acted {
			continue
		}
		acted = true
		t.Trace.Add("rule", r.Name)
		if r.Once {
			t.Note(core.Event{Kind: core.Tagged, Key: core.OnceTag(r.Name)})
		}
		s.act(ctx, t, r)
	}
	return t.Settled() != "" || t.Handoff != ""
}

func has(t *core.Turn, tag string) bool {
	for _, g := range t.State().Tags {
		if g == tag {
			return true
		}
	}
	return false
}

// act does what r says.
func (s *Script) act(ctx context.Context, t *core.Turn, r Rule) {
	f := s.flow(t.State().Flow)
	run := &run{s: s, f: f, t: t}
	words := run.words(r.Say)
	v := core.VerdictAnswered
	switch {
	case r.Handoff:
		t.Handoff = core.ReasonRule
		t.Signals = append(t.Signals, core.Signalled{Name: "rule " + r.Name, Value: 1, Limit: 1})
		v = core.VerdictHandedOver
	case r.Continue:
		v = ""
	}
	if words != "" {
		say(t, v, text(words))
	}
	switch {
	case r.Handoff:
	case r.Start != "":
		if to := s.flow(r.Start); to != nil {
			s.begin(ctx, t, to)
		}
	case r.Continue:
	default:
		t.Note(core.Event{Kind: core.Answered})
		if i := run.place(); i >= 0 { // what the flow waits for is asked again
			run.say(s.line(t, TextResume))
			run.wait(i, "")
			run.flush()
		}
		t.Settle("rule: " + r.Name)
	}
}

// place is the step that the flow waits at; -1 without a flow.
func (r *run) place() int {
	if r.f == nil {
		return -1
	}
	id, _ := retried(r.t.State().Step)
	return r.f.index(id)
}
