package telegram

import (
	"context"
	"net/http"
	"strings"
	"time"
)

const (
	maxText      = 4096 // UTF-16 units of a message, after its markup is taken away
	maxData      = 64   // bytes of callback_data
	webhookPorts = "443 80 88 8443"
)

// carryOut does what a method does.
func (s *Server) carryOut(ctx context.Context, method string, p fields) (any, error) {
	switch method {
	case "getme":
		return s.bot(), nil
	case "setwebhook":
		return s.setWebhook(p)
	case "deletewebhook":
		return s.deleteWebhook(p), nil
	case "getwebhookinfo":
		return s.webhookInfo(), nil
	case "getupdates":
		return s.getUpdates(ctx, p)
	case "sendmessage":
		return s.sendMessage(p)
	case "editmessagetext":
		return s.editMessageText(p)
	case "deletemessage":
		return s.deleteMessage(p)
	case "answercallbackquery":
		return s.answerCallback(p)
	case "sendchataction":
		return s.chatAction(p)
	case "getfile":
		return s.getFile(p)
	}
	return nil, no(http.StatusNotFound, "Not Found")
}

func (s *Server) bot() object {
	return object{"id": s.id, "is_bot": true, "first_name": "Front desk", "username": s.o.Username,
		"can_join_groups": true, "can_read_all_group_messages": false}
}

// object is a JSON object of the Bot API.
type object map[string]any

func (s *Server) sendMessage(p fields) (any, error) {
	text, shown, err := s.said(p)
	if err != nil {
		return nil, err
	}
	buttons, err := keyboard(p)
	if err != nil {
		return nil, err
	}
	var quote struct {
		Message int64 `json:"message_id"`
		Anyway  bool  `json:"allow_sending_without_reply"`
	}
	if err := p.json("reply_parameters", &quote); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.writable(p)
	if err != nil {
		return nil, err
	}
	thread := p.int("message_thread_id")
	if thread != 0 && !c.topics[thread] {
		return nil, bad("message thread not found")
	}
	if quote.Message != 0 && c.find(quote.Message) == nil {
		if !quote.Anyway {
			return nil, bad("message to be replied not found")
		}
		quote.Message = 0
	}
	if err := s.pace(c); err != nil {
		return nil, err
	}
	m := s.put(c, &Message{Thread: thread, Bot: true, From: s.o.Username, Text: shown, Raw: text,
		ParseMode: p["parse_mode"], Buttons: buttons, ReplyTo: quote.Message})
	return s.sent(c, m), nil
}

func (s *Server) editMessageText(p fields) (any, error) {
	text, shown, err := s.said(p)
	if err != nil {
		return nil, err
	}
	buttons, err := keyboard(p)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.writable(p)
	if err != nil {
		return nil, err
	}
	m := c.find(p.int("message_id"))
	switch {
	case m == nil:
		return nil, bad("message to edit not found")
	case !m.Bot:
		return nil, bad("message can't be edited")
	case m.Text == shown && len(buttons) == len(m.Buttons):
		return nil, bad("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
	}
	if err := s.pace(c); err != nil {
		return nil, err
	}
	m.Text, m.Raw, m.ParseMode, m.Buttons, m.Edited = shown, text, p["parse_mode"], buttons, true
	return s.sent(c, m), nil
}

// deleteMessage removes one of the bot's messages.
func (s *Server) deleteMessage(p fields) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.writable(p)
	if err != nil {
		return nil, err
	}
	m := c.find(p.int("message_id"))
	switch {
	case m == nil:
		return nil, bad("message to delete not found")
	case !m.Bot:
		return nil, bad("message can't be deleted")
	}
	c.remove(m)
	return true, nil
}

// said is the text as given and as shown.
func (s *Server) said(p fields) (raw, shown string, err error) {
	raw = p["text"]
	switch strings.ToLower(p["parse_mode"]) {
	case "":
		shown = raw
	case "html":
		if shown, err = visible(raw); err != nil {
			return "", "", bad("can't parse entities: " + err.Error())
		}
	default:
		return "", "", bad("unsupported parse_mode")
	}
	shown = strings.TrimSpace(shown)
	switch {
	case shown == "":
		return "", "", bad("message text is empty")
	case units(shown) > maxText:
		return "", "", bad("message is too long")
	}
	return raw, shown, nil
}

// writable is the chat the bot writes to, if it may.
func (s *Server) writable(p fields) (*room, error) {
	c := s.chats[p.int("chat_id")]
	switch {
	case c == nil:
		return nil, bad("chat not found")
	case c.movedTo != 0:
		return nil, &refusal{Code: http.StatusBadRequest, MigrateTo: c.movedTo,
			Description: "Bad Request: group chat was upgraded to a supergroup chat"}
	case c.blocked && c.kind == "private":
		return nil, no(http.StatusForbidden, "Forbidden: bot was blocked by the user")
	case c.blocked:
		return nil, no(http.StatusForbidden, "Forbidden: bot was kicked from the "+c.kind+" chat")
	}
	return c, nil
}

// pace refuses what comes too fast.
func (s *Server) pace(c *room) error {
	if s.o.PerChat <= 0 {
		return nil
	}
	now := s.o.Clock.Now()
	if early := c.last.Add(s.o.PerChat).Sub(now); !c.last.IsZero() && early > 0 {
		after := int((early + time.Second - 1) / time.Second)
		return &refusal{Code: http.StatusTooManyRequests, RetryAfter: after,
			Description: "Too Many Requests: retry after " + itoa(int64(after))}
	}
	c.last = now
	return nil
}

func (s *Server) answerCallback(p fields) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, ok := s.spins[p["callback_query_id"]]
	if !ok {
		return nil, bad("query is too old and response timeout expired or query ID is invalid")
	}
	delete(s.spins, p["callback_query_id"])
	if m := q.room.find(q.message); m != nil {
		m.Alert = p["text"]
	}
	return true, nil
}

func (s *Server) chatAction(p fields) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.writable(p)
	if err != nil {
		return nil, err
	}
	if p["action"] == "" {
		return nil, bad("wrong parameter action in request")
	}
	c.typing = s.o.Clock.Now()
	return true, nil
}
