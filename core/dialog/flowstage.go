package dialog

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// sureIntent is the confidence from which an intent starts a flow at once, or
// leaves one flow for another. Below it, and for questions, knowledge is asked
// first: "who pays for returns?" is no wish to return something.
const sureIntent = 0.8

// Flow goes on with the flow that waits, or starts one, and ends the turn. A
// message that does not answer the flow's question is left to the stages that
// follow: Confidence comes back to the flow after it.
func (s *Script) Flow() core.Stage {
	return core.NewStage("flow", func(ctx context.Context, t *core.Turn) error {
		if t.Handoff != "" {
			return nil
		}
		if f := s.flow(t.State().Flow); f != nil {
			s.resume(ctx, t, f)
			return nil
		}
		if s.amend(ctx, t) || s.talk(t) {
			return nil
		}
		if f := s.wanted(t, sureIntent); f != nil {
			s.begin(ctx, t, f)
		}
		return nil
	})
}

// talk answers small talk, and intents that want a person.
func (s *Script) talk(t *core.Turn) bool {
	if len(t.Intents) == 0 || intentConfidence(t.Intents) < t.Bot.Threshold {
		return false
	}
	name := t.Intents[0].Name
	if tp, ok := s.topic(name); ok && tp.Handoff {
		t.Handoff = core.ReasonRule
		t.Signals = append(t.Signals, core.Signalled{Name: "intent " + name, Value: t.Intents[0].Score, Limit: t.Bot.Threshold})
		return true
	}
	answer := s.smallTalkAnswer(t, name)
	if answer == "" {
		return false
	}
	say(t, core.VerdictAnswered, text(answer))
	t.Settle("small talk: " + name)
	return true
}

// wanted is the flow that the message starts, nil if none: by button, keyword,
// or an intent of at least that score.
func (s *Script) wanted(t *core.Turn, atLeast float64) *Flow {
	if v := choice(t); v != "" {
		name, named := strings.CutPrefix(v, valueFlow)
		for i := range s.Flows {
			if f := &s.Flows[i]; slices.Contains(f.Buttons, v) || named && f.Name == name {
				return f
			}
		}
		if named {
			return nil
		}
	}
	for i := range s.Flows {
		if slices.ContainsFunc(s.Flows[i].Keywords, func(w string) bool { return w != "" && strings.Contains(t.Norm, w) }) {
			return &s.Flows[i]
		}
	}
	if len(t.Intents) == 0 || intentConfidence(t.Intents) < atLeast || questioning(t.Norm) && t.Intents[0].Score < 1 {
		return nil
	}
	return s.startedBy(t.Intents[0].Name)
}

// startedBy is the flow that an intent starts, nil if none.
func (s *Script) startedBy(intent string) *Flow {
	for i := range s.Flows {
		if slices.Contains(s.Flows[i].Intents, intent) {
			return &s.Flows[i]
		}
	}
	return nil
}

// resume takes the message as the answer f waits for, if it is one.
func (s *Script) resume(ctx context.Context, t *core.Turn, f *Flow) {
	id, _ := retried(t.State().Step)
	i := f.index(id)
	r := &run{s: s, f: f, t: t}
	switch {
	case i < 0: // the flow was changed meanwhile
		t.Trace.Add("flow changed", f.Name)
		t.Note(core.Event{Kind: core.Cleared})
	case cancels(t.Norm) && !r.doubted(f.Steps[i]):
		r.end()
		t.Note(core.Event{Kind: core.Cleared})
		r.say(s.line(t, TextCancelled))
		r.close("cancelled: " + f.Name)
	default:
		s.answer(ctx, r, i)
	}
}

// answer corrects an earlier answer, or fills the slot of step i and goes on, or
// changes to another flow, or leaves the message to others.
func (s *Script) answer(ctx context.Context, r *run, i int) {
	st := r.f.Steps[i]
	if r.doubted(st) && s.confirmed(ctx, r, i) || s.correct(ctx, r, i) {
		return
	}
	switch v, ok := r.read(st); {
	case ok && !r.valid(st, v):
		r.invalid(i, v)
		return
	case ok:
		r.fill(st, v)
		r.from(ctx, r.afterAnswer(i, v))
		r.finish()
		return
	}
	if f := s.wanted(r.t, sureIntent); f != nil && f != r.f {
		s.begin(ctx, r.t, f)
		return
	}
	if s.takeBack(r, i) {
		return
	}
	r.t.Trace.Add("digression", r.f.Name)
}

// afterAnswer is where the flow goes on after step i got value: at the step
// itself where it must be confirmed first.
func (r *run) afterAnswer(i int, value string) int {
	if r.doubted(r.f.Steps[i]) {
		return i
	}
	return r.chosen(i, value)
}

// invalid says that value does not do for step i, once; then a person is wanted.
func (r *run) invalid(i int, value string) {
	r.t.Trace.Add("not valid", r.f.Steps[i].Slot+": "+value)
	r.t.Note(core.Event{Kind: core.Missed})
	if _, again := retried(r.t.State().Step); again {
		r.person()
		return
	}
	r.retry(i)
	r.t.Settle("asked again: " + r.f.Name)
}

// read is the value that the message gives to st's slot.
func (r *run) read(st Step) (string, bool) {
	switch {
	case st.Do == Choose:
		return r.option(st)
	case st.Entity != "":
		return entity(r.t, st.Entity, likelyEntity)
	}
	name, _ := chat(r.t.Norm)
	if name != "" || questioning(r.t.Norm) || !nlu.Wordy(r.t.Norm) {
		return "", false
	}
	return strings.TrimSpace(r.t.Text), true
}

// option is the chosen one's value: by button, number, label or synonym.
func (r *run) option(st Step) (string, bool) {
	pressed, said := choice(r.t), bare(r.t.Norm)
	n, numbered := ordinal(said)
	for i, o := range st.Options {
		if pressed == o.Value || numbered && n == i+1 || said == bare(nlu.Normalize(o.Value)) {
			return o.Value, true
		}
		for _, l := range o.Label {
			if said == bare(nlu.Normalize(l)) {
				return o.Value, true
			}
		}
	}
	return synonym(st.Options, said)
}

// synonym finds the one option of which said holds a synonym or the label.
func synonym(options []Option, said string) (string, bool) {
	var found []string
	for _, o := range options {
		if slices.ContainsFunc(o.names(), func(w string) bool { return holds(said, bare(nlu.Normalize(w))) }) {
			found = append(found, o.Value)
		}
	}
	if len(found) != 1 {
		return "", false
	}
	return found[0], true
}

func (o Option) names() []string {
	names := slices.Clone(o.Synonyms)
	for _, l := range o.Label {
		names = append(names, l)
	}
	return names
}

// holds reports whether said holds w; Latin words only as whole ones.
func holds(said, w string) bool {
	if w == "" {
		return false
	}
	if w[0] < 0x80 {
		return strings.Contains(" "+said+" ", " "+w+" ")
	}
	return strings.Contains(said, w)
}

var cancel = regexp.MustCompile(`^(?:(?:我|先|还是|那|就)*(?:取消|算了|不用了?|不要了|不办了|不弄了|不退了|不查了|退出|停止|停|结束|返回|不想(?:弄|办|查|退)了)(?:吧|了|啊|谢谢|查询|操作|这个)*|(?:please |ok |no |just )*(?:cancel|stop|quit|exit|abort|never ?mind|forget (?:it|about it)|leave it|start over)(?: (?:it|this|that|please|thanks|now))*)$`)

// cancels reports whether the message gives the flow up.
func cancels(norm string) bool {
	b := bare(norm)
	return cancel.MatchString(b) || cancel.MatchString(strings.ReplaceAll(b, " ", ""))
}

var question = regexp.MustCompile(`\?$|[吗呢么]$|怎么|什么|多少|为什么|哪|谁|几天|多久|能不能|可不可以|是不是|有没有|^(?:what|how|when|where|why|who|whose|which|can|could|do|does|is|are)\b`)

// questioning reports whether the message looks like a question.
func questioning(norm string) bool {
	if n := len(norm); n > longStory { // a story asks at its end
		norm = strings.ToValidUTF8(norm[n-longStory:], "")
	}
	return question.MatchString(norm)
}
