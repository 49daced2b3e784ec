package dialog

import (
	"context"
	"maps"
	"slices"
	"time"

	"frontdesk/core"
)

// start begins r.f with what the message holds already. What an earlier flow
// learnt is forgotten, for an old order number must not answer a new question,
// unless a step takes it over: before is the state it is taken from.
func (r *run) start(ctx context.Context, before core.State) {
	r.t.Trace.Add("flow starts", r.f.Name)
	r.t.Note(core.Event{Kind: core.Cleared})
	r.enter(before)
	r.from(ctx, 0)
}

// enter makes r.f the flow under way and fills what is known already: what the
// message holds, and what before knows and a step takes over.
func (r *run) enter(before core.State) {
	r.t.Note(core.Event{Kind: core.Entered, Key: r.f.Name, Parts: []core.Part{text(r.f.id(0))}})
	count := map[string]int{}
	for _, st := range r.f.Steps {
		if st.Do != Ask && st.Do != Choose || r.slots()[st.Slot] != "" {
			continue
		}
		if st.Do == Ask && st.Entity != "" {
			v, ok := r.nth(st.Entity, count[st.Entity])
			count[st.Entity]++
			if ok && r.valid(st, v) {
				r.fill(st, v)
				continue
			}
		}
		if v := before.Slots[st.Slot]; v != "" && st.Reuse > 0 && r.t.Now().Sub(before.SlotAt[st.Slot]) <= st.Reuse {
			r.t.Trace.Add("taken over", st.Slot)
			r.accept(st, v, false)
		}
	}
}

// nth is the value for the step that is number n, from 0, to ask for that
// entity: a flow may ask for two dates.
func (r *run) nth(name string, n int) (string, bool) {
	if v, ok := entity(r.t, name, sureEntity); n == 0 {
		return v, ok
	}
	for _, e := range r.t.Entities {
		if e.Name != name || e.Score < sureEntity {
			continue
		}
		if n == 0 {
			return e.Value, true
		}
		n--
	}
	return "", false
}

// set fills a slot for good.
func (r *run) set(slot, value string) {
	r.t.Note(core.Event{Kind: core.Slot, Key: slot, Parts: []core.Part{{Text: value}}})
	r.t.Trace.Add("slot "+slot, value)
}

// fill fills st's slot with a value of the message. Where that holds two values,
// the other one is kept for "the other one".
func (r *run) fill(st Step, value string) {
	if other, ok := r.other(st.Entity, value); ok {
		r.set(st.Slot, other)
	}
	r.accept(st, value, !r.guessed(st.Entity, value))
}

// guessed reports whether value is but a likely entity of a message that says
// more than that, and does not insist.
func (r *run) guessed(name, value string) bool {
	return !corrects(r.t.Norm) && slices.ContainsFunc(r.t.Entities, func(e core.Entity) bool {
		return name != "" && e.Name == name && e.Value == value && e.Score < sureEntity && 2*len(e.Text) < len(r.t.Text)
	})
}

// accept fills st's slot: for good, or until the customer says yes to it.
func (r *run) accept(st Step, value string, sure bool) {
	r.set(st.Slot, value)
	if len(st.Confirm) > 0 && !(sure && st.IfUnsure) {
		r.t.Note(core.Event{Kind: core.Doubted, Key: st.Slot})
	}
}

// other is the one other value of that entity in the message.
func (r *run) other(name, value string) (string, bool) {
	found := map[string]bool{}
	for _, e := range r.t.Entities {
		if name != "" && e.Name == name && e.Value != value && e.Score >= likelyEntity {
			found[e.Value] = true
		}
	}
	if len(found) != 1 || corrects(r.t.Norm) {
		return "", false
	}
	for v := range found {
		return v, true
	}
	return "", false
}

// assign fills slots with templates, all of which see the slots as they were.
func (r *run) assign(templates map[string]string) {
	values := r.values()
	for _, k := range slices.Sorted(maps.Keys(templates)) {
		r.set(k, fill(templates[k], values))
	}
}

// values are the slots and the built-in variables, which slots come before.
func (r *run) values() map[string]string {
	all := builtin(r.t)
	maps.Copy(all, r.slots())
	return all
}

// valid reports whether value may fill st's slot.
func (r *run) valid(st Step, value string) bool {
	now := r.t.Now().In(location(r.t))
	return st.Valid.passes(value, time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, now.Location()))
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

// expire forgets what is too old: the flow that waits, and values of slots. An
// answer to a late question still counts if it is surely one.
func (s *Script) expire(t *core.Turn) {
	st := t.State()
	if f := s.flow(st.Flow); f != nil && !st.FlowAt.IsZero() && t.Now().Sub(st.FlowAt) > f.life() {
		if !s.late(t, f, st) {
			t.Trace.Add("flow expired", f.Name)
			t.Note(core.Event{Kind: core.Cleared})
			return
		}
		t.Trace.Add("late answer", f.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(st.SlotAt)) {
		if t.Now().Sub(st.SlotAt[name]) > s.slotLife(name) {
			t.Trace.Add("slot expired", name)
			t.Note(core.Event{Kind: core.Slot, Key: name})
		}
	}
}

// late reports whether the message gives the entity that f waits for.
func (s *Script) late(t *core.Turn, f *Flow, st core.State) bool {
	id, _ := retried(st.Step)
	i := f.index(id)
	if i < 0 || f.Steps[i].Entity == "" || t.Now().Sub(st.FlowAt) > DefaultSlotLife {
		return false
	}
	_, ok := entity(t, f.Steps[i].Entity, sureEntity)
	return ok
}

func (f *Flow) life() time.Duration {
	if f.Expires > 0 {
		return f.Expires
	}
	return DefaultFlowLife
}

// slotLife is the longest that a step wants the slot kept.
func (s *Script) slotLife(slot string) time.Duration {
	var life time.Duration
	for i := range s.Flows {
		for _, st := range s.Flows[i].Steps {
			if st.Slot == slot {
				life = max(life, st.Expires)
			}
		}
	}
	if life > 0 {
		return life
	}
	return DefaultSlotLife
}
