package telegram

import (
	"slices"
	"time"
)

// User is a person.
type User struct {
	ID        int64
	FirstName string
	LastName  string
	Username  string
	Language  string // IETF tag, "zh-hans"
}

// Place is a chat, or a topic of a forum.
type Place struct {
	Chat   int64
	Thread int64 // 0: the chat itself, or a forum's general topic
}

// Message is a message as a person sees it.
type Message struct {
	ID      int64
	Thread  int64
	Bot     bool // the bot wrote it
	From    string
	Text    string // as shown, without markup
	Buttons [][]Button
	ReplyTo int64 // message quoted; 0: none
	Edited  bool
	Alert   string // last words of answerCallbackQuery under it
	At      time.Time

	Raw       string // text as the bot gave it
	ParseMode string
}

// room is a chat. The Server's lock guards it.
type room struct {
	id      int64
	kind    string // private, group or supergroup
	title   string
	member  User // of a private chat
	forum   bool
	topics  map[int64]bool
	blocked bool // the bot is blocked, or was removed
	movedTo int64
	all     []*Message
	next    int64 // message_id
	last    time.Time
	typing  time.Time
}

func (c *room) find(id int64) *Message {
	for _, m := range c.all {
		if m.ID == id {
			return m
		}
	}
	return nil
}

// remove takes m out of c.
func (c *room) remove(m *Message) {
	c.all = slices.DeleteFunc(c.all, func(o *Message) bool { return o == m })
}

// put adds m to c.
func (s *Server) put(c *room, m *Message) *Message {
	c.next++
	m.ID, m.At = c.next, s.o.Clock.Now()
	c.all = append(c.all, m)
	return m
}

func (s *Server) room(id int64, kind string) *room {
	c := s.chats[id]
	if c == nil {
		c = &room{id: id, kind: kind, topics: map[int64]bool{}}
		s.chats[id] = c
	}
	return c
}

// Private is u's chat with the bot. Until u writes, the bot does not know it.
func (s *Server) Private(u User) Place { return Place{Chat: u.ID} }

// Group makes a group the bot is in; id is negative.
func (s *Server) Group(id int64, title string) Place {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.room(id, "supergroup").title = title
	return Place{Chat: id}
}

// Topic makes a topic of a group, which becomes a forum.
func (s *Server) Topic(p Place, thread int64) Place {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.room(p.Chat, "supergroup")
	c.forum, c.topics[thread] = true, true
	c.next = max(c.next, thread)
	return Place{Chat: p.Chat, Thread: thread}
}

// Migrate makes p a new supergroup, as Telegram does when a group grows.
func (s *Server) Migrate(p Place, to int64) Place {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.room(p.Chat, "group")
	old.movedTo = to
	s.room(to, "supergroup").title = old.title
	s.push(old.id, object{"message": object{"message_id": old.next + 1, "date": s.o.Clock.Now().Unix(),
		"chat": s.chat(old), "from": s.bot(), "migrate_to_chat_id": to}})
	return Place{Chat: to}
}

// Transcript is what a person sees at p, oldest first.
func (s *Server) Transcript(p Place) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[p.Chat]
	if c == nil {
		return nil
	}
	var out []Message
	for _, m := range c.all {
		if m.Thread == p.Thread {
			seen := *m
			seen.Buttons = slices.Clone(m.Buttons)
			out = append(out, seen)
		}
	}
	return out
}

// Typing reports whether the bot seems to be writing at p: for 5 seconds after
// sendChatAction.
func (s *Server) Typing(p Place) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[p.Chat]
	return c != nil && !c.typing.IsZero() && s.o.Clock.Now().Sub(c.typing) < 5*time.Second
}

// Spinning is how many pressed buttons still wait for the bot.
func (s *Server) Spinning() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.spins)
}
