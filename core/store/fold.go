package store

import (
	"time"

	"frontdesk/core"
)

// Begin is the state of a conversation that starts now.
func Begin(now time.Time) core.State {
	return core.State{Case: core.Case{ID: core.CaseID(core.NewID(now)), Mode: core.ByBot, Epoch: 1}}
}

// After is the state once w's turn has come to o.
func After(w core.Work, o core.Outcome) core.State {
	st := w.State.Fold(o.Events...)
	st.Settled = w.Turn.Seq
	for _, p := range o.Desk {
		if p.Action == core.DeskOpen {
			st.Case.Desk = core.DeskRef{Channel: p.Ref.Channel, Room: p.Ref.Room}
		}
	}
	return st
}

// Replies picks the customer-visible events of o and numbers them from first.
func Replies(o core.Outcome, turn, first int64) []core.Event {
	var out []core.Event
	for _, ev := range o.Events {
		if ev.Visible() {
			ev.Seq, ev.Turn = first+int64(len(out)), turn
			out = append(out, ev)
		}
	}
	return out
}

// DeskPosts are o's, addressed to the desk that has the case. One that follows
// a case without a desk is nobody's.
func DeskPosts(st core.State, o core.Outcome) []core.DeskPost {
	if st.Case.Desk.Channel == "" {
		return nil
	}
	out := make([]core.DeskPost, len(o.Desk))
	for i, p := range o.Desk {
		p.Ref, p.Card.Case = st.Case.Desk, st.Case.ID
		out[i] = p
	}
	return out
}

// Redraw is what a desk is shown after the case changed hands: card as it was
// stored, brought up to st.
func Redraw(card core.Card, st core.State) core.DeskPost {
	card.Mode, card.Epoch, card.Owner, card.Case = st.Case.Mode, st.Case.Epoch, st.Case.Owner, st.Case.ID
	p := core.DeskPost{Action: core.DeskUpdate, Ref: st.Case.Desk, Card: card}
	if st.Case.Mode == core.Closed {
		p.Action = core.DeskClose
	}
	return p
}

// Spoken is what a person said, as an event.
func Spoken(s core.Speech, now time.Time) core.Event {
	return core.Event{Role: core.Agent, Key: s.Agent, Person: s.Who(), Parts: s.Parts, At: now}
}

// Taken is the event of a person taking the case by speaking.
func Taken(s core.Speech, now time.Time) core.Event {
	return core.Event{Kind: core.Taken, Role: core.System, Key: s.Agent, Person: s.Who(), At: now}
}

// SpeechKey is the channel a speech's native id is unique in; no configured
// channel is named so.
func SpeechKey(s core.Speech) string { return "@" + s.Surface }
