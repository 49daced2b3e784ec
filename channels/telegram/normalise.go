package telegram

import (
	"strconv"
	"strings"
	"time"

	"frontdesk/core"
)

const (
	// editWindow is how long after a message its edit still matters.
	editWindow = 15 * time.Minute
	// metaReply names the message to quote, metaEdited marks an edit.
	metaReply  = "reply_to"
	metaEdited = "edited"
)

// envelope turns u into the product's words. username is the bot's, "" where
// u does not need it. ok is false for updates that are nobody's message to us.
func (c *Channel) envelope(u update, username string) (e core.Envelope, ok bool) {
	me := mine{id: c.self.ID, username: username}
	switch {
	case u.Message != nil:
		e, ok = fromMessage(u.Message, me)
	case u.Edited != nil:
		e, ok = fromEdit(u.Edited, me)
	case u.Callback != nil:
		e, ok = fromCallback(u.Callback)
	case u.Member != nil:
		e, ok = fromMember(u.Member)
	}
	if !ok {
		return core.Envelope{}, false
	}
	e.Workspace, e.Channel, e.Bot = c.s.Workspace, c.s.ID, c.s.Bot
	e.Native = strconv.FormatInt(*u.ID, 10)
	for i := range e.Parts {
		e.Parts[i].Text = cut(e.Parts[i].Text, c.s.MaxText)
	}
	return e, true
}

func fromMessage(m *message, me mine) (core.Envelope, bool) {
	if m.From == nil || m.From.IsBot || m.AutoForward || !me.addressed(m) {
		return core.Envelope{}, false
	}
	ps := parts(m, me)
	if len(ps) == 0 {
		return core.Envelope{}, false
	}
	e := core.Envelope{Address: address(m), Contact: person(*m.From), Parts: ps, SentAt: at(m.Date),
		Meta: map[string]string{metaReply: strconv.FormatInt(m.ID, 10)}}
	return e, true
}

// fromEdit takes an edit of words while it still matters.
func fromEdit(m *message, me mine) (core.Envelope, bool) {
	late := time.Duration(m.EditDate-m.Date) * time.Second
	if m.EditDate == 0 || late > editWindow || m.Text+m.Caption == "" {
		return core.Envelope{}, false
	}
	e, ok := fromMessage(m, me)
	if ok {
		e.SentAt, e.Meta[metaEdited] = at(m.EditDate), "1"
	}
	return e, ok
}

func fromCallback(q *callback) (core.Envelope, bool) {
	if q.Message == nil || q.Data == "" || q.From.IsBot { // of inline mode, or a game
		return core.Envelope{}, false
	}
	return core.Envelope{Address: address(q.Message), Contact: person(q.From),
		Parts: []core.Part{{Kind: core.Choice, Text: label(q), Value: q.Data}}}, true
}

// label is the words on the pressed button.
func label(q *callback) string {
	if q.Message.Markup != nil {
		for _, row := range q.Message.Markup.Inline {
			for _, b := range row {
				if b.Data == q.Data {
					return b.Text
				}
			}
		}
	}
	return q.Data
}

// fromMember tells of a customer who blocked the bot, or a group that removed
// it. Coming back needs no word: it shows in a /start or a message.
func fromMember(m *memberChange) (core.Envelope, bool) {
	if m.Chat.Type == "channel" || m.New.Status != "kicked" && m.New.Status != "left" {
		return core.Envelope{}, false
	}
	return core.Envelope{Address: strconv.FormatInt(m.Chat.ID, 10), Contact: person(m.From), SentAt: at(m.Date),
		Parts: []core.Part{{Kind: core.Signal, Value: core.SignalUnfollow}}}, true
}

// address is where m's answer goes: "chat", or "chat/thread" in a forum topic.
// Outside topics a thread is only a chain of answers, and no place.
func address(m *message) string {
	a := strconv.FormatInt(m.Chat.ID, 10)
	if m.IsTopic && m.Thread != 0 {
		a += "/" + strconv.FormatInt(m.Thread, 10)
	}
	return a
}

// person is who u is: Telegram vouches for the id.
func person(u user) core.Contact {
	name := strings.TrimSpace(u.FirstName + " " + u.LastName)
	if name == "" {
		name = u.Username
	}
	return core.Contact{Native: strconv.FormatInt(u.ID, 10), Name: name, Locale: u.Language, Level: core.Verified}
}

func at(unix int64) time.Time {
	if unix <= 0 {
		return time.Time{}
	}
	return time.Unix(unix, 0).UTC()
}
