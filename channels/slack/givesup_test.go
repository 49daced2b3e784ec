package slack_test

import (
	"context"
	"strings"

	"frontdesk/core"
)

// givesUp is a bot that hands over when asked to, and is silent while a person
// has the case.
func givesUp(ctx context.Context, t *core.Turn) error {
	st := t.State()
	c := core.Card{Conversation: t.Work.Turn.Conversation, Channel: t.Work.Envelope.Channel, Bot: t.Bot.ID,
		Contact: t.Work.Envelope.Contact, Mode: core.Waiting, Epoch: st.Case.Epoch, Reason: core.ReasonAsked, Asked: t.Text, Since: t.Now()}
	switch {
	case st.Case.Mode.Held():
		t.Tell(core.DeskPost{Action: core.DeskSay, Card: c, Role: core.Customer, Author: "Ann", Parts: t.Work.Envelope.Parts})
	case strings.Contains(t.Text, "person"):
		t.Note(core.Event{Kind: core.Handed, Mode: core.Waiting, Key: core.ReasonAsked})
		t.Say(core.Part{Text: "I fetch a colleague."})
		t.Tell(core.DeskPost{Action: core.DeskOpen, Card: c})
	default:
		t.Say(core.Part{Text: "re: " + t.Text})
	}
	return nil
}
