package dialog

import (
	"context"
	"slices"
	"strings"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// A message may ask for several things at once, up to maxParts of them, in at
// most maxSplit bytes; longer ones tell a story.
const (
	maxParts = 3
	maxSplit = 600
)

// Parts answers a message that asks for several things one by one. split cuts a
// text into them; inner is the way of a single message, up to Confidence. It
// belongs before inner's stages.
//
// Cutting must be worth it: unless each part is answered, or starts or goes on
// with a flow, or wants a person, the message is left whole to the stages that
// follow. What answers at once is said first, and what asks back last; a second
// flow is offered when the first has ended.
func (s *Script) Parts(split func(text string) []string, inner core.Pipeline) core.Stage {
	return core.NewStage("parts", func(ctx context.Context, t *core.Turn) error {
		if split == nil || !s.divisible(t) {
			return nil
		}
		parts := slices.DeleteFunc(split(t.Text), func(p string) bool {
			name, _ := chat(nlu.Normalize(p))
			return name != "" || !nlu.Wordy(nlu.Normalize(p))
		})
		if len(parts) < 2 || len(parts) > maxParts {
			return nil
		}
		orders := [][]string{parts}
		if t.State().Flow != "" { // what the flow waits for may come last
			back := slices.Clone(parts)
			slices.Reverse(back)
			orders = append(orders, back)
		}
		for _, order := range orders {
			d := division{s: s, t: t, inner: inner, state: t.State()}
			ok, err := d.run(ctx, order)
			if err != nil {
				return err
			}
			if ok {
				t.Trace.Add("parts", order)
				d.merge()
				return nil
			}
		}
		return nil
	})
}

// divisible reports whether t may be cut.
func (s *Script) divisible(t *core.Turn) bool {
	st := t.State()
	if t.Handoff != "" || pressed(t) || st.GoOn || len(t.Text) > maxSplit || corrects(t.Norm) {
		return false
	}
	if st.Repeats > 0 && st.Last == bare(t.Norm) {
		return false // asked again and again: whole, so that this is noticed
	}
	f := s.flow(st.Flow)
	if f == nil {
		return true
	}
	id, _ := retried(st.Step)
	i := f.index(id)
	return i >= 0 && (f.Steps[i].Do == Choose || f.Steps[i].Entity != "") // free words are not cut
}

// actedKey finds where a part notes that it called an action.
type actedKey struct{}

// division is a message under way in parts.
type division struct {
	s     *Script
	t     *core.Turn
	inner core.Pipeline
	state core.State   // what the next part meets
	plain []core.Event // of parts that are done with
	waits []core.Event // of the one whose flow now waits
	later []string     // flows that other parts wanted
	subs  []*core.Turn
}

// run tries the parts in order; ok is false if one of them was not understood.
// Once a part called an action the cut holds: what was done cannot be taken
// back, so the customer is told of it, and of what was not understood.
func (d *division) run(ctx context.Context, parts []string) (ok bool, err error) {
	acted := false
	ctx = context.WithValue(ctx, actedKey{}, &acted)
	for _, p := range parts {
		sub := d.turn(p)
		if err := d.inner.Run(ctx, sub); err != nil {
			return false, err
		}
		if !understood(sub) && !acted {
			return false, nil
		}
		d.subs = append(d.subs, sub)
		d.take(sub)
		if sub.Handoff != "" {
			break
		}
	}
	return true, nil
}

// turn is a part as a turn of its own.
func (d *division) turn(part string) *core.Turn {
	w := d.t.Work
	w.State = d.state
	w.Envelope.Parts = []core.Part{text(part)}
	sub := core.NewTurn(w, d.t.Now)
	sub.Bot, sub.Text, sub.Norm, sub.Lang, sub.Channel = d.t.Bot, part, nlu.Normalize(part), d.t.Lang, d.t.Channel
	return sub
}

// understood reports whether a part was answered, or wants a person.
func understood(sub *core.Turn) bool {
	said := false
	for _, ev := range sub.Events() {
		if ev.Verdict == core.VerdictClarified || ev.Verdict == core.VerdictAbstained {
			return false
		}
		said = said || ev.Kind == core.Said
	}
	return said || sub.Handoff != ""
}

// take files the events of a part.
func (d *division) take(sub *core.Turn) {
	evs := slices.DeleteFunc(slices.Clone(sub.Events()), func(ev core.Event) bool { return ev.Kind == core.Asked })
	after := sub.State()
	moved := slices.ContainsFunc(evs, func(ev core.Event) bool { return ev.Kind == core.Cleared })
	switch {
	case d.waits == nil && after.Flow != "" && sub.Handoff == "":
		d.waits = evs
		d.state = after
		d.state.Flow, d.state.Step = "", ""
	case d.waits != nil && (after.Flow != "" || moved):
		d.later = append(d.later, started(evs))
	default:
		d.plain = append(d.plain, evs...)
		d.state = after
	}
}

// started is the flow that evs began.
func started(evs []core.Event) string {
	for _, ev := range evs {
		if ev.Kind == core.Entered && ev.Key != "" {
			return ev.Key
		}
	}
	return ""
}

// merge makes what the parts came to the turn's own.
func (d *division) merge() {
	t := d.t
	if !slices.ContainsFunc(d.subs, func(sub *core.Turn) bool { return sub.Handoff != "" }) {
		remember(t, bare(t.Norm)) // else State will, for the turn goes on
	}
	for _, name := range d.later {
		if name != "" {
			t.Note(core.Event{Kind: core.Paused, Key: name})
		}
	}
	var said []string
	for _, ev := range slices.Concat(d.plain, d.waits) {
		if ev.Kind == core.Said && slices.Contains(said, ev.Text()) {
			continue
		}
		if ev.Kind == core.Said {
			said = append(said, ev.Text())
		}
		t.Note(ev)
	}
	var how []string
	for _, sub := range d.subs {
		t.Trace.Steps = append(t.Trace.Steps, sub.Trace.Steps...)
		t.Signals = append(t.Signals, sub.Signals...)
		if t.Handoff == "" {
			t.Handoff = sub.Handoff
		}
		how = append(how, sub.Settled())
	}
	t.Intents, t.Entities = d.subs[0].Intents, d.subs[0].Entities
	if t.Handoff == "" {
		t.Settle("parts: " + strings.Join(how, "; "))
	}
}
