package dialog

import (
	"context"
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
	s     *Script
	f     *Flow
	t     *core.Turn
	said  []core.Part
	cites []core.Citation
	score *float64 // of the least sure answer from knowledge
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
	holds := r.s.met(r.t, st.When, r.slots())
	if !holds && st.Do != If {
		return i + 1, false
	}
	switch st.Do {
	case Say:
		r.say(r.words(st.Text))
	case Ask, Choose:
		return r.ask(i)
	case Set:
		r.assign(st.Set)
	case Call, Answer, Prompt:
		return r.fetch(ctx, i)
	case If:
		if !holds {
			next = r.after(i, st.Else)
		}
	case Jump:
		return r.jump(i), false
	case Handoff:
		r.say(r.words(st.Text))
		r.person()
		return 0, true
	case Done:
		r.say(r.words(st.Text))
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

// words is w with slots and the built-in variables filled in.
func (r *run) words(w Wording) string { return fill(pick(r.t, w), r.values()) }

// say adds words to the answer.
func (r *run) say(words string) {
	if words != "" {
		r.said = append(r.said, text(words))
	}
}

// ask puts the question of step i, unless its slot is filled and beyond doubt.
func (r *run) ask(i int) (next int, wait bool) {
	st := r.f.Steps[i]
	if v := r.slots()[st.Slot]; v != "" && !r.doubted(st) {
		return r.chosen(i, v), false
	}
	r.wait(i, "")
	return 0, true
}

// doubted reports whether the value of st's slot awaits a yes.
func (r *run) doubted(st Step) bool {
	return len(st.Confirm) > 0 && slices.Contains(r.t.State().Unsure, st.Slot)
}

// wait puts the question of step i and remembers it.
func (r *run) wait(i int, mark string) {
	st := r.f.Steps[i]
	if r.doubted(st) {
		r.put(i, r.words(st.Confirm), mark)
		return
	}
	r.put(i, r.words(st.Text), mark)
}

// put asks in these words, with the options of step i, or yes and no.
func (r *run) put(i int, words, mark string) {
	st := r.f.Steps[i]
	r.say(words)
	if r.doubted(st) {
		r.said = append(r.said, r.s.yesNo(r.t)...)
	} else {
		for _, o := range st.Options {
			r.said = append(r.said, core.Part{Kind: core.Choice, Text: r.words(o.Label), Value: o.Value})
		}
	}
	r.t.Note(core.Event{Kind: core.Entered, Key: r.f.Name, Parts: []core.Part{text(r.f.id(i) + mark)}})
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
	if len(r.said) == 0 {
		return
	}
	v := core.VerdictAnswered
	if r.t.Handoff != "" {
		v = core.VerdictHandedOver
	}
	r.t.Note(core.Event{Role: core.BotRole, Parts: r.said, Verdict: v, Citations: r.cites, Score: r.score})
	r.said, r.cites = nil, nil
}

// finish says what has gathered and ends the turn, unless a person is wanted.
// Where the flow has ended, one that it interrupted is offered again.
func (r *run) finish() { r.close("flow: " + r.f.Name) }

func (r *run) close(why string) {
	if r.t.Handoff != "" {
		return
	}
	r.t.Note(core.Event{Kind: core.Answered})
	r.offerBack()
	r.flush()
	r.t.Settle(why)
}

// retried cuts the mark off State.Step.
func retried(step string) (id string, again bool) { return strings.CutSuffix(step, reasked) }
