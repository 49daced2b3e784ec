// Package web is the chat on a page: messages in by HTTP or WebSocket, answers
// fetched by waiting, by polling, or as a stream that resumes after any seq.
//
// Nothing is kept here. Who a visitor is travels in a signed token, so a session
// costs no row and any replica can serve it; what was said is the ledger's, and
// a stream is a cursor into it: it re-reads after each hint of news, so a lost
// hint, connection or replica costs time, never a message.
package web

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"frontdesk/channels"
	"frontdesk/core"
)

var (
	_ channels.Channel = (*Channel)(nil)
	_ channels.Hooked  = (*Channel)(nil)
)

// Channel is one web channel. It is safe for concurrent use.
type Channel struct {
	s      channels.Settings
	c      config
	tokens signer
	live   streams
	routes map[string]route
	clock  clock
}

// clock is the time as streams use it; tests replace it.
type clock struct {
	keepAlive func() (tick <-chan time.Time, stop func())
	hello     time.Duration        // a WebSocket's first frame comes within it
	write     time.Duration        // a reader slower than this is cut off
	reconnect func() time.Duration // spreads clients out after a drain
}

// The streams' times: proxies cut connections idle for 30 to 60 s.
const (
	keepAlive = 15 * time.Second
	helloWait = 5 * time.Second
	writeWait = 10 * time.Second
)

// Limits used where the settings give none.
const (
	defaultBody = 1 << 20
	defaultText = 16 << 10
)

// Open builds a web channel. It is a channels.Open.
func Open(s channels.Settings) (channels.Channel, error) {
	cfg, err := load(s.Decode)
	if err != nil {
		return nil, err
	}
	if n := len(cfg.IdentitySecret); n > 0 && n < minSecret {
		s.Log.Warn("identity_secret is short enough to be guessed: use 32 random bytes", "bytes", n)
	}
	if s.MaxBody <= 0 {
		s.MaxBody = defaultBody
	}
	if s.MaxText <= 0 {
		s.MaxText = defaultText
	}
	c := &Channel{s: s, c: cfg, tokens: signer{s: s}, live: newStreams(maxStreams), clock: clock{
		keepAlive: func() (<-chan time.Time, func()) {
			t := time.NewTicker(keepAlive)
			return t.C, t.Stop
		},
		hello:     helloWait,
		write:     writeWait,
		reconnect: func() time.Duration { return time.Second + rand.N(4*time.Second) },
	}}
	c.routes = c.table()
	return c, nil
}

// Run implements channels.Channel: when ctx ends it tells every stream to come
// back later and waits until they have gone.
func (c *Channel) Run(ctx context.Context) error {
	<-ctx.Done()
	c.live.end()
	return nil
}

// Send implements channels.Channel. Visitors fetch their answers, so there is
// never anything to send.
func (c *Channel) Send(context.Context, core.Reply) (string, error) {
	return "", core.Refused(errors.New("web answers are fetched, not sent"))
}

// Hook implements channels.Hooked.
func (c *Channel) Hook() http.Handler { return http.HandlerFunc(c.serve) }
