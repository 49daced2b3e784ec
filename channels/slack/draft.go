package slack

import (
	"context"
	"strings"

	"frontdesk/channels"
	"frontdesk/channels/slack/api"
	"frontdesk/channels/slack/mrkdwn"
	"frontdesk/core"
)

var _ channels.Drafting = (*Channel)(nil)

// Draft implements channels.Drafting by chat.update. A draft is plain text: half
// of a markup is none.
func (c *Channel) Draft(ctx context.Context, r core.Reply, native, text string) (string, error) {
	room, thread, err := parseAddress(r.Address)
	if err != nil {
		return "", core.Refused(err)
	}
	_, ts, _ := strings.Cut(native, "/")
	if text == "" {
		return "", c.api.Delete(ctx, room, ts)
	}
	m := api.Message{Channel: room, Thread: thread, Text: mrkdwn.Split(mrkdwn.Escape(text), mrkdwn.Limit)[0] + " …"}
	if ts != "" {
		return native, c.api.Update(ctx, ts, m)
	}
	if ts, err = c.api.Post(ctx, m); err != nil {
		return "", err
	}
	return room + "/" + ts, nil
}

// finish makes the message that showed a draft the answer m; false if that
// cannot be, and m must be sent.
func (c *Channel) finish(ctx context.Context, native string, m api.Message) bool {
	_, ts, _ := strings.Cut(native, "/")
	err := c.api.Update(ctx, ts, m)
	if err != nil {
		c.set.Log.Warn("the draft could not become the answer, which is sent anew", "err", err)
		_ = c.api.Delete(ctx, m.Channel, ts) // not shown twice, if that can be
	}
	return err == nil
}
