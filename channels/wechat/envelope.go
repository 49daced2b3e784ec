package wechat

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/silenceper/wechat/v2/officialaccount/message"

	"frontdesk/core"
)

const (
	// window is how long the platform keeps calling: three tries of 5 s.
	window = 15 * time.Second
	// expiry is how long after a message the account may still write.
	expiry = 48 * time.Hour
)

// fetchID is the menu id of the link that fetches a late answer; see notice.
const fetchID = "90001"

// fetches reports whether a reply to in could be shown in answer to the call.
func (in inbound) fetches() bool {
	if in.MsgType != message.MsgTypeEvent {
		return true
	}
	switch in.Event {
	case message.EventSubscribe, message.EventScan, message.EventClick, message.EventScancodeWaitmsg:
		return true
	}
	return false
}

// native is what a repetition is known by: the message's id; events have none.
func (in inbound) native() string {
	if in.MsgType != message.MsgTypeEvent {
		return in.MsgID
	}
	return strings.Join([]string{strconv.FormatInt(in.CreateTime, 10), string(in.FromUserName),
		string(in.Event), clip(in.EventKey, maxName), clip(in.TemplateID, maxName)}, ":")
}

// sentAt is when the customer sent it, to the second.
func (in inbound) sentAt() time.Time { return time.Unix(in.CreateTime, 0).UTC() }

// envelope normalises in. ok is false for events that say nothing to anybody:
// they are acknowledged and forgotten.
func (c *Channel) envelope(in inbound) (e core.Envelope, ok bool) {
	parts := in.parts()
	if len(parts) == 0 {
		return e, false
	}
	for i := range parts {
		if c.MaxText > 0 {
			parts[i].Text = clip(parts[i].Text, c.MaxText)
		}
	}
	openid := string(in.FromUserName)
	return core.Envelope{
		Workspace: c.Workspace, Channel: c.ID, Bot: c.Bot,
		Native: in.native(), Address: openid, Contact: contact(openid),
		Parts: parts, SentAt: in.sentAt(),
		Window: c.window(in), Expires: c.Now().UTC().Add(expiry),
	}, true
}

// clip cuts s to at most n bytes, at the edge of a rune.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
