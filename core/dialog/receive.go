package dialog

import (
	"context"
	"slices"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// Receive ends turns that say nothing in words: platform events, pictures,
// silence. It belongs after preprocessing.
func (s *Script) Receive() core.Stage {
	return core.NewStage("receive", func(ctx context.Context, t *core.Turn) error {
		if s.ChannelType != nil {
			t.Channel = s.ChannelType(t.Work.Envelope.Channel)
		}
		switch sig, media := unspoken(t.Work.Envelope.Parts); {
		case sig != "" && s.event(ctx, t):
		case sig == core.SignalFollow:
			say(t, "", text(s.line(t, TextWelcome)))
			t.Settle("welcome")
		case sig != "":
			t.Settle("signal: " + sig)
		case t.Text == "" && media != "":
			s.media(t, media)
		case !nlu.Wordy(t.Norm) && !pressed(t):
			say(t, core.VerdictClarified, text(s.line(t, TextEmpty)))
			t.Settle("no words")
		}
		return nil
	})
}

// event lets a rule or a flow answer a platform's event. A flow that waits is
// paused.
func (s *Script) event(ctx context.Context, t *core.Turn) bool {
	s.expire(t)
	if s.rule(ctx, t, true) {
		return true
	}
	sig, scene := signal(t)
	for i := range s.Flows {
		f := &s.Flows[i]
		if slices.Contains(f.Events, sig) || slices.Contains(f.Events, sig+":"+scene) {
			s.begin(ctx, t, f)
			return true
		}
	}
	return false
}

// signal is the platform's event, and what it is about: the scene of a code.
func signal(t *core.Turn) (name, scene string) {
	for _, p := range t.Work.Envelope.Parts {
		if p.Kind == core.Signal {
			return p.Value, p.Text
		}
	}
	return "", ""
}

// unspoken returns the value of a signal, and the kind of the first part that
// is neither words nor a signal.
func unspoken(ps []core.Part) (signal string, media core.PartKind) {
	for _, p := range ps {
		switch p.Kind {
		case core.Signal:
			return p.Value, ""
		case core.Text, core.Choice:
		default:
			if media == "" {
				media = p.Kind
			}
		}
	}
	return "", media
}

// media answers a message of that kind that holds no words.
func (s *Script) media(t *core.Turn, kind core.PartKind) {
	t.Trace.Add("media", string(kind))
	if s.Media[kind] == MediaPerson {
		t.Handoff = core.ReasonRule
		t.Signals = append(t.Signals, core.Signalled{Name: string(kind) + " received", Value: 1, Limit: 1})
		return
	}
	say(t, core.VerdictAbstained, text(s.line(t, TextKey(kind))))
	t.Settle("no words: " + string(kind))
}

// pressed reports whether t is a button rather than text.
func pressed(t *core.Turn) bool { return choice(t) != "" }

// choice is the value of a pressed button, "" if none was.
func choice(t *core.Turn) string {
	for _, p := range t.Work.Envelope.Parts {
		if p.Kind == core.Choice {
			return p.Value
		}
	}
	return ""
}
