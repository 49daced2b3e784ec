package telegram

import (
	"errors"
	"fmt"
	"strings"
)

// spin is a pressed button that waits for its answer.
type spin struct {
	room    *room
	message int64
}

// Say makes u write text at p, and returns the message's id. "@bot" of this
// bot, and a leading command, are marked as clients mark them.
func (s *Server) Say(u User, p Place, text string) int64 { return s.Answer(u, p, text, 0) }

// Answer is Say as an answer to message to; 0: to none.
func (s *Server) Answer(u User, p Place, text string, to int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.enter(u, p)
	m := s.put(c, &Message{Thread: p.Thread, From: u.name(), Text: text, ReplyTo: to})
	s.push(c.id, object{"message": s.heard(c, m, u, object{"text": text, "entities": entities(text)})})
	return m.ID
}

// Edit makes u change a message's words.
func (s *Server) Edit(u User, p Place, id int64, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.enter(u, p)
	m := c.find(id)
	if m == nil || m.Bot {
		return fmt.Errorf("message %d is not there, or not %s's", id, u.name())
	}
	m.Text, m.Edited = text, true
	s.push(c.id, object{"edited_message": s.heard(c, m, u, object{"text": text, "entities": entities(text),
		"edit_date": s.o.Clock.Now().Unix()})})
	return nil
}

// Press makes u press the button with the given words under message id.
func (s *Server) Press(u User, p Place, id int64, words string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[p.Chat]
	if c == nil {
		return errors.New("there is no such chat")
	}
	m := c.find(id)
	if m == nil {
		return fmt.Errorf("message %d is not there", id)
	}
	for _, row := range m.Buttons {
		for _, b := range row {
			if b.Text == words && b.Data != "" {
				s.press(c, m, u, b)
				return nil
			}
		}
	}
	return fmt.Errorf("no button %q under message %d", words, id)
}

func (s *Server) press(c *room, m *Message, u User, b Button) {
	s.serial++
	id := fmt.Sprintf("%d%06d", u.ID, s.serial)
	s.spins[id] = spin{c, m.ID}
	s.push(c.id, object{"callback_query": object{"id": id, "from": u.wire(), "message": s.sent(c, m),
		"chat_instance": itoa(c.id), "data": b.Data}})
}

// Block makes u block the bot, or throws it out of a group.
func (s *Server) Block(u User, p Place) { s.member(u, p, true) }

// Unblock lets the bot in again.
func (s *Server) Unblock(u User, p Place) { s.member(u, p, false) }

func (s *Server) member(u User, p Place, out bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.enter(u, p)
	c.blocked = out
	was, is := "member", "kicked"
	if !out {
		was, is = is, was
	}
	status := func(st string) object { return object{"user": s.bot(), "status": st} }
	s.push(c.id, object{"my_chat_member": object{"chat": s.chat(c), "from": u.wire(), "date": s.o.Clock.Now().Unix(),
		"old_chat_member": status(was), "new_chat_member": status(is)}})
}

// enter finds the chat at p, which u's first message begins.
func (s *Server) enter(u User, p Place) *room {
	if p.Chat > 0 {
		c := s.room(p.Chat, "private")
		c.member = u
		return c
	}
	return s.room(p.Chat, "supergroup")
}

func (u User) name() string { return strings.TrimSpace(u.FirstName + " " + u.LastName) }

func (u User) wire() object {
	o := object{"id": u.ID, "is_bot": false, "first_name": u.FirstName}
	for k, v := range map[string]string{"last_name": u.LastName, "username": u.Username, "language_code": u.Language} {
		if v != "" {
			o[k] = v
		}
	}
	return o
}

// entities marks commands and mentions in text, as clients do.
func entities(text string) []object {
	var es []object
	for i := 0; i < len(text); {
		end := strings.IndexAny(text[i:], " \n")
		if end < 0 {
			end = len(text) - i
		}
		if kind := entityKind(text[i : i+end]); kind != "" {
			es = append(es, object{"type": kind, "offset": units(text[:i]), "length": units(text[i : i+end])})
		}
		i += end + 1
	}
	return es
}

func entityKind(word string) string {
	switch {
	case len(word) > 1 && word[0] == '/' && ascii(word):
		return "bot_command"
	case len(word) > 4 && word[0] == '@' && ascii(word):
		return "mention"
	}
	return ""
}

func ascii(s string) bool {
	return strings.IndexFunc(s[1:], func(r rune) bool {
		return !(r == '_' || r == '@' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}) < 0
}
