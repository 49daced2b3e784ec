// Package api is the part of Slack's Web API the channel and its desk use. It
// turns failures into core.SendError with a cause and a cure a person can act
// on, and keeps the tokens out of them.
package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"frontdesk/channels/slack/recall"
)

// Client calls Slack as the app's bot. Safe for concurrent use.
type Client struct {
	sdk     *slack.Client
	secrets []string
	people  *recall.Memory[Person]
	chats   *recall.Memory[string]
}

// Config is what a Client needs. Base is the API's address, "" for Slack's own.
type Config struct {
	Token, AppToken, Base string
	HTTP                  *http.Client
	Now                   func() time.Time
}

// Person is somebody in the workspace.
type Person struct {
	ID     string
	Name   string
	Locale string // BCP 47
}

// New makes a client; it does not touch the network.
func New(c Config) *Client {
	base := slack.APIURL
	if c.Base != "" {
		base = strings.TrimRight(c.Base, "/") + "/" // the SDK appends the method's name
	}
	return &Client{
		sdk: slack.New(c.Token, slack.OptionAPIURL(base), slack.OptionHTTPClient(c.HTTP),
			slack.OptionAppLevelToken(c.AppToken)),
		secrets: []string{c.Token, c.AppToken},
		people:  recall.New[Person](2000, time.Hour, c.Now),
		chats:   recall.New[string](2000, 24*time.Hour, c.Now),
	}
}

// SDK is for Socket Mode, which runs on it.
func (c *Client) SDK() *slack.Client { return c.sdk }

// Message is one message to show.
type Message struct {
	Channel string
	Thread  string // ts of the root, "" for none
	Text    string // mrkdwn; with Blocks it is what notifications show
	Blocks  []slack.Block
	As      string // author's name instead of the app's, needs chat:write.customize
	Icon    string // ":speech_balloon:"
	// Broadcast shows a thread's message in the channel too, so that it notifies.
	Broadcast bool
}

func (m Message) options() []slack.MsgOption {
	o := []slack.MsgOption{slack.MsgOptionText(m.Text, false),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl()}
	if m.Thread != "" {
		o = append(o, slack.MsgOptionTS(m.Thread))
		if m.Broadcast {
			o = append(o, slack.MsgOptionBroadcast())
		}
	}
	if len(m.Blocks) > 0 {
		o = append(o, slack.MsgOptionBlocks(m.Blocks...))
	}
	if m.As != "" {
		o = append(o, slack.MsgOptionUsername(m.As))
	}
	if m.Icon != "" {
		o = append(o, slack.MsgOptionIconEmoji(m.Icon))
	}
	return o
}

// Post shows m and returns its ts.
func (c *Client) Post(ctx context.Context, m Message) (ts string, err error) {
	_, ts, err = c.sdk.PostMessageContext(ctx, m.Channel, m.options()...)
	return ts, c.fault("chat.postMessage", err)
}

// Update redraws the message ts.
func (c *Client) Update(ctx context.Context, ts string, m Message) error {
	_, _, _, err := c.sdk.UpdateMessageContext(ctx, m.Channel, ts, m.options()...)
	return c.fault("chat.update", err)
}

// Delete removes a message; one that is gone is no error.
func (c *Client) Delete(ctx context.Context, channel, ts string) error {
	_, _, err := c.sdk.DeleteMessageContext(ctx, channel, ts)
	return c.fault("chat.delete", except(err, "message_not_found"))
}

// Whisper shows m to user alone; it is gone when they reload.
func (c *Client) Whisper(ctx context.Context, user string, m Message) error {
	_, err := c.sdk.PostEphemeralContext(ctx, m.Channel, user, m.options()...)
	return c.fault("chat.postEphemeral", err)
}

// React adds the emoji to a message; one that is there already stays.
func (c *Client) React(ctx context.Context, channel, ts, emoji string) error {
	err := c.sdk.AddReactionContext(ctx, emoji, slack.NewRefToMessage(channel, ts))
	return c.fault("reactions.add", except(err, "already_reacted"))
}

// Unreact takes the app's emoji away, if it is there.
func (c *Client) Unreact(ctx context.Context, channel, ts, emoji string) error {
	err := c.sdk.RemoveReactionContext(ctx, emoji, slack.NewRefToMessage(channel, ts))
	return c.fault("reactions.remove", except(err, "no_reaction"))
}

// OpenView shows a modal to whoever made trigger, at most 3 s ago.
func (c *Client) OpenView(ctx context.Context, trigger string, v slack.ModalViewRequest) error {
	_, err := c.sdk.OpenViewContext(ctx, trigger, v)
	return c.fault("views.open", err)
}

// Known returns the person if they were looked up within the hour.
func (c *Client) Known(id string) (Person, bool) { return c.people.Get(id) }

// Person looks id up, remembering people for an hour.
func (c *Client) Person(ctx context.Context, id string) (Person, error) {
	if p, ok := c.people.Get(id); ok {
		return p, nil
	}
	u, err := c.sdk.GetUserInfoContext(ctx, id)
	if err != nil {
		return Person{ID: id, Name: id}, c.fault("users.info", err)
	}
	p := Person{ID: id, Locale: u.Locale, Name: firstOf(u.Profile.DisplayName, u.RealName, u.Profile.RealName, u.Name, id)}
	c.people.Put(id, p)
	return p, nil
}

// Chat returns the id of the direct chat with user.
func (c *Client) Chat(ctx context.Context, user string) (string, error) {
	if id, ok := c.chats.Get(user); ok {
		return id, nil
	}
	ch, _, _, err := c.sdk.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{user}})
	if err != nil {
		return "", c.fault("conversations.open", err)
	}
	c.chats.Put(user, ch.ID)
	return ch.ID, nil
}

// Replies returns the first messages of a thread, its root included.
func (c *Client) Replies(ctx context.Context, channel, root string) ([]slack.Message, error) {
	ms, _, _, err := c.sdk.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
		ChannelID: channel, Timestamp: root, Limit: 100})
	return ms, c.fault("conversations.replies", err)
}

// Self is the app's own bot.
type Self struct {
	User, Bot, Team string
	Scopes          []string // granted; nil if Slack did not say
}

// Self asks who the token belongs to.
func (c *Client) Self(ctx context.Context) (Self, error) {
	r, err := c.sdk.AuthTestContext(ctx)
	if err != nil {
		return Self{}, c.fault("auth.test", err)
	}
	s := Self{User: r.UserID, Bot: r.BotID, Team: r.Team}
	if v := r.Header.Get("X-OAuth-Scopes"); v != "" {
		for scope := range strings.SplitSeq(v, ",") {
			s.Scopes = append(s.Scopes, strings.TrimSpace(scope))
		}
	}
	return s, nil
}

// Member reports whether the bot is in channel.
func (c *Client) Member(ctx context.Context, channel string) (bool, error) {
	ch, err := c.sdk.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: channel})
	if err != nil {
		return false, c.fault("conversations.info", err)
	}
	return ch.IsMember, nil
}

// Socket asks for a Socket Mode address and throws it away: the token works.
func (c *Client) Socket(ctx context.Context) error {
	_, _, err := c.sdk.StartSocketModeContext(ctx)
	return c.fault("apps.connections.open", err)
}

func firstOf(ss ...string) string {
	for _, s := range ss {
		if s != "" {
			return s
		}
	}
	return ""
}
