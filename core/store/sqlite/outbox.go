package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"frontdesk/core"
)

// Claim implements store.Backend. It looks without the writer first: most
// looks find nothing.
func (s *Store) Claim(ctx context.Context, now, until time.Time) (d core.Delivery, err error) {
	for {
		var id int64
		err := s.r.row("due", now.UnixMicro()).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return d, core.ErrNotFound
		} else if err != nil {
			return d, fmt.Errorf("due: %w", err)
		}
		err = s.w.do(ctx, func(t tx) (err error) {
			d.Attempt, err = t.claim(id, now, until)
			return err
		})
		if err != nil {
			return d, err
		}
		if d.Attempt > 0 { // else another was faster, or it was void: look again
			return s.delivery(id, d.Attempt)
		}
	}
}

// claim takes row id and returns its attempt, or 0 if it is not to be had: it
// ended what expired, and what the bot said before a person took over.
func (t tx) claim(id int64, now, until time.Time) (attempt int, err error) {
	var state core.OutState
	var void bool
	var expires, lapses int64
	err = t.row("pending", id).Scan(&state, &void, &expires, &lapses)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && state == core.Taking && lapses > now.UnixMicro():
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("pending: %w", err)
	case void:
		return 0, t.run("end", id, core.Dropped, "a person took over")
	case expires > 0 && expires <= now.UnixMicro():
		return 0, t.run("end", id, core.Buried, "expired before it could be sent")
	}
	err = t.row("claim", id, until.UnixMicro()).Scan(&attempt)
	return attempt, err
}

// ClaimTurn implements store.Backend.
func (s *Store) ClaimTurn(ctx context.Context, turn core.TurnID, now, until time.Time) (out []core.Delivery, err error) {
	ids, err := s.unsent(ctx, turn, now)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	attempts := make([]int, len(ids))
	err = s.w.do(ctx, func(t tx) error {
		for i, id := range ids {
			n, err := t.claim(id, now, until)
			if err != nil {
				return err
			}
			attempts[i] = n
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
		d, err := s.delivery(id, attempts[i])
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// unsent lists the rows up to turn's; none if a sender has one.
func (s *Store) unsent(ctx context.Context, turn core.TurnID, now time.Time) (ids []int64, err error) {
	rows, err := s.r["dueof"].QueryContext(ctx, now.UnixMicro(), turn.Conversation, turn.Seq)
	if err != nil {
		return nil, fmt.Errorf("unsent: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	taken := false
	for rows.Next() {
		var id int64
		var busy bool
		if err := rows.Scan(&id, &busy); err != nil {
			return nil, err
		}
		taken = taken || busy
		ids = append(ids, id)
	}
	if taken {
		ids = nil
	}
	return ids, rows.Err()
}

func (s *Store) delivery(id int64, attempt int) (d core.Delivery, err error) {
	d = core.Delivery{Token: int64(attempt), Attempt: attempt}
	d.Reply, err = s.reply(id)
	return d, err
}

func (s *Store) reply(id int64) (r core.Reply, err error) {
	var body, meta, post []byte
	var seq int64
	var line int
	err = s.r.row("reply", id).Scan(&r.Conversation, &r.Address, &r.Workspace, &r.Channel, &line, &seq, &r.Turn.Seq, &body, &meta, &post, &r.Done)
	if err != nil {
		return r, fmt.Errorf("reply %d: %w", id, err)
	}
	r.ID, r.Turn.Conversation = id, r.Conversation
	if line == lineDesk {
		return s.deskReply(r, post)
	}
	err = json.Unmarshal(body, &r.Event)
	r.Event.Seq, r.Event.Turn = seq, r.Turn.Seq
	if err == nil && len(meta) > 0 {
		var e core.Envelope
		err = json.Unmarshal(meta, &e)
		r.Meta = e.Meta
	}
	return r, err
}

func (s *Store) deskReply(r core.Reply, post []byte) (core.Reply, error) {
	r.Desk = &core.DeskPost{}
	if err := json.Unmarshal(post, r.Desk); err != nil {
		return r, fmt.Errorf("reply %d: %w", r.ID, err)
	}
	r.Channel, r.Address = r.Desk.Ref.Channel, ""
	err := s.r.row("threadof", r.Conversation, r.Desk.Card.Case).Scan(&r.Desk.Ref.Thread)
	if err != nil {
		return r, fmt.Errorf("thread of reply %d: %w", r.ID, err)
	}
	return r, nil
}

// Passive implements store.Backend.
func (s *Store) Passive(ctx context.Context, turn core.TurnID) (out []core.Reply, err error) {
	rows, err := s.r["passive"].QueryContext(ctx, turn.Conversation, core.PassiveNative(turn))
	if err != nil {
		return nil, fmt.Errorf("passive: %w", err)
	}
	ids, err := collect[int64](rows)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		r, err := s.reply(id)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

func collect[T any](rows *sql.Rows) (out []T, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var v T
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// Settle implements store.Backend.
func (s *Store) Settle(ctx context.Context, d core.Delivery, to core.Settlement) error {
	at := micros(to.At)
	if to.To == core.Held {
		at = math.MaxInt64 // out of the senders' way
	}
	return s.w.do(ctx, func(t tx) error {
		var conv int64
		var line int
		err := t.row("finish", d.Reply.ID, d.Token, to.To, at, to.Note, to.Done, to.Native).Scan(&conv, &line)
		if errors.Is(err, sql.ErrNoRows) {
			return core.ErrFenced
		} else if err != nil {
			return fmt.Errorf("finish: %w", err)
		}
		if p := d.Reply.Desk; p != nil && p.Action == core.DeskOpen && to.To == core.Sent {
			return t.run("bind", conv, p.Card.Case, to.Native)
		}
		return nil
	})
}

// Outgoing implements store.Backend.
func (s *Store) Outgoing(ctx context.Context, c core.ConversationID) (_ map[core.OutState]int, err error) {
	rows, err := s.r["outgoing"].QueryContext(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("outgoing: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	out := map[core.OutState]int{}
	for rows.Next() {
		var st core.OutState
		var n int
		if err := rows.Scan(&st, &n); err != nil {
			return nil, err
		}
		out[st] = n
	}
	return out, rows.Err()
}

// Pending implements store.Backend.
func (s *Store) Pending(ctx context.Context) (turns, replies int, oldest time.Time, err error) {
	var at sql.NullString
	if err = s.r["backlog"].QueryRowContext(ctx).Scan(&turns, &replies, &at); err != nil || !at.Valid {
		return turns, replies, oldest, err
	}
	oldest, err = time.Parse(time.RFC3339Nano, at.String)
	return turns, replies, oldest, err
}
