package slack

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// place finds the channel a call may write to. Callers of everything here
// hold mu.
func (s *Server) place(a map[string]string) (*room, reply) {
	r := s.rooms[a["channel"]]
	if r == nil && s.people[a["channel"]] != nil {
		r = s.chat(a["channel"]) // a person's id stands for their direct chat
	}
	switch {
	case r == nil:
		return nil, refuse("channel_not_found")
	case r.Archived:
		return nil, refuse("is_archived")
	case r.Without:
		return nil, refuse("not_in_channel")
	}
	return r, nil
}

// compose reads the message a call wants shown.
func compose(a map[string]string) (*message, reply) {
	m := &message{User: BotUser, app: true, Username: a["username"], Text: a["text"], Thread: a["thread_ts"],
		broadcast: a["reply_broadcast"] == "true", reactions: map[string][]string{}}
	var err error
	if m.blocks, err = readBlocks(a["blocks"]); err != nil {
		out := refuse("invalid_blocks")
		out["response_metadata"] = reply{"messages": []string{"[ERROR] " + err.Error()}}
		return nil, out
	}
	switch {
	case m.Text == "" && len(m.blocks) == 0:
		return nil, refuse("no_text")
	case utf8.RuneCountInString(m.Text) > 40000:
		return nil, refuse("msg_too_long")
	}
	return m, nil
}

// limited reports whether one more message is too many for the channel now.
func (s *Server) limited(channel string) bool {
	if s.PerSecond <= 0 {
		return false
	}
	now := s.Now()
	recent := slices.DeleteFunc(s.posts[channel], func(t time.Time) bool { return now.Sub(t) >= time.Second })
	if len(recent) >= s.PerSecond {
		s.posts[channel] = recent
		return true
	}
	s.posts[channel] = append(recent, now)
	return false
}

func (s *Server) postMessage(a map[string]string) reply {
	r, no := s.place(a)
	if no != nil {
		return no
	}
	m, no := compose(a)
	if no != nil {
		return no
	}
	if s.limited(r.ID) {
		return reply{"retry_after": "1"}
	}
	if root := r.find(m.Thread); root != nil && root.Thread != "" {
		m.Thread = root.Thread // Slack mends a reply's ts
	} else if m.Thread != "" && root == nil {
		m.Thread = "" // the parent is gone: it shows on the channel's own level
	}
	m.TS = s.ts()
	r.msgs = append(r.msgs, m)
	ev := s.event(r, m)
	s.background(func() { s.deliver(ev) })
	return reply{"ok": true, "channel": r.ID, "ts": m.TS, "message": s.raw(m)}
}

// raw is a message as the API shows it to apps.
func (s *Server) raw(m *message) reply {
	out := reply{"type": "message", "user": m.User, "text": m.Text, "ts": m.TS}
	if m.app {
		out["bot_id"], out["app_id"] = BotID, AppID
	}
	if m.Username != "" {
		out["username"], out["subtype"] = m.Username, "bot_message"
	}
	if m.Thread != "" {
		out["thread_ts"] = m.Thread
	}
	if len(m.blocks) > 0 {
		out["blocks"] = m.blocks
	}
	return out
}

func (s *Server) postEphemeral(a map[string]string) reply {
	r, no := s.place(a)
	if no != nil {
		return no
	}
	if s.people[a["user"]] == nil || !r.visible(a["user"]) {
		return refuse("user_not_in_channel")
	}
	m, no := compose(a)
	if no != nil {
		return no
	}
	m.TS, m.only = s.ts(), a["user"]
	r.whispers = append(r.whispers, m)
	return reply{"ok": true, "message_ts": m.TS}
}

// own finds the app's message a call wants to change.
func (s *Server) own(a map[string]string, code string) (*room, *message, reply) {
	r := s.rooms[a["channel"]]
	if r == nil {
		return nil, nil, refuse("channel_not_found")
	}
	m := r.find(a["ts"])
	if m == nil {
		return nil, nil, refuse("message_not_found")
	}
	if !m.app {
		return nil, nil, refuse(code)
	}
	return r, m, nil
}

func (s *Server) update(a map[string]string) reply {
	r, m, no := s.own(a, "cant_update_message")
	if no != nil {
		return no
	}
	n, no := compose(a)
	if no != nil {
		return no
	}
	if utf8.RuneCountInString(n.Text) > 4000 {
		return refuse("msg_too_long")
	}
	before := s.raw(m)
	m.Text, m.blocks, m.edited = n.Text, n.blocks, true
	ev := s.changedEvent(r, m, before)
	s.background(func() { s.deliver(ev) })
	return reply{"ok": true, "channel": r.ID, "ts": m.TS, "text": m.Text, "message": s.raw(m)}
}

func (s *Server) delete(a map[string]string) reply {
	r, m, no := s.own(a, "cant_delete_message")
	if no != nil {
		return no
	}
	r.msgs = slices.DeleteFunc(r.msgs, func(x *message) bool { return x == m })
	return reply{"ok": true, "channel": r.ID, "ts": m.TS}
}

func (s *Server) reactionsAdd(a map[string]string) reply {
	m, no := s.reacted(a)
	if no != nil {
		return no
	}
	if slices.Contains(m.reactions[a["name"]], BotUser) {
		return refuse("already_reacted")
	}
	m.reactions[a["name"]] = append(m.reactions[a["name"]], BotUser)
	return reply{"ok": true}
}

func (s *Server) reactionsRemove(a map[string]string) reply {
	m, no := s.reacted(a)
	if no != nil {
		return no
	}
	who := m.reactions[a["name"]]
	i := slices.Index(who, BotUser)
	if i < 0 {
		return refuse("no_reaction")
	}
	if m.reactions[a["name"]] = slices.Delete(who, i, i+1); len(m.reactions[a["name"]]) == 0 {
		delete(m.reactions, a["name"])
	}
	return reply{"ok": true}
}

func (s *Server) reacted(a map[string]string) (*message, reply) {
	r := s.rooms[a["channel"]]
	if r == nil {
		return nil, refuse("channel_not_found")
	}
	m := r.find(a["timestamp"])
	switch {
	case m == nil:
		return nil, refuse("message_not_found")
	case a["name"] == "" || strings.ContainsAny(a["name"], ": "):
		return nil, refuse("invalid_name")
	}
	return m, nil
}

func (s *Server) conversationsInfo(a map[string]string) reply {
	r := s.rooms[a["channel"]]
	if r == nil {
		return refuse("channel_not_found")
	}
	ch := reply{"id": r.ID, "name": r.Name, "is_channel": r.with == "", "is_im": r.with != "", "is_member": !r.Without,
		"is_archived": r.Archived}
	if r.with != "" {
		ch["user"] = r.with
	}
	return reply{"ok": true, "channel": ch}
}

func (s *Server) conversationsOpen(a map[string]string) reply {
	if a["users"] == "" {
		return refuse("users_list_not_supplied")
	}
	if s.people[a["users"]] == nil { // one person: the model has no group chats
		return refuse("user_not_found")
	}
	return reply{"ok": true, "channel": reply{"id": s.chat(a["users"]).ID}}
}

func (s *Server) conversationsReplies(a map[string]string) reply {
	r, no := s.place(a)
	if no != nil {
		return no
	}
	var out []reply
	for _, m := range r.msgs {
		if m.TS == a["ts"] || m.Thread == a["ts"] {
			out = append(out, s.raw(m))
		}
	}
	if len(out) == 0 {
		return refuse("thread_not_found")
	}
	limit, err := strconv.Atoi(a["limit"])
	if err != nil || limit <= 0 {
		limit = 100
	}
	more := len(out) > limit
	return reply{"ok": true, "messages": out[:min(limit, len(out))], "has_more": more}
}
