package app

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"frontdesk/channels"
	"frontdesk/channels/runner"
	"frontdesk/configs"
	"frontdesk/core"
	"frontdesk/core/engine"
)

// callTimeout bounds one call of a platform; Telegram's long poll brings its
// own.
const callTimeout = 20 * time.Second

// specs are the channels of cfg, each with what it may use of the house.
func (a *App) specs(cfg *configs.Config) []runner.Spec {
	out := make([]runner.Spec, len(cfg.Channels))
	for i, c := range cfg.Channels {
		out[i] = runner.Spec{Kind: c.Type, Digest: c.Digest, Settings: channels.Settings{
			ID: c.ID, Bot: c.Bot, Workspace: core.DefaultWorkspace, PublicURL: cfg.Server.PublicURL,
			MaxBody: int64(cfg.Limits.Body), MaxText: int(cfg.Limits.Text), MaxFile: int64(cfg.Limits.File),
			Rooms: c.Rooms, Decode: c.Decode, Gateway: a.gateway(), HTTP: client(c.Type, c.Proxy.Reveal()),
			Log: a.log.With("channel", c.ID), Now: a.o.Now, Secret: a.store.Secret,
		}}
	}
	return out
}

// client goes through the channel's proxy, else through the environment's. Chinese
// platforms are not to be reached by a way around China that others need.
func client(kind, proxy string) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	if kind == "wechat" || kind == "wecom" {
		t.Proxy = nil
	}
	if u, err := url.Parse(proxy); err == nil && proxy != "" { // configs has checked it
		t.Proxy = http.ProxyURL(u)
	}
	return &http.Client{Transport: t, Timeout: callTimeout}
}

// gateway is the house as channels see it.
func (a *App) gateway() channels.Gateway {
	l := a.ledger
	return channels.Gateway{Accept: l.Accept, Await: l.Await, ClaimTurn: l.ClaimTurn, Passive: l.Passive, Settle: l.Settle,
		Locate: l.Locate, Events: l.Events, Watch: l.Watch, Follow: a.bus.Follow, Mine: l.Mine, OnDesk: engine.OnDesk(l),
		IsThread: func(ctx context.Context, w core.WorkspaceID, ref core.DeskRef) (bool, error) {
			return engine.IsThread(ctx, l, w, ref)
		}}
}

// Reload applies the configuration as it is now. A bad one changes nothing.
func (a *App) Reload(ctx context.Context) error {
	if a.o.Reload == nil {
		return core.Invalid("there is no configuration file to read again")
	}
	a.building.Lock()
	defer a.building.Unlock()
	cfg, err := a.o.Reload()
	if err != nil {
		return err
	}
	if cfg.DataDir != a.cfg.DataDir || cfg.Server.Addr != a.cfg.Server.Addr {
		return core.Invalid("data_dir and server.addr change with a restart only; nothing was changed")
	}
	bots, err := a.buildBots(ctx, cfg)
	if err != nil {
		return err
	}
	if err := a.runner.Apply(ctx, a.specs(cfg)); err != nil {
		return fmt.Errorf("channels: %w", err)
	}
	a.setBots(cfg, bots)
	before := embeddingSettings(a.latest)
	a.latest = cfg
	if now := embeddingSettings(cfg); now != before {
		a.later.Go(func(ctx context.Context) { a.changeMeaning(ctx, now) })
	}
	return nil
}
