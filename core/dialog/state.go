package dialog

import (
	"context"
	"strings"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// State reads what the message refers to and notes what was asked: a reading
// chosen among those offered becomes the intent or the question itself, small
// talk becomes an intent, and anything else outside a flow is a question.
func (s *Script) State() core.Stage {
	return core.NewStage("state", func(_ context.Context, t *core.Turn) error {
		if r, ok := picked(t); ok {
			s.take(t, r)
			return nil
		}
		if name, _ := chat(t.Norm); name != "" {
			t.Intents = append([]core.Intent{{Name: name, Score: 1}}, t.Intents...)
			t.Trace.Add("small talk", name)
			remember(t, "")
			return nil
		}
		if t.Work.State.Flow != "" || pressed(t) {
			t.Trace.Add("flow waits", t.Work.State.Flow+" "+t.Work.State.Step)
			remember(t, "")
			return nil
		}
		remember(t, bare(t.Norm))
		return nil
	})
}

// take acts on a reading: the turn goes on as if the customer had said it.
func (s *Script) take(t *core.Turn, r reading) {
	t.Trace.Add("picked", r.value)
	switch {
	case r.value == valueNone:
		t.Handoff = core.ReasonUnsure
		t.Signals = append(t.Signals, core.Signalled{Name: "none of the readings", Value: 1, Limit: 1})
	case strings.HasPrefix(r.value, valueIntent):
		t.Intents = []core.Intent{{Name: strings.TrimPrefix(r.value, valueIntent), Score: 1}}
	case strings.HasPrefix(r.value, valuePick):
		t.Text = r.label
		t.Norm = nlu.Normalize(r.label)
		t.Intents = nil
	}
	remember(t, "")
}

// remember notes a question and its language; what is no question is noted
// only when the language changed, for it must not hide a repetition.
func remember(t *core.Turn, question string) {
	if question == "" && t.Lang == t.Work.State.Lang {
		return
	}
	ev := core.Event{Kind: core.Asked, Key: t.Lang}
	if question != "" {
		ev.Parts = []core.Part{{Text: question}}
	}
	t.Note(ev)
}

// follow marks short questions that lean on the one before.
var follow = struct{ prefixes, suffixes []string }{
	prefixes: []string{"那", "what about", "how about", "and ", "and for", "what if", "也", "还有", "同样"},
	suffixes: []string{"呢", "呢?", "也是吗", "一样吗", "too?", "as well?"},
}

// shortQuestion is how long, in bytes, a question that leans may be.
const shortQuestion = 40

// completed is the question of t, with the topic of the one before if it leans
// on that.
func completed(t *core.Turn) string {
	last := t.Work.State.Last
	if last == "" || len(t.Norm) > shortQuestion || last == bare(t.Norm) || !leans(t.Norm) {
		return t.Text
	}
	t.Trace.Add("follows", last)
	return last + " " + t.Text
}

func leans(norm string) bool {
	for _, p := range follow.prefixes {
		if strings.HasPrefix(norm, p) {
			return true
		}
	}
	for _, s := range follow.suffixes {
		if strings.HasSuffix(norm, s) {
			return true
		}
	}
	return false
}
