package telegram

import (
	"context"
	"sync/atomic"
)

// self is who the bot is. Its id is part of the token; its name is asked for
// once, when a group makes it matter, since opening stays off the network.
type self struct {
	ID   int64
	turn chan struct{} // one asks, the others wait for its answer
	name *atomic.Pointer[string]
}

func newSelf(id int64) self {
	return self{ID: id, turn: make(chan struct{}, 1), name: new(atomic.Pointer[string])}
}

type account struct {
	ID       int64  `json:"id"`
	Username string `json:"username"`
}

// username is the bot's, without @.
func (c *Channel) username(ctx context.Context) (string, error) {
	if n := c.self.name.Load(); n != nil {
		return *n, nil
	}
	select {
	case c.self.turn <- struct{}{}:
		defer func() { <-c.self.turn }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if n := c.self.name.Load(); n != nil {
		return *n, nil
	}
	var me account
	if err := c.api.call(ctx, "getMe", nil, &me); err != nil {
		return "", err
	}
	c.self.name.Store(&me.Username)
	return me.Username, nil
}
