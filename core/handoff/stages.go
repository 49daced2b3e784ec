package handoff

import (
	"cmp"
	"context"
	"slices"

	"frontdesk/core"
)

// Guard ends the turn while a person has the case or is waited for: the bot is
// silent and the desk is shown what the customer wrote.
func Guard() core.Stage {
	return core.NewStage("guard", func(_ context.Context, t *core.Turn) error {
		c := t.State().Case
		if !c.Mode.Held() {
			return nil
		}
		t.Trace.Add("held", string(c.Mode))
		if said := words(t.Work.Envelope.Parts); len(said) > 0 {
			t.Tell(core.DeskPost{Action: core.DeskSay, Card: head(t), Role: core.Customer,
				Author: t.Work.Envelope.Contact.Name, Parts: said})
		}
		t.Settle("held: " + string(c.Mode))
		return nil
	})
}

// words leaves a platform's signals out: nobody said them.
func words(ps []core.Part) []core.Part {
	var said []core.Part
	for _, p := range ps {
		if p.Kind != core.Signal {
			said = append(said, p)
		}
	}
	return said
}

// Sense judges the turn before it is answered. It belongs after the state
// stage, which notes what was asked.
func Sense(p Policy) core.Stage {
	return core.NewStage("signals", func(_ context.Context, t *core.Turn) error {
		st := t.State()
		f := Facts{Norm: t.Norm, Misses: st.Misses}
		if st.Repeats > t.Work.State.Repeats { // asked again just now
			f.Repeats = st.Repeats
		}
		reason, seen := p.Judge(f)
		t.Signals = append(t.Signals, seen...)
		if len(seen) > 0 {
			t.Trace.Add("signals", seen)
		}
		if reason != "" && t.Handoff == "" {
			t.Handoff = reason
			t.Trace.Add("handoff", reason)
		}
		return nil
	})
}

// Say returns what the customer is told when a person is fetched: short, true,
// in their language.
type Say func(t *core.Turn) string

// Route hands the case to a person if a stage wanted one: it tells the
// customer, opens the card and leaves any flow, so that a case given back
// starts afresh.
func Route(say Say) core.Stage {
	return core.NewStage("handoff", func(_ context.Context, t *core.Turn) error {
		if t.Handoff == "" {
			return nil
		}
		card := Card(t)
		if t.State().Flow != "" {
			t.Note(core.Event{Kind: core.Entered})
		}
		t.Note(core.Event{Kind: core.Handed, Mode: core.Waiting, Key: t.Handoff})
		t.Note(core.Event{Role: core.BotRole, Parts: []core.Part{{Text: say(t)}}, Verdict: core.VerdictHandedOver})
		t.Tell(core.DeskPost{Action: core.DeskOpen, Card: card})
		t.Trace.Add("reason", t.Handoff)
		t.Settle("handoff: " + t.Handoff)
		return nil
	})
}

// Card is all a person needs to know to take over from t.
func Card(t *core.Turn) core.Card {
	c := head(t)
	c.Contact = t.Work.Envelope.Contact
	c.Mode = core.Waiting
	c.Reason = t.Handoff
	c.Signals = telling(t.Signals)
	c.Asked = asked(t)
	c.Tried = tried(t)
	c.Slots, c.Tags = t.State().Slots, t.State().Labels()
	c.Since = t.Now()
	return c
}

// telling puts the signals over their limits first, else in the order noted.
func telling(seen []core.Signalled) []core.Signalled {
	out := slices.Clone(seen)
	slices.SortStableFunc(out, func(a, b core.Signalled) int { return cmp.Compare(number(over(b)), number(over(a))) })
	return out
}

// over reports whether s reached its limit. Confidence is a limit from below.
func over(s core.Signalled) bool {
	return s.Limit > 0 && (s.Value >= s.Limit) != (s.Name == SignalConfidence)
}

func head(t *core.Turn) core.Card {
	st := t.State()
	return core.Card{Conversation: t.Work.Turn.Conversation, Case: st.Case.ID, Channel: t.Work.Envelope.Channel,
		Bot: t.Bot.ID, Mode: st.Case.Mode, Epoch: st.Case.Epoch, Owner: st.Case.Owner, Reason: st.Case.Reason}
}

// asked is the customer's last message; what has no words is named by its kind.
func asked(t *core.Turn) string {
	if t.Text != "" {
		return t.Text
	}
	for _, p := range t.Work.Envelope.Parts {
		return "[" + string(p.Kind) + "]"
	}
	return ""
}

// tried is what the bot would have said: its draft, else the best passage.
func tried(t *core.Turn) string {
	if t.Draft != nil {
		return core.JoinText(t.Draft.Parts)
	}
	if len(t.Passages) > 0 {
		return t.Passages[0].Text
	}
	return ""
}
