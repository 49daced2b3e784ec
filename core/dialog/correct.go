package dialog

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"frontdesk/core"
)

// correction are words that take back what was said before: "不对，是…", "no, I
// meant …", "wrong number".
var correction = regexp.MustCompile(`不对|不是(?:这|那)?个?[,，]|错了|搞错|弄错|写错|打错|输错|说错|填错|更正|改成|改为|换成|应该是|换一个|另一个|另外(?:一|那)个|(?:^|[,.;!]\s*)(?:oh |oops |sorry |um )*(?:no|wait|sorry|oops)\b[ ,.]|\bi mean[t]?\b|\bactually\b|\bwrong (?:one|order|number|phone|date)\b|\bthe other (?:one|order|number)\b|\bcorrection\b|\bnot that (?:one|order)\b|\bchange (?:it|that|the \w+) to\b|\bshould be\b`)

// longStory is the length, in bytes, from which a message tells a story: words
// in it that would take something back in a short one do not.
const longStory = 1000

// corrects reports whether the message takes something back.
func corrects(norm string) bool { return len(norm) < longStory && correction.MatchString(norm) }

var otherWords = regexp.MustCompile(`另一个|另外(?:一|那)个|别的(?:那)?个?(?:订单|单)|换一个|不是(?:这|那)个(?:订单|单)|\bthe other (?:one|order|number)\b|\banother (?:one|order)\b|\bnot that (?:one|order)\b|\ba different (?:one|order)\b`)

// otherOne reports whether the message means another value than the last, and
// does not say which.
func otherOne(norm string) bool { return len(norm) < longStory && otherWords.MatchString(norm) }

// latest is the value of that name which counts in a message that corrects
// itself ("20251103118, no, 20251103119"): the first one after the last such
// words. ok is false if there are none, or no value after them.
func latest(t *core.Turn, name string, atLeast float64) (value string, ok bool) {
	if len(t.Text) >= longStory {
		return "", false
	}
	low := strings.ToLower(t.Text)
	at := correction.FindAllStringIndex(low, -1)
	if at == nil || len(low) != len(t.Text) {
		return "", false
	}
	from := at[len(at)-1][1]
	for _, e := range t.Entities {
		if e.Name == name && e.Score >= atLeast && e.Start >= from-1 {
			return e.Value, true
		}
	}
	return "", false
}

// confirmed reads the message as the answer to whether the value of step i is
// right: yes, no, another value, or "the other one".
func (s *Script) confirmed(ctx context.Context, r *run, i int) bool {
	st := r.f.Steps[i]
	old, before := r.slots()[st.Slot], r.t.State().Before[st.Slot]
	yes, said := agreed(r.t)
	value, given := r.read(st)
	if st.Do == Ask && st.Entity == "" {
		given = false // any words would do: only yes and no are looked for
	}
	switch {
	case said && yes:
		r.set(st.Slot, old)
		r.from(ctx, r.chosen(i, old))
	case given && value != old && r.valid(st, value):
		r.fill(st, value)
		r.from(ctx, i)
	case otherOne(r.t.Norm) && before != "" && before != old:
		r.fill(st, before)
		r.from(ctx, i)
	case said, corrects(r.t.Norm) && !questioning(r.t.Norm):
		r.set(st.Slot, "")
		r.wait(i, "")
	default:
		return false
	}
	r.finish()
	return true
}

// correct gives an earlier question of the flow, before step i, the other
// answer that the message holds, and goes on from there.
func (s *Script) correct(ctx context.Context, r *run, i int) bool {
	if !corrects(r.t.Norm) {
		return false
	}
	for j := i - 1; j >= 0; j-- {
		st := r.f.Steps[j]
		if st.Do != Ask || st.Entity == "" || st.Entity == r.f.Steps[i].Entity || r.slots()[st.Slot] == "" {
			continue
		}
		v, ok := entity(r.t, st.Entity, likelyEntity)
		if !ok || !r.valid(st, v) {
			continue
		}
		r.change(st, v)
		if r.f.depends(j, i, st.Slot) {
			r.from(ctx, r.chosen(j, v))
		} else {
			r.wait(i, "")
		}
		r.finish()
		return true
	}
	return false
}

// change gives st's slot another value and says so: that is its confirmation.
func (r *run) change(st Step, value string) {
	r.t.Trace.Add("corrected", st.Slot)
	r.set(st.Slot, value)
	r.said = append(r.said, text(r.s.lineWith(r.t, TextCorrected, "value", value)))
}

// depends reports whether what steps after j and before i did may hang on slot.
func (f *Flow) depends(j, i int, slot string) bool {
	return slices.ContainsFunc(f.Steps[j+1:i], func(st Step) bool {
		_, asked := st.When[slot]
		return asked || st.Do == Call || st.Do == Answer || st.Do == Prompt || slices.Contains(st.variables(), slot)
	})
}

// takeBack puts the last question of the flow before step i again, when the
// message only says that its answer was wrong.
func (s *Script) takeBack(r *run, i int) bool {
	if !corrects(r.t.Norm) || questioning(r.t.Norm) {
		return false
	}
	for j := i - 1; j >= 0; j-- {
		st := r.f.Steps[j]
		if (st.Do == Ask || st.Do == Choose) && r.slots()[st.Slot] != "" {
			r.t.Trace.Add("taken back", st.Slot)
			r.set(st.Slot, "")
			r.wait(j, "")
			r.finish()
			return true
		}
	}
	return false
}

// amends is how long after its end a flow can be corrected.
const amends = 10 * time.Minute

// amend runs the flow that has just ended once more with another value, when
// the message corrects one: "no, I meant 20251103119", "no, the other order".
func (s *Script) amend(ctx context.Context, t *core.Turn) bool {
	st := t.State()
	f := s.flow(st.Ended)
	if f == nil || !corrects(t.Norm) || questioning(t.Norm) || t.Now().Sub(st.FlowAt) > amends {
		return false
	}
	r := &run{s: s, f: f, t: t}
	for j, step := range f.Steps {
		old := st.Slots[step.Slot]
		if step.Do != Ask || step.Entity == "" || old == "" {
			continue
		}
		v, ok := entity(t, step.Entity, likelyEntity)
		if !ok && otherOne(t.Norm) {
			v, ok = st.Before[step.Slot], true
		}
		if !ok || v == old {
			continue
		}
		t.Note(core.Event{Kind: core.Entered, Key: f.Name, Parts: []core.Part{text(f.id(j))}})
		if v == "" || !r.valid(step, v) { // another one, but which?
			r.set(step.Slot, "")
			r.wait(j, "")
		} else {
			r.change(step, v)
			r.from(ctx, r.chosen(j, v))
		}
		r.finish()
		return true
	}
	return false
}
