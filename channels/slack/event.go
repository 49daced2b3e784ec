package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"frontdesk/channels/slack/desk"
	"frontdesk/channels/slack/mrkdwn"
	"frontdesk/core"
)

// delivery is the outside of an Events API request. The gateway reads into
// structs of its own: the SDK's refuse kinds of event and block it does not
// know yet, and a customer's message must not hang on that.
type delivery struct {
	Type           string          `json:"type"`
	Challenge      string          `json:"challenge"`
	EventID        string          `json:"event_id"`
	Authorizations []authorization `json:"authorizations"`
	Event          json.RawMessage `json:"event"`
}

type authorization struct {
	UserID string `json:"user_id"`
	IsBot  bool   `json:"is_bot"`
}

// post is a message or app_mention event.
type post struct {
	Type         string `json:"type"`
	Subtype      string `json:"subtype"`
	Channel      string `json:"channel"`
	ChannelType  string `json:"channel_type"`
	User         string `json:"user"`
	BotID        string `json:"bot_id"`
	Text         string `json:"text"`
	TS           string `json:"ts"`
	ThreadTS     string `json:"thread_ts"`
	ParentUserID string `json:"parent_user_id"`
	Hidden       bool   `json:"hidden"`
	Files        []file `json:"files"`
}

type file struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Title      string `json:"title"`
	Mimetype   string `json:"mimetype"`
	Size       int64  `json:"size"`
	URLPrivate string `json:"url_private"`
}

// event takes one Events API request.
func (c *Channel) event(ctx context.Context, raw []byte, again bool) answer {
	var d delivery
	if err := decode(raw, &d); err != nil {
		return malformed("the body is not an event of Slack's")
	}
	switch d.Type {
	case "url_verification":
		return answer{status: 200, text: d.Challenge}
	case "event_callback":
	case "":
		return malformed("the event has no type")
	default: // app_rate_limited and what is to come
		c.set.Log.Warn("slack: ignored a request", "type", d.Type)
		return done()
	}
	var p post
	if err := json.Unmarshal(d.Event, &struct {
		Type *string `json:"type"`
	}{&p.Type}); err != nil || p.Type == "" {
		return malformed("the event has no type")
	}
	if p.Type != "message" && p.Type != "app_mention" {
		return done()
	}
	if err := json.Unmarshal(d.Event, &p); err != nil {
		return malformed("the event is no message of Slack's")
	}
	return c.posted(ctx, p, d.Authorizations, again)
}

// spoken reports whether p is something a person said just now. Edits and
// deletions come later than the turn they are about and change nothing; bots
// are not served, least of all this one.
func (p post) spoken() bool {
	if p.User == "" || p.BotID != "" || p.Hidden || p.Channel == "" || !isTS(p.TS) || p.ThreadTS != "" && !isTS(p.ThreadTS) {
		return false
	}
	switch p.Subtype {
	case "", "file_share", "thread_broadcast", "me_message":
		return true
	}
	return false
}

// isTS reports whether s is "seconds.micros", Slack's name for a message.
func isTS(s string) bool {
	sec, frac, ok := strings.Cut(s, ".")
	_, err1 := strconv.ParseUint(sec, 10, 40)
	_, err2 := strconv.ParseUint(frac, 10, 32)
	return ok && err1 == nil && err2 == nil
}

func (c *Channel) posted(ctx context.Context, p post, auths []authorization, again bool) answer {
	if !p.spoken() {
		return done()
	}
	toDesk, err := c.isDesk(ctx, p.Channel, p.ThreadTS)
	if err != nil {
		return c.settled(err)
	}
	if toDesk {
		after, err := c.desk.Said(ctx, desk.Message{Room: p.Channel, Thread: p.ThreadTS, TS: p.TS, User: p.User,
			Text: p.Text, Files: len(p.Files), Again: again})
		a := c.settled(err)
		a.after = after
		return a
	}
	return c.asked(ctx, p, auths)
}

// isDesk decides between the app's two roles.
func (c *Channel) isDesk(ctx context.Context, channel, thread string) (bool, error) {
	if c.rooms[channel] {
		return true, nil
	}
	if thread == "" || c.set.Gateway.IsThread == nil {
		return false, nil
	}
	ok, err := c.set.Gateway.IsThread(ctx, c.set.Workspace, core.DeskRef{Channel: c.set.ID, Room: channel, Thread: thread})
	if err != nil {
		return false, fmt.Errorf("looking for a case's thread: %w", err)
	}
	return ok, nil
}

// asked takes a customer's message, if it is meant for the bot.
func (c *Channel) asked(ctx context.Context, p post, auths []authorization) answer {
	direct := p.ChannelType == "im" || strings.HasPrefix(p.Channel, "D")
	me := ""
	if !direct || strings.Contains(p.Text, "<@") {
		me = c.me(ctx, auths)
	}
	if p.User == me {
		return done()
	}
	mentioned := p.Type == "app_mention" || me != "" && strings.Contains(p.Text, "<@"+me)
	if !direct && !mentioned {
		if ok, err := c.partOf(ctx, p, me); err != nil || !ok {
			return c.settled(err)
		}
	}
	e := c.envelope(p, me, direct)
	_, err := c.set.Gateway.Accept(ctx, e)
	a := c.settled(err)
	if a.status == 200 {
		if !direct {
			c.threads.join(e.Address)
		}
		a.after = func(ctx context.Context) { c.meet(ctx, p.User) }
	}
	return a
}

// partOf reports whether p follows up in a thread the bot takes part in.
func (c *Channel) partOf(ctx context.Context, p post, me string) (bool, error) {
	if p.ThreadTS == "" || p.ThreadTS == p.TS {
		return false, nil
	}
	if me != "" && p.ParentUserID == me {
		return true, nil
	}
	return c.threads.joined(ctx, p.Channel, p.ThreadTS, me)
}

// meet looks a customer up when there is time, for their next message.
func (c *Channel) meet(ctx context.Context, user string) {
	if _, err := c.api.Person(ctx, user); err != nil {
		c.set.Log.Debug("slack: cannot look a customer up", "err", err)
	}
}

// envelope normalises p.
func (c *Channel) envelope(p post, me string, direct bool) core.Envelope {
	address := p.Channel
	switch {
	case p.ThreadTS != "":
		address += "/" + p.ThreadTS
	case !direct:
		address += "/" + p.TS // the answer begins the thread
	}
	e := c.from(p.User, "")
	e.Native, e.Address, e.SentAt = p.Channel+"/"+p.TS, address, tsTime(p.TS)
	e.Parts = c.parts(p, me)
	return e
}

// from begins an envelope of user's; name is what the event says of them.
func (c *Channel) from(user, name string) core.Envelope {
	who := core.Contact{Native: user, Name: name, Level: core.Verified}
	if p, ok := c.api.Known(user); ok {
		who.Name, who.Locale = p.Name, p.Locale
	}
	return core.Envelope{Workspace: c.set.Workspace, Channel: c.set.ID, Bot: c.set.Bot, Contact: who}
}

func (c *Channel) parts(p post, me string) []core.Part {
	var ps []core.Part
	if t := c.limited(strings.TrimSpace(mrkdwn.Plain(withoutMention(p, me)))); t != "" {
		ps = append(ps, core.Part{Text: t})
	}
	for _, f := range p.Files {
		ps = append(ps, f.part())
	}
	if len(ps) == 0 { // a mention without words: somebody opens the chat
		ps = append(ps, core.Part{Kind: core.Signal, Value: core.SignalFollow})
	}
	return ps
}

// withoutMention drops the words that only address the bot.
func withoutMention(p post, me string) string {
	t := strings.TrimSpace(p.Text)
	if me == "" {
		if head, rest, ok := strings.Cut(t, ">"); p.Type == "app_mention" && ok && strings.HasPrefix(head, "<@") {
			return rest
		}
		return t
	}
	before, after, ok := strings.Cut(t, "<@"+me)
	_, after, closed := strings.Cut(after, ">")
	if !ok || !closed {
		return t
	}
	return strings.TrimSpace(strings.TrimRight(before, " ") + " " + strings.TrimLeft(after, " ,:，：、"))
}

func (f file) part() core.Part {
	p := core.Part{Kind: core.File, Name: f.Name, MIME: f.Mimetype, Media: f.ID, Size: f.Size, URL: f.URLPrivate}
	switch kind, _, _ := strings.Cut(f.Mimetype, "/"); kind {
	case "image":
		p.Kind = core.Image
	case "video":
		p.Kind = core.Video
	case "audio":
		p.Kind = core.Voice
		return p // Text is of recognised speech only
	}
	p.Text = f.Name
	if p.Text == "" {
		p.Text = f.Title
	}
	return p
}

// limited cuts s to the bytes a customer's text may have.
func (c *Channel) limited(s string) string {
	n := c.set.MaxText
	if n <= 0 || len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// tsTime is the time a ts stands for.
func tsTime(ts string) time.Time {
	sec, frac, _ := strings.Cut(ts, ".")
	s, _ := strconv.ParseInt(sec, 10, 64)
	us, _ := strconv.ParseInt((frac + "000000")[:6], 10, 64)
	return time.Unix(s, us*1000).UTC()
}
