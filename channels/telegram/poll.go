package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

const (
	pollTime  = 25 * time.Second // Telegram holds an empty poll this long
	pollSlack = 15 * time.Second // and may take so much longer to say so
	// pollRest keeps a server that does not hold polls from being asked at once.
	pollRest  = 500 * time.Millisecond
	pollBatch = 50 // updates a poll; Telegram gives at most 100
	// turnPause is how often a replica that does not poll looks whether it is its
	// turn.
	turnPause = 200 * time.Millisecond
)

// poll takes updates until ctx ends. The next poll's offset acknowledges what
// was stored, never more: what was not is fetched again. Of several replicas one
// polls: Telegram ends the poll of all but the last.
func (c *Channel) poll(ctx context.Context) {
	var offset int64
	for try := 0; ctx.Err() == nil; {
		if !c.myTurn() {
			try = 0
			_ = c.wait(ctx, turnPause)
			continue
		}
		next, err := c.pollOnce(ctx, offset)
		switch offset = next; {
		case err == nil:
			try = 0
		case c.myTurn(): // else the replica that polls now ended it
			c.backOff(ctx, try, err)
			try++
		}
	}
}

func (c *Channel) myTurn() bool {
	mine := c.s.Gateway.Mine
	return mine == nil || mine("poll "+c.s.ID)
}

// pollOnce fetches and stores one batch. It returns the offset behind the last
// update stored, also with an error.
func (c *Channel) pollOnce(ctx context.Context, offset int64) (int64, error) {
	p, err := params(map[string]any{"offset": offset, "limit": pollBatch,
		"timeout": int(pollTime.Seconds()), "allowed_updates": wanted})
	if err != nil {
		return offset, err
	}
	var batch []json.RawMessage
	began := c.s.Now()
	if err := c.api.callWithin(ctx, pollTime+pollSlack, "getUpdates", p, &batch); err != nil {
		return offset, err
	}
	if len(batch) == 0 && c.s.Now().Sub(began) < pollRest {
		return offset, c.wait(ctx, pollRest)
	}
	for _, raw := range batch {
		if offset, err = c.takeRaw(ctx, raw, offset); err != nil {
			return offset, err
		}
	}
	return offset, nil
}

// takeRaw stores one update of a batch. One that cannot be read would come
// again for ever: it is logged and passed over.
func (c *Channel) takeRaw(ctx context.Context, raw json.RawMessage, offset int64) (int64, error) {
	u, err := parseUpdate(raw)
	if err != nil {
		return c.passOver(raw, offset, err)
	}
	if err := c.take(ctx, u); err != nil {
		return offset, err
	}
	if u.Callback != nil {
		c.stopSpinner(ctx, u.Callback.ID)
	}
	return *u.ID + 1, nil
}

func (c *Channel) passOver(raw json.RawMessage, offset int64, why error) (int64, error) {
	var only struct {
		ID *int64 `json:"update_id"`
	}
	if err := json.Unmarshal(raw, &only); err != nil || only.ID == nil {
		return offset, fmt.Errorf("an update without an id: %w", why)
	}
	c.s.Log.Error("update passed over", "update", *only.ID, "err", why, "bytes", len(raw))
	return *only.ID + 1, nil
}

// stopSpinner is for the customer's eyes only: failing costs nothing.
func (c *Channel) stopSpinner(ctx context.Context, id string) {
	if err := c.api.callWithin(ctx, 5*time.Second, "answerCallbackQuery",
		tgbotapi.Params{"callback_query_id": id}, nil); err != nil && ctx.Err() == nil {
		c.s.Log.Debug("callback not answered", "err", err)
	}
}
