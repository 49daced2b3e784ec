package slack

import (
	"context"
	"time"
)

// Verify is verify, for tests.
var Verify = verify

// Budget and SetBudget are how long Slack waits at most.
func (c *Channel) Budget() time.Duration { return c.budget }

// SetBudget changes it.
func (c *Channel) SetBudget(d time.Duration) { c.budget = d }

// Self asks Slack who the app's bot is.
func (c *Channel) Self(ctx context.Context) (string, error) {
	s, err := c.api.Self(ctx)
	return s.User, err
}

// Needed is needed, for tests.
var Needed = needed
