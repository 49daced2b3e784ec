// Package telegram connects a Telegram bot.
//
// Messages come in by webhook or by long polling, answers go out by the Bot
// API. Nothing is kept here: an update is acknowledged (200, or the next
// poll's offset) only after the ledger has it, so a crash at any moment makes
// Telegram deliver it again, and the ledger knows it by its update_id.
//
// The SDK is from 2021: it knows no secret token, no forum topics and no
// contexts. So updates are decoded into this package's own structs, and the
// SDK's MakeRequest is called through a client bound to a context (api.go).
//
// Decisions:
//   - Updates carry no signed time. Telegram keeps them for 24 hours while we
//     are away, so an old message is accepted and answered like a new one.
//   - An edit of words within 15 minutes is a new message, marked in Meta;
//     other edits (live locations, link previews) are acknowledged and dropped.
//   - In groups only what is meant for the bot is taken: a mention, an answer
//     to one of its messages, a command, a pressed button.
//   - A message of another bot, a channel post and a service message are
//     acknowledged and dropped.
package telegram

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"frontdesk/channels"
)

// Channel is one bot. It is safe for concurrent use.
type Channel struct {
	s      channels.Settings
	cfg    config
	hooked bool // updates come by webhook, not by polling
	api    api
	self   self
	wait   func(ctx context.Context, d time.Duration) error // replaced by tests
}

var (
	_ channels.Channel = (*Channel)(nil)
	_ channels.Hooked  = (*Channel)(nil)
	_ channels.Checked = (*Channel)(nil)
	_ channels.Open    = Open
)

// Open builds the channel of s. It stays off the network.
func Open(s channels.Settings) (channels.Channel, error) {
	cfg, err := decode(s)
	if err != nil {
		return nil, err
	}
	s = filled(s)
	id, _ := strconv.ParseInt(strings.SplitN(cfg.Token, ":", 2)[0], 10, 64) // its form was checked
	return &Channel{
		s: s, cfg: cfg, hooked: cfg.hooked(s.PublicURL),
		api:  newAPI(s.HTTP, cfg.APIBaseURL, cfg.Token, cfg.SecretToken),
		self: newSelf(id), wait: pause,
	}, nil
}

// filled gives what a caller may leave out.
func filled(s channels.Settings) channels.Settings {
	if s.HTTP == nil {
		s.HTTP = &http.Client{}
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.MaxBody <= 0 {
		s.MaxBody = 1 << 20
	}
	return s
}

// pause waits for d, or for ctx to end: then it returns its error.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// hookURL is where Telegram is told to deliver.
func (c *Channel) hookURL() string {
	return c.s.PublicURL + "/webhooks/telegram/" + url.PathEscape(c.s.ID)
}
