// Package wechat connects a WeChat Official Account.
//
// # Answers
//
// The platform calls the webhook and cuts the connection after 5 seconds; it
// calls at most three times, 5 seconds apart, until it gets a complete answer.
// So a message is stored first, once per MsgId, and every one of its deliveries
// waits for the same turn, at most 4.5 seconds. Whoever sees the turn committed
// claims its replies and writes them as the one text the platform allows. A
// delivery whose time runs out gets no answer as long as another is to come:
// an empty one would end the platform's tries. The last says "success", and
// the answer follows as a customer-service message if the account may send
// those; else it is held until the customer writes again, or taps the link they
// are shown.
//
// A reply is written before it is settled. A crash in between lets it be sent
// again; a repetition of the MsgId after it proves that it did not arrive, and
// the same text goes again.
//
// # The SDK
//
// Signatures, encryption, message types and the API's calls come from
// silenceper/wechat. Its HTTP client is a global: Install makes it one that
// takes account, base URL, token and proxy from the call's context, so that
// accounts do not meet there and no token is part of any URL it may quote in an
// error. Its server is not used: it checks no freshness, takes plaintext on an
// encrypted account and cannot be stopped.
package wechat

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"frontdesk/channels"
	"frontdesk/core"
)

var (
	_ channels.Channel = (*Channel)(nil)
	_ channels.Hooked  = (*Channel)(nil)
	_ channels.Checked = (*Channel)(nil)
)

const defaultMaxBody = 1 << 20

// Channel is one Official Account.
type Channel struct {
	channels.Settings
	cfg config
	api *api

	// passiveUntil is until when (Unix nanoseconds) the account is known to have
	// no right to send customer-service messages; see mayPush.
	passiveUntil atomic.Int64
}

// Open builds the channel; see channels.Open. Install must have been called.
func Open(s channels.Settings) (channels.Channel, error) {
	cfg := config{Mode: modeAuto, Encryption: encryptionAuto}
	if err := s.Decode(&cfg); err != nil {
		return nil, err
	}
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if s.MaxBody <= 0 {
		s.MaxBody = defaultMaxBody
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	a, err := newAPI(cfg, s.HTTP, s.Now)
	if err != nil {
		return nil, err
	}
	if cfg.Token == "" {
		s.Log.Warn("token is missing: every webhook call is refused until it is set")
	}
	return &Channel{Settings: s, cfg: cfg, api: a}, nil
}

// Run implements channels.Channel: the platform calls us, there is nothing to
// do but wait.
func (c *Channel) Run(ctx context.Context) error {
	c.Log.Info("webhook ready", "url", strings.TrimRight(c.PublicURL, "/")+"/webhooks/wechat/"+c.ID,
		"mode", c.cfg.Mode, "encryption", c.cfg.Encryption)
	<-ctx.Done()
	return nil
}

// Hook implements channels.Hooked.
func (c *Channel) Hook() http.Handler { return http.HandlerFunc(c.serve) }

// passiveOnly reports whether the account can answer only when called.
func (c *Channel) passiveOnly() bool { return !c.mayPush() }

// mayPush reports whether customer-service messages are worth a try.
func (c *Channel) mayPush() bool {
	switch c.cfg.Mode {
	case modeActive:
		return true
	case modeAuto:
		return c.Now().UnixNano() >= c.passiveUntil.Load()
	}
	return false
}

// window is how long background senders leave a reply alone, because a delivery
// of the message may fetch it.
func (c *Channel) window(in inbound) time.Duration {
	if c.cfg.Mode == modeActive || !in.fetches() {
		return 0
	}
	return window
}

// contact is who writes. The platform signs its calls, so the openid is
// verified: it is the same person as before. It says nothing of their name.
func contact(openid string) core.Contact {
	return core.Contact{Native: openid, Level: core.Verified}
}
