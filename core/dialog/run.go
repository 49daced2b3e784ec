package dialog

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"frontdesk/core"
)

// reasked, at the end of State.Step, means that the step's question was put a
// second time.
const reasked = "!"

// maxSteps bounds a turn: steps that jump in a circle end with a person.
const maxSteps = 50

// run is a flow under way in one turn.
type run struct {
	s    *Script
	f    *Flow
	t    *core.Turn
	said []core.Part
}

func (s *Script) flow(name string) *Flow {
	for i := range s.Flows {
		if s.Flows[i].Name == name {
			return &s.Flows[i]
		}
	}
	return nil
}

// id is the name of step i, as State.Step and Next give it.
func (f *Flow) id(i int) string {
	if f.Steps[i].ID != "" {
		return f.Steps[i].ID
	}
	return strconv.Itoa(i + 1)
}

// index is the place of the step called id; -1 if there is none.
func (f *Flow) index(id string) int {
	for i := range f.Steps {
		if f.id(i) == id {
			return i
		}
	}
	return -1
}

// start begins f with what the message holds already. What an earlier flow
// learnt is forgotten: an old order number must not answer a new question.
func (r *run) start(ctx context.Context) {
	r.t.Trace.Add("flow starts", r.f.Name)
	r.t.Note(core.Event{Kind: core.Cleared})
	for _, st := range r.f.Steps {
		if st.Do == Ask && st.Entity != "" {
			if v, ok := entity(r.t, st.Entity, sureEntity); ok {
				r.set(st.Slot, v)
			}
		}
	}
	r.from(ctx, 0)
}

// set fills a slot.
func (r *run) set(slot, value string) {
	r.t.Note(core.Event{Kind: core.Slot, Key: slot, Parts: []core.Part{{Text: value}}})
	r.t.Trace.Add("slot "+slot, value)
}

// from runs steps from i on until one waits or the flow ends.
func (r *run) from(ctx context.Context, i int) {
	for range maxSteps {
		if i < 0 || i >= len(r.f.Steps) {
			r.end()
			return
		}
		next, wait := r.step(ctx, i)
		if wait {
			return
		}
		i = next
	}
	r.t.Trace.Add("error", "the flow goes in a circle")
	r.person()
}

// step runs step i. It returns the next one's place, or that the turn waits.
func (r *run) step(ctx context.Context, i int) (next int, wait bool) {
	st := r.f.Steps[i]
	next = r.after(i, st.Next)
	if !r.applies(st) {
		return i + 1, false
	}
	switch st.Do {
	case Say:
		r.say(in(r.t, st.Text))
	case Ask, Choose:
		if r.slots()[st.Slot] != "" {
			return r.chosen(i, r.slots()[st.Slot]), false
		}
		r.wait(i, "")
		return 0, true
	case Call:
		return r.call(ctx, i)
	case Handoff:
		r.say(in(r.t, st.Text))
		r.person()
		return 0, true
	case Done:
		r.say(in(r.t, st.Text))
		r.end()
		return 0, true
	}
	return next, false
}

// after is the place of the step called id, of the one behind i for "".
func (r *run) after(i int, id string) int {
	if id == "" {
		return i + 1
	}
	return r.f.index(id)
}

// chosen is where the flow goes on after step i was answered with value.
func (r *run) chosen(i int, value string) int {
	st := r.f.Steps[i]
	for _, o := range st.Options {
		if o.Value == value && o.Next != "" {
			return r.f.index(o.Next)
		}
	}
	return r.after(i, st.Next)
}

func (r *run) slots() map[string]string { return r.t.State().Slots }

func (r *run) applies(st Step) bool {
	slots := r.slots()
	for k, v := range st.When {
		if slots[k] != v {
			return false
		}
	}
	return true
}

// say adds words to the answer, with slots filled in.
func (r *run) say(words string) {
	if words != "" {
		r.said = append(r.said, text(fill(words, r.slots())))
	}
}

// wait puts the question of step i and remembers it.
func (r *run) wait(i int, mark string) { r.put(i, in(r.t, r.f.Steps[i].Text), mark) }

// put asks in these words, with the options of step i.
func (r *run) put(i int, words, mark string) {
	r.say(words)
	for _, o := range r.f.Steps[i].Options {
		r.said = append(r.said, core.Part{Kind: core.Choice, Text: in(r.t, o.Label), Value: o.Value})
	}
	r.t.Note(core.Event{Kind: core.Entered, Key: r.f.Name, Parts: []core.Part{text(r.f.id(i) + mark)}})
}

// call runs an action and fills slots with its results.
func (r *run) call(ctx context.Context, i int) (next int, wait bool) {
	st := r.f.Steps[i]
	got, err := r.s.Actions[st.Action].Call(ctx, r.t, maps.Clone(r.slots()))
	if err != nil {
		r.t.Trace.Add("error", fmt.Sprintf("%s: %v", st.Action, err))
		if st.OnError == "" {
			r.person()
			return 0, true
		}
		return r.f.index(st.OnError), false
	}
	for _, k := range slices.Sorted(maps.Keys(got)) {
		r.set(k, got[k])
	}
	return r.after(i, st.Next), false
}

// person ends the flow with a person wanted; Route leaves the flow.
func (r *run) person() {
	r.t.Handoff = core.ReasonFlow
	r.t.Signals = append(r.t.Signals, core.Signalled{Name: "flow " + r.f.Name, Value: 1, Limit: 1})
	r.flush()
}

// end leaves the flow.
func (r *run) end() {
	r.t.Note(core.Event{Kind: core.Entered})
	r.t.Trace.Add("flow ends", r.f.Name)
}

// flush says what has gathered.
func (r *run) flush() {
	if len(r.said) > 0 {
		v := core.VerdictAnswered
		if r.t.Handoff != "" {
			v = core.VerdictHandedOver
		}
		say(r.t, v, r.said...)
		r.said = nil
	}
}

// finish says what has gathered and ends the turn, unless a person is wanted.
func (r *run) finish() {
	if r.t.Handoff != "" {
		return
	}
	r.t.Note(core.Event{Kind: core.Answered})
	r.flush()
	r.t.Settle("flow: " + r.f.Name)
}

// sureEntity is the score from which a value found in passing fills a slot;
// asked for, a likely one will do.
const (
	sureEntity   = 0.8
	likelyEntity = 0.3
)

// entity returns the best value of that name in the message; where the message
// corrects itself, the one that counts.
func entity(t *core.Turn, name string, atLeast float64) (string, bool) {
	if v, ok := latest(t, name, atLeast); ok {
		return v, true
	}
	best, value := 0.0, ""
	for _, e := range t.Entities {
		if e.Name == name && e.Score >= atLeast && e.Score > best {
			best, value = e.Score, e.Value
		}
	}
	return value, value != ""
}

// retried cuts the mark off State.Step.
func retried(step string) (id string, again bool) { return strings.CutSuffix(step, reasked) }
