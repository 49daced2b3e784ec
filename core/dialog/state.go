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
	return core.NewStage("state", func(ctx context.Context, t *core.Turn) error {
		s.expire(t)
		if s.comeback(ctx, t) {
			return nil
		}
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
		if st := t.State(); st.Flow != "" || pressed(t) {
			t.Trace.Add("flow waits", st.Flow+" "+st.Step)
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
