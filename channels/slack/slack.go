// Package slack connects a Slack app: customers write to it in direct
// messages and threads, and people work their cases in its desk rooms.
//
// One app, two roles, first match: an event in a thread that is a case's
// belongs to the desk; so does everything in a desk room; the rest is
// customers'. Slack calls Hook over HTTP, or, with an app_token, the channel
// opens a Socket Mode connection in Run; both do the same. A post is known by
// its channel and ts, not by Slack's event_id: a mention arrives as two events
// with ids of their own, and still is one message.
package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"frontdesk/channels"
	"frontdesk/channels/slack/api"
	"frontdesk/channels/slack/desk"
	"frontdesk/core"
)

var (
	_ channels.Channel = (*Channel)(nil)
	_ channels.Hooked  = (*Channel)(nil)
	_ channels.Desked  = (*Channel)(nil)
	_ channels.Checked = (*Channel)(nil)
)

type config struct {
	BotToken      string `yaml:"bot_token"`
	SigningSecret string `yaml:"signing_secret"`
	AppToken      string `yaml:"app_token"`
	APIBaseURL    string `yaml:"api_base_url"`
}

// Channel is one Slack app in one workspace.
type Channel struct {
	set     channels.Settings
	conf    config
	api     *api.Client
	desk    *desk.Desk
	threads *threads
	rooms   map[string]bool
	// budget bounds what is done before Slack is answered; Slack waits 3 s.
	budget time.Duration

	selfMu sync.Mutex
	self   api.Self // who the app's bot is, once it was asked
}

// Open builds the channel; it does not touch the network.
func Open(s channels.Settings) (channels.Channel, error) {
	var conf config
	if err := s.Decode(&conf); err != nil {
		return nil, err
	}
	if err := conf.check(); err != nil {
		return nil, err
	}
	fill(&s)
	a := api.New(api.Config{Token: conf.BotToken, AppToken: conf.AppToken, Base: conf.APIBaseURL, HTTP: s.HTTP, Now: s.Now})
	c := &Channel{set: s, conf: conf, api: a, threads: newThreads(a, s.Now), rooms: map[string]bool{},
		budget: 2500 * time.Millisecond}
	c.desk = desk.New(desk.Config{Channel: s.ID, Workspace: s.Workspace, API: a, OnDesk: s.Gateway.OnDesk,
		MaxText: s.MaxText, Log: s.Log, Now: s.Now})
	for _, r := range s.Rooms {
		c.rooms[r] = true
	}
	return c, nil
}

// fill gives what was left out its default.
func fill(s *channels.Settings) {
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.HTTP == nil {
		s.HTTP = &http.Client{Timeout: 10 * time.Second}
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.MaxBody <= 0 {
		s.MaxBody = 1 << 20
	}
}

func (c *config) check() error {
	c.BotToken, c.AppToken = strings.TrimSpace(c.BotToken), strings.TrimSpace(c.AppToken)
	c.SigningSecret = strings.TrimSpace(c.SigningSecret)
	switch {
	case c.BotToken == "":
		return core.Invalid("bot_token is empty: copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions")
	case strings.HasPrefix(c.BotToken, "xapp-"):
		return core.Invalid("bot_token holds an app-level token (xapp-…): that one is app_token")
	case strings.HasPrefix(c.BotToken, "xoxp-"):
		return core.Invalid("bot_token holds a user token (xoxp-…): copy the Bot User OAuth Token (xoxb-…)")
	case strings.HasPrefix(c.AppToken, "xox"):
		return core.Invalid("app_token must be an app-level token (xapp-…) with the scope connections:write")
	}
	return nil
}

// Desk implements channels.Desked.
func (c *Channel) Desk() core.Desk { return c.desk }

// Run implements channels.Channel.
func (c *Channel) Run(ctx context.Context) error {
	if c.conf.SigningSecret == "" && c.conf.AppToken == "" {
		c.set.Log.Warn("slack: neither signing_secret nor app_token is set: nothing can be received")
	}
	if c.conf.AppToken != "" {
		return c.socket(ctx)
	}
	<-ctx.Done()
	return nil
}

// needed are the scopes the channel cannot do without.
func needed() []string {
	return []string{"chat:write", "chat:write.customize", "im:history", "im:write", "app_mentions:read",
		"channels:history", "channels:read", "users:read", "reactions:write", "commands", "files:read"}
}

// Check implements channels.Checked.
func (c *Channel) Check(ctx context.Context) error {
	self, err := c.api.Self(ctx)
	if err != nil {
		return err
	}
	var errs []error
	if miss := missing(self.Scopes); len(miss) > 0 {
		errs = append(errs, fmt.Errorf("the app lacks the scopes %s: add them under OAuth & Permissions and reinstall it", strings.Join(miss, ", ")))
	}
	if c.conf.SigningSecret == "" && c.conf.AppToken == "" {
		errs = append(errs, errors.New("signing_secret is empty: copy it from Basic Information, or set app_token for Socket Mode"))
	}
	if c.conf.AppToken != "" {
		errs = append(errs, c.api.Socket(ctx))
	}
	for room := range c.rooms {
		in, err := c.api.Member(ctx, room)
		if err == nil && !in {
			err = fmt.Errorf("the app is not in the desk room %s: type /invite @the-app there", room)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func missing(granted []string) []string {
	if granted == nil {
		return nil // Slack did not say
	}
	have := map[string]bool{}
	for _, s := range granted {
		have[s] = true
	}
	var out []string
	for _, s := range needed() {
		if !have[s] {
			out = append(out, s)
		}
	}
	return out
}

// me is the app's own user id: as the event says, else asked for once, else "".
func (c *Channel) me(ctx context.Context, auths []authorization) string {
	for _, a := range auths {
		if a.IsBot && a.UserID != "" {
			return a.UserID
		}
	}
	c.selfMu.Lock()
	defer c.selfMu.Unlock()
	if c.self.User == "" {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		self, err := c.api.Self(ctx)
		if err != nil {
			c.set.Log.Warn("slack: cannot tell the app's own name", "err", err)
			return ""
		}
		c.self = self
	}
	return c.self.User
}
