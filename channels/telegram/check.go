package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// recent is how long a failed delivery is still worth telling of.
const recent = time.Hour

type hookInfo struct {
	URL       string `json:"url"`
	Pending   int    `json:"pending_update_count"`
	LastError string `json:"last_error_message"`
	LastDate  int64  `json:"last_error_date"` // Unix seconds
}

// Check implements channels.Checked: is the token good, and can updates arrive?
func (c *Channel) Check(ctx context.Context) error {
	var me account
	if err := c.api.call(ctx, "getMe", nil, &me); err != nil {
		return explain(err)
	}
	var h hookInfo
	if err := c.api.call(ctx, "getWebhookInfo", nil, &h); err != nil {
		return explain(err)
	}
	return c.judge(h)
}

// explain adds the cause and the cure to err.
func explain(err error) error {
	var e *apiError
	if !errors.As(err, &e) {
		return err
	}
	if e.Code == 0 {
		return fmt.Errorf("the Bot API cannot be reached: check the network, the channel's proxy and api_base_url (%w)", e)
	}
	return e.explained()
}

// judge says what is wrong with the webhook as Telegram has it.
func (c *Channel) judge(h hookInfo) error {
	switch {
	case h.URL == "": // polling, or not started yet
		return nil
	case !c.hooked:
		return fmt.Errorf("a webhook to %s is set, so polling gets nothing: it is removed when this channel starts; if another program uses the bot, give each its own", host(h.URL))
	case h.URL != c.hookURL():
		return fmt.Errorf("the webhook points to %s, not here: it is replaced when this channel starts; if another program uses the bot, give each its own", host(h.URL))
	case h.LastError != "" && c.s.Now().Sub(at(h.LastDate)) < recent:
		return fmt.Errorf("telegram could not deliver (%s, %d updates waiting): can server.public_url be reached from outside, with a valid certificate?",
			c.api.redact(h.LastError), h.Pending)
	}
	return nil
}

// host is u without its path, which may hold a secret.
func host(u string) string {
	p, err := url.Parse(u)
	if err != nil || p.Host == "" {
		return "another address"
	}
	return p.Scheme + "://" + p.Host
}
