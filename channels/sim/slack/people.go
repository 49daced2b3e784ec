package slack

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Hand acts for one person. What it returns last is what went wrong for the
// person, never what went wrong between Slack and the app.
type Hand struct {
	s    *Server
	user string
}

// As acts for the person id.
func (s *Server) As(id string) Hand { return Hand{s, id} }

// Say writes in a channel or direct chat, as typed: "@frontdesk hello". It
// returns once Slack has tried to tell the app; ts names the message.
func (h Hand) Say(channel, text string, files ...File) (ts string, err error) {
	return h.write(channel, "", text, files)
}

// Reply writes in the thread of the message root.
func (h Hand) Reply(channel, root, text string, files ...File) (ts string, err error) {
	return h.write(channel, root, text, files)
}

// DM writes to the app in the person's direct chat with it.
func (h Hand) DM(text string, files ...File) (ts string, err error) {
	h.s.mu.Lock()
	id := h.s.chat(h.user).ID
	h.s.mu.Unlock()
	return h.write(id, "", text, files)
}

func (h Hand) write(channel, root, text string, files []File) (string, error) {
	s := h.s
	s.mu.Lock()
	r, err := h.room(channel)
	if err == nil && root != "" && r.find(root) == nil {
		err = fmt.Errorf("no message %s in %s", root, channel)
	}
	if err != nil {
		s.mu.Unlock()
		return "", err
	}
	m := &message{TS: s.ts(), Thread: root, User: h.user, Text: s.typed(text), reactions: map[string][]string{}}
	for _, f := range files {
		if f.ID == "" {
			f.ID = s.id("F")
		}
		m.files = append(m.files, f)
	}
	r.msgs = append(r.msgs, m)
	evs := []event{s.event(r, m)}
	if !r.Without && r.with == "" && strings.Contains(m.Text, "<@"+BotUser+">") {
		evs = append(evs, s.mention(r, m))
	}
	if r.Without {
		evs = nil // the app hears nothing there
	}
	s.touch()
	s.mu.Unlock()
	for _, ev := range evs {
		s.deliver(ev)
	}
	return m.TS, nil
}

// room is a place the person may write in. Callers hold mu.
func (h Hand) room(channel string) (*room, error) {
	r := h.s.rooms[channel]
	switch {
	case h.s.people[h.user] == nil:
		return nil, fmt.Errorf("nobody is called %s", h.user)
	case r == nil || !r.visible(h.user):
		return nil, fmt.Errorf("%s sees no channel %s", h.user, channel)
	case r.Archived:
		return nil, fmt.Errorf("%s is archived", channel)
	}
	return r, nil
}

var (
	urlRE    = regexp.MustCompile(`https?://[^\s<>|]+`)
	domainRE = regexp.MustCompile(`(^|\s)((?:[a-z0-9-]+\.)+(?:com|org|net|cn))($|\s)`)
)

// typed is what Slack makes of a typed text: escaped, names and addresses
// turned into entities. Callers hold mu.
func (s *Server) typed(t string) string {
	t = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(t)
	t = urlRE.ReplaceAllString(t, "<$0>")
	t = domainRE.ReplaceAllString(t, "$1<http://$2|$2>$3")
	for _, p := range s.people {
		if p.Name != "" {
			t = strings.ReplaceAll(t, "@"+p.Name, "<@"+p.ID+">")
		}
	}
	return strings.NewReplacer("@channel", "<!channel>", "@here", "<!here>").Replace(t)
}

// Edit changes the person's own message; Delete takes it away.
func (h Hand) Edit(channel, ts, text string) error {
	return h.change(channel, ts, func(r *room, m *message) event {
		before := h.s.raw(m)
		m.Text, m.edited = h.s.typed(text), true
		return h.s.changedEvent(r, m, before)
	})
}

// Delete takes the person's own message away.
func (h Hand) Delete(channel, ts string) error {
	return h.change(channel, ts, func(r *room, m *message) event {
		r.msgs = slices.DeleteFunc(r.msgs, func(x *message) bool { return x == m })
		return h.s.deletedEvent(r, m)
	})
}

func (h Hand) change(channel, ts string, f func(*room, *message) event) error {
	s := h.s
	s.mu.Lock()
	r, err := h.room(channel)
	var m *message
	if err == nil {
		if m = r.find(ts); m == nil || m.User != h.user {
			err = fmt.Errorf("%s is no message of theirs", ts)
		}
	}
	if err != nil {
		s.mu.Unlock()
		return err
	}
	ev := f(r, m)
	s.touch()
	s.mu.Unlock()
	s.deliver(ev)
	return nil
}

// React puts an emoji on a message.
func (h Hand) React(channel, ts, emoji string) error {
	s := h.s
	s.mu.Lock()
	r, err := h.room(channel)
	var m *message
	if err == nil {
		if m = r.find(ts); m == nil {
			err = fmt.Errorf("no message %s", ts)
		}
	}
	if err != nil {
		s.mu.Unlock()
		return err
	}
	m.reactions[emoji] = append(m.reactions[emoji], h.user)
	ev := s.callback(reply{"type": "reaction_added", "user": h.user, "reaction": emoji, "item_user": m.User,
		"item": reply{"type": "message", "channel": channel, "ts": ts}, "event_ts": s.ts()})
	s.touch()
	s.mu.Unlock()
	s.deliver(ev)
	return nil
}

var errNoAnswer = errors.New("Slack shows: this app did not respond")

// Press presses the button with the action id on a message.
func (h Hand) Press(channel, ts, actionID string) error {
	s := h.s
	s.mu.Lock()
	payload, err := h.pressing(channel, ts, actionID)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	if _, err := s.interact("/interactions", "interactive", payload); err != nil {
		return errNoAnswer
	}
	return nil
}

// pressing is what a press sends. Callers hold mu.
func (h Hand) pressing(channel, ts, actionID string) (reply, error) {
	s := h.s
	r, err := h.room(channel)
	if err != nil {
		return nil, err
	}
	m := r.find(ts)
	if m == nil {
		return nil, fmt.Errorf("no message %s", ts)
	}
	for _, b := range m.blocks {
		for _, e := range b.Elements {
			if e.Type != "button" || e.ActionID != actionID {
				continue
			}
			at := reply{"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": false}
			if m.Thread != "" {
				at["thread_ts"] = m.Thread
			}
			w := e.label()
			p := s.payload("block_actions", h.user)
			p["container"], p["channel"], p["message"] = at, reply{"id": channel, "name": r.Name}, s.raw(m)
			p["actions"] = []reply{{"type": "button", "action_id": e.ActionID, "block_id": b.BlockID, "value": e.Value,
				"text": reply{"type": "plain_text", "text": w.Text}, "action_ts": s.ts()}}
			return p, nil
		}
	}
	return nil, fmt.Errorf("there is no button %q on %s", actionID, ts)
}

// payload begins an interaction; it carries a trigger. Callers hold mu.
func (s *Server) payload(kind, user string) reply {
	id := s.id("trigger.")
	s.triggers[id] = trigger{user, s.Now()}
	name := s.people[user].Name
	return reply{"type": kind, "trigger_id": id, "api_app_id": AppID, "team": reply{"id": TeamID, "domain": "sim"},
		"user": reply{"id": user, "username": strings.ToLower(name), "name": name, "team_id": TeamID}}
}

// Command types a slash command in a channel and returns what only the person
// then sees.
func (h Hand) Command(channel, name, text string) (string, error) {
	s := h.s
	s.mu.Lock()
	r, err := h.room(channel)
	if err != nil {
		s.mu.Unlock()
		return "", err
	}
	id := s.id("trigger.")
	s.triggers[id] = trigger{h.user, s.Now()}
	cmd := reply{"command": name, "text": text, "user_id": h.user, "user_name": strings.ToLower(s.people[h.user].Name),
		"channel_id": channel, "channel_name": orElse(r.Name, "directmessage"), "team_id": TeamID, "team_domain": "sim",
		"api_app_id": AppID, "trigger_id": id, "response_url": s.url + "/response"}
	s.mu.Unlock()
	out, err := s.interact("/commands", "slash_commands", cmd)
	if err != nil {
		return "", errNoAnswer
	}
	shown, _ := out["text"].(string)
	return shown, nil
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
