package sqlstore

import (
	"context"
	"time"
)

// ClaimRow takes a row that was seen to be due a while ago.
func (s *Store) ClaimRow(ctx context.Context, id int64, now, until time.Time) (attempt int, err error) {
	err = s.do(ctx, func(t tx) (err error) {
		attempt, err = t.claim(id, now, until, false)
		return err
	})
	return attempt, err
}
