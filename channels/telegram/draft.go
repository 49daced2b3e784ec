package telegram

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"frontdesk/channels"
	"frontdesk/core"
)

var _ channels.Drafting = (*Channel)(nil)

// more ends a message that is still being written.
const more = " …"

// Draft implements channels.Drafting by editMessageText. A draft is plain text:
// half of a markup is none.
func (c *Channel) Draft(ctx context.Context, r core.Reply, native, text string) (string, error) {
	to, err := parseAddress(r.Address)
	if err != nil {
		return "", core.Refused(err)
	}
	if text == "" {
		return "", c.change(ctx, "deleteMessage", native, map[string]any{"chat_id": to.chat})
	}
	m := outgoing{to: to, text: split(text, maxUnits-len(more))[0] + more}
	if native != "" {
		return native, c.change(ctx, "editMessageText", native, m.words())
	}
	if to.chat < 0 {
		m.quote, _ = strconv.ParseInt(r.Meta[metaReply], 10, 64)
	}
	return c.post(ctx, m)
}

// finish makes the message that showed a draft the answer m; false if that
// cannot be, and m must be sent.
func (c *Channel) finish(ctx context.Context, native string, m outgoing) bool {
	err := c.change(ctx, "editMessageText", native, m.words())
	if err != nil && m.marked {
		m.marked = false // the markup may be what was refused
		err = c.change(ctx, "editMessageText", native, m.words())
	}
	if err != nil {
		c.s.Log.Warn("the draft could not become the answer, which is sent anew", "err", err)
		_ = c.change(ctx, "deleteMessage", native, map[string]any{"chat_id": m.to.chat}) // not shown twice, if that can be
	}
	return err == nil
}

// change calls a method on a message that was sent. One that says already what
// it should is no error.
func (c *Channel) change(ctx context.Context, method, native string, kv map[string]any) error {
	id, err := strconv.ParseInt(native, 10, 64)
	if err != nil {
		return fmt.Errorf("message %q is none of Telegram's", native)
	}
	kv["message_id"] = id
	p, err := params(kv)
	if err != nil {
		return err
	}
	err = c.api.call(ctx, method, p, nil)
	if e := (*apiError)(nil); errors.As(err, &e) && strings.Contains(e.text, "message is not modified") {
		return nil
	}
	return err
}
