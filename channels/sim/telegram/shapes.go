package telegram

import "maps"

// chat is c as an update shows it.
func (s *Server) chat(c *room) object {
	o := object{"id": c.id, "type": c.kind}
	if c.kind == "private" {
		o["first_name"] = c.member.FirstName
		if c.member.Username != "" {
			o["username"] = c.member.Username
		}
		return o
	}
	o["title"] = c.title
	if c.forum {
		o["is_forum"] = true
	}
	return o
}

// heard is a person's message as an update shows it, with more in it.
func (s *Server) heard(c *room, m *Message, u User, more object) object {
	o := s.frame(c, m)
	o["from"] = u.wire()
	maps.Copy(o, more)
	if es, ok := o["entities"].([]object); ok && len(es) == 0 {
		delete(o, "entities")
	}
	return o
}

// sent is the bot's message as the Bot API shows it.
func (s *Server) sent(c *room, m *Message) object {
	o := s.frame(c, m)
	o["from"], o["text"] = s.bot(), m.Text
	if len(m.Buttons) > 0 {
		o["reply_markup"] = object{"inline_keyboard": m.Buttons}
	}
	return o
}

func (s *Server) frame(c *room, m *Message) object {
	o := object{"message_id": m.ID, "date": m.At.Unix(), "chat": s.chat(c)}
	if m.Thread != 0 {
		o["message_thread_id"], o["is_topic_message"] = m.Thread, true
	}
	if q := c.find(m.ReplyTo); q != nil && m.ReplyTo != 0 {
		from := object{"id": int64(1), "is_bot": false, "first_name": q.From}
		if q.Bot {
			from = s.bot()
		}
		o["reply_to_message"] = object{"message_id": q.ID, "date": q.At.Unix(), "chat": s.chat(c), "from": from, "text": q.Text}
	}
	return o
}
