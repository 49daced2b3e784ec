package dialog

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"frontdesk/core"
)

// correction are words that take back what was said before: "不对，是…", "no, I
// meant …", "wrong number".
var correction = regexp.MustCompile(`不对|不是(?:这|那)?个?[,，]|错了|搞错|弄错|写错|打错|输错|说错|填错|更正|改成|改为|换成|应该是|换一个|另一个|(?:^|[,.;!]\s*)(?:oh |oops |sorry |um )*(?:no|wait|sorry|oops)\b[ ,.]|\bi mean[t]?\b|\bactually\b|\bwrong (?:one|order|number|phone|date)\b|\bthe other (?:one|order|number)\b|\bcorrection\b|\bnot that (?:one|order)\b|\bchange (?:it|that|the \w+) to\b|\bshould be\b`)

// corrects reports whether the message takes something back.
func corrects(norm string) bool { return correction.MatchString(norm) }

// latest is the value of that name which counts in a message that corrects
// itself ("20251103118, no, 20251103119"): the first one after the last such
// words. ok is false if there are none, or no value after them.
func latest(t *core.Turn, name string, atLeast float64) (value string, ok bool) {
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
		if !ok {
			continue
		}
		r.t.Trace.Add("corrected", st.Slot)
		r.set(st.Slot, v)
		r.said = append(r.said, text(strings.ReplaceAll(s.line(r.t, TextCorrected), "{value}", v)))
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

// depends reports whether what steps after j and before i did may hang on slot.
func (f *Flow) depends(j, i int, slot string) bool {
	return slices.ContainsFunc(f.Steps[j+1:i], func(st Step) bool {
		_, asked := st.When[slot]
		return asked || st.Do == Call || strings.Contains(strings.Join(slices.Collect(maps.Values(st.Text)), " "), "{"+slot+"}")
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
