package telegram

import (
	"strings"
	"unicode/utf16"
)

// mine is who the bot is, for telling what is meant for it.
type mine struct {
	id       int64
	username string // without @; "" if not known
}

// words are a message's text or caption, with its marked ranges.
func (m *message) words() (string, []entity) {
	if m.Text != "" {
		return m.Text, m.Entities
	}
	return m.Caption, m.CaptionEntities
}

// grouped reports whether several people may be in m's chat.
func (m *message) grouped() bool { return m.Chat.Type == "group" || m.Chat.Type == "supergroup" }

// needsName reports whether the bot's username decides what u is.
func (u update) needsName() bool {
	m := u.Message
	if m == nil {
		m = u.Edited
	}
	if m == nil || !m.grouped() {
		return false
	}
	text, es := m.words()
	for _, e := range es {
		if e.Type == "mention" || e.Type == "bot_command" && strings.Contains(slice(text, e), "@") {
			return true
		}
	}
	return false
}

// addressed reports whether m is meant for the bot: all that is said in
// private; in a group an answer to it, a mention, a command.
func (me mine) addressed(m *message) bool {
	if !m.grouped() {
		return m.Chat.Type != "channel"
	}
	text, es := m.words()
	for _, e := range es {
		if e.Type == "bot_command" && e.Offset == 0 {
			_, to, named := strings.Cut(slice(text, e), "@")
			return !named || strings.EqualFold(to, me.username)
		}
	}
	for _, e := range es {
		if me.mentioned(text, e) {
			return true
		}
	}
	// A topic's messages "answer" the service message that made the topic.
	return m.Reply != nil && m.Reply.From != nil && m.Reply.From.ID == me.id && m.Reply.TopicCreated == nil
}

func (me mine) mentioned(text string, e entity) bool {
	switch e.Type {
	case "mention":
		return me.username != "" && strings.EqualFold(slice(text, e), "@"+me.username)
	case "text_mention":
		return e.User != nil && e.User.ID == me.id
	}
	return false
}

// strip removes the bot's own mentions from text, and "@bot" behind commands.
func (me mine) strip(text string, es []entity) string {
	u := utf16.Encode([]rune(text))
	for i := len(es) - 1; i >= 0; i-- { // from the end: offsets stay good
		e := es[i]
		from, to := e.span(len(u))
		switch {
		case me.mentioned(text, e):
			for to < len(u) && strings.ContainsRune(" ,:，：", rune(u[to])) {
				to++ // what separates the name from the words
			}
		case e.Type == "bot_command":
			at := strings.IndexByte(slice(text, e), '@')
			if at < 0 {
				continue
			}
			from += at // a command is ASCII
		default:
			continue
		}
		if to >= from && to <= len(u) {
			u = append(u[:from:from], u[to:]...)
		}
	}
	return strings.TrimSpace(string(utf16.Decode(u)))
}

// span is e's range, kept inside a text of n UTF-16 units.
func (e entity) span(n int) (from, to int) {
	from = min(max(e.Offset, 0), n)
	return from, from + min(max(e.Length, 0), n-from)
}

// slice is the part of text e marks.
func slice(text string, e entity) string {
	u := utf16.Encode([]rune(text))
	from, to := e.span(len(u))
	return string(utf16.Decode(u[from:to]))
}
