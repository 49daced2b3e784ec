package telegram

import (
	"context"
	"errors"
	"time"
)

const (
	// maxConnections is how many updates Telegram may deliver at once (1 to 100);
	// those of one chat come one after the other anyway.
	maxConnections = 40
	firstPause     = time.Second
	longestPause   = time.Minute
)

// Run implements channels.Channel.
func (c *Channel) Run(ctx context.Context) error {
	if c.hooked {
		c.insist(ctx, "setWebhook", map[string]any{
			"url": c.hookURL(), "secret_token": c.cfg.SecretToken,
			"allowed_updates": wanted, "max_connections": maxConnections,
		})
		if ctx.Err() == nil {
			c.s.Log.Info("webhook set", "url", c.hookURL())
		}
		<-ctx.Done()
		return nil
	}
	// Updates that waited for the webhook are kept for the first poll.
	c.insist(ctx, "deleteWebhook", map[string]any{"drop_pending_updates": false})
	c.poll(ctx)
	return nil
}

// insist repeats a call until it succeeds or ctx ends.
func (c *Channel) insist(ctx context.Context, method string, kv map[string]any) {
	p, err := params(kv)
	for try := 0; err == nil && ctx.Err() == nil; try++ {
		if err = c.api.call(ctx, method, p, nil); err == nil {
			return
		}
		c.backOff(ctx, try, err)
		err = nil
	}
	if err != nil { // of params: strings and numbers only, so never
		c.s.Log.Error("telegram setup failed", "method", method, "err", err)
	}
}

// backOff says what went wrong and waits, longer each time or as long as
// Telegram asked.
func (c *Channel) backOff(ctx context.Context, try int, err error) {
	if ctx.Err() != nil {
		return
	}
	d := pauseAfter(try)
	var e *apiError
	if errors.As(err, &e) {
		d, err = max(d, e.After), e.explained()
	}
	c.s.Log.Warn("telegram does not answer as it should, trying again", "err", err, "in", d.String())
	_ = c.wait(ctx, d) // ctx ended: the caller looks
}

// pauseAfter is 1 s after the first failure and doubles up to a minute.
func pauseAfter(try int) time.Duration {
	if try >= 6 {
		return longestPause
	}
	return firstPause << try
}
