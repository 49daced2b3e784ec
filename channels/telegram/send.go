package telegram

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"frontdesk/core"
)

// shortWait is the longest retry_after waited out between the pieces of one
// reply; longer ones go back to the outbox.
const shortWait = 5 * time.Second

// target is where a reply goes.
type target struct {
	chat, thread int64
}

// parseAddress reads "chat" or "chat/thread".
func parseAddress(s string) (target, error) {
	c, th, topic := strings.Cut(s, "/")
	var t target
	var err error
	if t.chat, err = strconv.ParseInt(c, 10, 64); err == nil && topic {
		t.thread, err = strconv.ParseInt(th, 10, 64)
	}
	if err != nil || t.chat == 0 {
		return t, fmt.Errorf("address %q is no Telegram chat", s)
	}
	return t, nil
}

// Send implements channels.Channel. The id it returns is the last piece's
// message_id. A reply without anything to show is sent by doing nothing.
func (c *Channel) Send(ctx context.Context, r core.Reply) (string, error) {
	to, err := parseAddress(r.Address)
	if err != nil {
		return "", core.Refused(err)
	}
	out := render(r.Event)
	pieces := split(out.text, maxUnits)
	last := lastVisible(pieces)
	native := ""
	for i, piece := range pieces {
		if i < r.Done || strings.TrimSpace(piece) == "" { // Telegram refuses blanks
			continue
		}
		m := outgoing{to: to, text: piece, marked: out.marked}
		if i == 0 && to.chat < 0 { // in a group it must be plain whom the bot answers
			m.quote, _ = strconv.ParseInt(r.Meta[metaReply], 10, 64)
		}
		if i == last {
			m.buttons = out.buttons
		}
		if i == 0 && r.Draft != "" && c.finish(ctx, r.Draft, m) {
			native = r.Draft
			continue
		}
		if native, err = c.deliver(ctx, &m, i > 0); err != nil {
			return "", sendError(err, max(i, r.Done))
		}
		to = m.to // it may have moved
	}
	return native, nil
}

// lastVisible is the index of the last piece that is more than blanks.
func lastVisible(pieces []string) int {
	for i := len(pieces) - 1; i >= 0; i-- {
		if strings.TrimSpace(pieces[i]) != "" {
			return i
		}
	}
	return -1
}

// outgoing is one message.
type outgoing struct {
	to      target
	text    string
	marked  bool
	quote   int64 // message_id; 0: none
	buttons [][]button
}

// deliver sends m. It tries once more when the cure is at hand: plain text for
// markup that was not understood, the supergroup a group became, and a short
// wait in the middle of a long reply.
func (c *Channel) deliver(ctx context.Context, m *outgoing, patient bool) (string, error) {
	var moved, plain, waited bool
	for {
		native, err := c.post(ctx, *m)
		var e *apiError
		if err == nil || !errors.As(err, &e) {
			return native, err
		}
		switch {
		case !moved && e.Moved != 0:
			m.to, moved = target{chat: e.Moved}, true
		case !plain && m.marked && strings.Contains(e.text, "can't parse entities"):
			c.s.Log.Warn("markup was not understood, sent as plain text", "err", e)
			m.marked, plain = false, true
		case !waited && patient && e.After > 0 && e.After <= shortWait && c.spare(ctx, e.After):
			if c.wait(ctx, e.After) != nil {
				return "", err
			}
			waited = true
		default:
			return "", err
		}
	}
}

// spare reports whether ctx leaves time to wait for d and then send.
func (c *Channel) spare(ctx context.Context, d time.Duration) bool {
	end, ok := ctx.Deadline()
	return !ok || time.Until(end) > d+2*time.Second
}

// words are the parameters of a message and of a change of one alike.
func (m outgoing) words() map[string]any {
	kv := map[string]any{"chat_id": m.to.chat, "text": m.text,
		"link_preview_options": map[string]bool{"is_disabled": true}}
	if m.marked {
		if html, marked := format(m.text); marked {
			kv["text"], kv["parse_mode"] = html, "HTML"
		}
	}
	if len(m.buttons) > 0 {
		kv["reply_markup"] = markup{Inline: m.buttons}
	}
	return kv
}

// post makes one sendMessage.
func (c *Channel) post(ctx context.Context, m outgoing) (string, error) {
	kv := m.words()
	if m.to.thread != 0 {
		kv["message_thread_id"] = m.to.thread
	}
	if m.quote != 0 {
		kv["reply_parameters"] = map[string]any{"message_id": m.quote, "allow_sending_without_reply": true}
	}
	p, err := params(kv)
	if err != nil {
		return "", err
	}
	var sent struct {
		ID int64 `json:"message_id"`
	}
	if err := c.api.call(ctx, "sendMessage", p, &sent); err != nil {
		return "", err
	}
	return strconv.FormatInt(sent.ID, 10), nil
}
