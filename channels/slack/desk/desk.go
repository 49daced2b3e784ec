// Package desk makes a Slack channel the place where people take cases over.
// A case is a card with its thread. What people write in the thread is
// internal; it reaches the customer only behind ">>" or through the card's
// reply button. A ✅ on a reply means it is accepted for sending, a ⚠️ that it
// is not.
package desk

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"frontdesk/channels/slack/api"
	"frontdesk/channels/slack/mrkdwn"
	"frontdesk/channels/slack/recall"
	"frontdesk/core"
)

var _ core.Desk = (*Desk)(nil)

// Config is what a Desk needs.
type Config struct {
	Channel   string // the configured channel's id, "sl"
	Workspace core.WorkspaceID
	API       *api.Client
	OnDesk    core.OnDesk
	MaxText   int // bytes of a reply
	Log       *slog.Logger
	Now       func() time.Time
}

// Desk shows cases in Slack and passes on what people do with them. Safe for
// concurrent use.
type Desk struct {
	Config
	owners *recall.Memory[string] // of cases shown lately, for "already with …"
	opened *recall.Memory[bool]   // rooms where a card was just shown
}

// New makes a desk; it does not touch the network.
func New(c Config) *Desk {
	if c.OnDesk == nil {
		c.OnDesk = func(context.Context, core.DeskEvent) error { return core.ErrNotFound }
	}
	return &Desk{Config: c, owners: recall.New[string](2000, 24*time.Hour, c.Now), opened: recall.New[bool](100, 5*time.Second, c.Now)}
}

// Show implements core.Desk. A card that is shown again, because the answer
// to the first attempt was lost, is a second card: Slack has no way to ask.
func (d *Desk) Show(ctx context.Context, p core.DeskPost) (string, error) {
	if p.Ref.Room == "" {
		return "", core.Refused(errors.New("the bot's handoff.desk names no room: set it to the id of a Slack channel, like C0123ABCD"))
	}
	if p.Action == core.DeskOpen && p.Ref.Thread == "" {
		d.opened.Put(p.Ref.Room, true) // before people can see it
		ts, err := d.API.Post(ctx, card(p))
		if err == nil {
			d.remember(p, ts)
		}
		return ts, err
	}
	if p.Ref.Thread == "" {
		return "", core.Refused(errors.New("the case has no thread: its card could not be shown"))
	}
	if p.Action == core.DeskSay {
		_, err := d.API.Post(ctx, line(p))
		return p.Ref.Thread, err
	}
	if err := d.API.Update(ctx, p.Ref.Thread, card(p)); err != nil {
		return p.Ref.Thread, err
	}
	d.remember(p, p.Ref.Thread)
	if p.Action == core.DeskOpen { // handed over again: a redrawn card notifies nobody
		_, err := d.API.Post(ctx, again(p))
		return p.Ref.Thread, err
	}
	return p.Ref.Thread, nil
}

// again tells the room that a case it knows waits once more.
func again(p core.DeskPost) api.Message {
	w := speaking(p.Card.Contact.Locale, p.Card.Asked)
	text := w.again + " · " + who(w, p.Card.Contact) + " · " + mrkdwn.Escape(orElse(w.reasons[p.Card.Reason], p.Card.Reason))
	if q := quote(p.Card.Asked); q != "" {
		text += "\n" + q
	}
	return api.Message{Channel: p.Ref.Room, Thread: p.Ref.Thread, Text: text, Broadcast: true}
}

func (d *Desk) remember(p core.DeskPost, thread string) {
	owner := ""
	if p.Card.Mode == core.ByAgent {
		owner = p.Card.Owner
	}
	d.owners.Put(p.Ref.Room+"/"+thread, owner)
}

func card(p core.DeskPost) api.Message {
	if p.Action == core.DeskClose {
		p.Card.Mode = core.Closed
	}
	return api.Message{Channel: p.Ref.Room, Text: summary(p.Card), Blocks: draw(p.Card)}
}

// said is how much of one utterance a thread shows, in runes: Slack cuts at
// 40,000 characters, and escaping may make five of one.
const said = 7500

// line is what somebody said, under their own name.
func line(p core.DeskPost) api.Message {
	w := speaking(p.Card.Contact.Locale, core.JoinText(p.Parts))
	m := api.Message{Channel: p.Ref.Room, Thread: p.Ref.Thread, Text: utterance(p.Parts)}
	name := mrkdwn.Name(p.Author, 50)
	switch p.Role {
	case core.Customer:
		m.As, m.Icon = label(orElse(name, mrkdwn.Name(p.Card.Contact.Name, 50)), w.customer), ":bust_in_silhouette:"
	case core.Agent:
		m.As, m.Icon = label(name, w.agent+" → "+w.customer), ":technologist:"
	default:
		m.As, m.Icon = label(name, w.bot), ":robot_face:"
	}
	return m
}

// label names the author, then what they are: nobody can pass for another
// kind of author by their name.
func label(name, kind string) string {
	if name == "" {
		return kind
	}
	return name + " (" + kind + ")"
}

func utterance(ps []core.Part) string {
	text := ""
	for i, p := range ps {
		if i > 0 {
			text += "\n"
		}
		switch {
		case p.Kind == core.Choice:
			text += "▸ "
		case p.Kind == core.Image, p.Kind == core.File, p.Kind == core.Video, p.Kind == core.Voice:
			text += "📎 "
		}
		text += p.Text
		if p.URL != "" && p.URL != p.Text {
			text += " " + p.URL
		}
	}
	return orElse(mrkdwn.Escape(mrkdwn.Cut(text, said)), "…")
}
