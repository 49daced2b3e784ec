package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"frontdesk/core"
)

// errUnreadable says that a row can never be sent, however often it is tried.
var errUnreadable = errors.New("what is stored cannot be read")

// Claim implements store.Backend. It looks without the writer first: most
// looks find nothing.
func (s *Store) Claim(ctx context.Context, now, until time.Time) (d core.Delivery, err error) {
	for {
		var id int64
		err := s.ask().row("due", now.UnixMicro()).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return d, core.ErrNotFound
		} else if err != nil {
			return d, fmt.Errorf("due: %w", err)
		}
		attempt := 0
		err = s.do(ctx, func(t tx) (err error) {
			attempt, err = t.claim(id, now, until, false)
			return err
		})
		if err != nil {
			return d, err
		}
		if attempt == 0 { // another was faster, or it was void: look again
			continue
		}
		if d, err = s.delivery(ctx, id, attempt); !errors.Is(err, errUnreadable) {
			return d, err
		}
	}
}

// claim takes row id and returns its attempt, or 0 if it is not to be had: it
// ended what expired, and what the bot said before a person took over. Only a
// handler may have it early, before its time or while it is held.
func (t tx) claim(id int64, now, until time.Time, early bool) (attempt int, err error) {
	var state core.OutState
	var void bool
	var expires, lapses, from int64
	err = t.row("pending", id).Scan(&state, &void, &expires, &lapses, &from)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("pending: %w", err)
	case state == core.Taking && lapses > now.UnixMicro(), !early && from > now.UnixMicro():
		return 0, nil
	case void:
		return 0, t.run("end", id, core.Dropped, "a person took over")
	case expires > 0 && expires <= now.UnixMicro():
		return 0, t.run("end", id, core.Buried, "expired before it could be sent")
	}
	err = t.row("claim", id, until.UnixMicro()).Scan(&attempt)
	return attempt, err
}

// ClaimTurn implements store.Backend. It looks and takes in one transaction: no
// sender comes between.
func (s *Store) ClaimTurn(ctx context.Context, turn core.TurnID, now, until time.Time) (out []core.Delivery, err error) {
	var ids []int64
	var attempts []int
	err = s.do(ctx, func(t tx) (err error) {
		if ids, err = t.unsent(turn, now); err != nil {
			return err
		}
		attempts = make([]int, len(ids))
		for i, id := range ids {
			if attempts[i], err = t.claim(id, now, until, true); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		if attempts[i] == 0 {
			continue
		}
		d, err := s.delivery(ctx, id, attempts[i])
		switch {
		case err == nil:
			out = append(out, d)
		case !errors.Is(err, errUnreadable):
			return nil, err
		}
	}
	return out, nil
}

// unsent lists the head of the customer's line, up to turn's rows; none if a
// sender has one of them. What a person said belongs to no turn.
func (t tx) unsent(turn core.TurnID, now time.Time) (ids []int64, err error) {
	rows, err := t.rows("unsent", turn.Conversation, now.UnixMicro())
	if err != nil {
		return nil, fmt.Errorf("unsent: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id, seq int64
		var busy bool
		if err := rows.Scan(&id, &seq, &busy); err != nil {
			return nil, err
		}
		if seq > turn.Seq {
			break
		}
		if busy {
			return nil, nil
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// delivery reads what was claimed. A row that cannot be read would hold up its
// line for ever: it is buried.
func (s *Store) delivery(ctx context.Context, id int64, attempt int) (d core.Delivery, err error) {
	d = core.Delivery{Token: int64(attempt), Attempt: attempt}
	d.Reply, err = s.reply(id)
	if errors.Is(err, errUnreadable) {
		d.Reply.ID = id
		err = errors.Join(err, s.Settle(ctx, d, core.Settlement{To: core.Buried, Note: err.Error()}))
	}
	return d, err
}
