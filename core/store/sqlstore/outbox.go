package sqlstore

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

func (s *Store) reply(id int64) (r core.Reply, err error) {
	var body, meta, post []byte
	var seq int64
	var line int
	err = s.ask().row("reply", id).Scan(&r.Conversation, &r.Address, &r.Workspace, &r.Channel, &line, &seq, &r.Turn.Seq, &body, &meta, &post, &r.Done)
	if err != nil {
		return r, fmt.Errorf("reply %d: %w", id, err)
	}
	r.ID, r.Turn.Conversation = id, r.Conversation
	if line == lineDesk {
		return s.deskReply(r, post)
	}
	err = unmarshal(id, body, &r.Event)
	r.Event.Seq, r.Event.Turn = seq, r.Turn.Seq
	if err == nil && len(meta) > 0 {
		var e core.Envelope
		err = unmarshal(id, meta, &e)
		r.Meta = e.Meta
	}
	return r, err
}

func unmarshal(id int64, js []byte, into any) error {
	if err := json.Unmarshal(js, into); err != nil {
		return fmt.Errorf("reply %d: %w: %w", id, errUnreadable, err)
	}
	return nil
}

func (s *Store) deskReply(r core.Reply, post []byte) (core.Reply, error) {
	r.Desk = &core.DeskPost{}
	if err := unmarshal(r.ID, post, r.Desk); err != nil {
		return r, err
	}
	r.Channel, r.Address = r.Desk.Ref.Channel, ""
	err := s.ask().row("threadof", r.Conversation, r.Desk.Card.Case).Scan(&r.Desk.Ref.Thread)
	if err != nil && !errors.Is(err, sql.ErrNoRows) { // without a thread it is the desk's to refuse
		return r, fmt.Errorf("thread of reply %d: %w", r.ID, err)
	}
	return r, nil
}

// Passive implements store.Backend.
func (s *Store) Passive(ctx context.Context, turn core.TurnID) (out []core.Reply, err error) {
	rows, err := s.db.Ask().Rows(ctx, "passive", turn.Conversation, core.PassiveNative(turn))
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
	return s.do(ctx, func(t tx) error {
		var conv int64
		var wrote bool          // the customer, since the claim
		if to.To == core.Held { // one who writes right now frees it, or is seen here
			if _, err := t.whole(d.Reply.Conversation); err != nil {
				return err
			}
		}
		err := t.row("finish", d.Reply.ID, d.Token, to.To, at, to.Note, to.Done, to.Native).Scan(&conv, &wrote)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return core.ErrFenced
		case err != nil:
			return fmt.Errorf("finish: %w", err)
		case wrote && to.To == core.Held: // what it would be held for has come
			return t.run("unhold", conv, 0)
		}
		if p := d.Reply.Desk; p != nil && p.Action == core.DeskOpen && to.To == core.Sent {
			return t.run("bind", conv, p.Card.Case, to.Native)
		}
		return nil
	})
}

// Outgoing implements store.Backend.
func (s *Store) Outgoing(ctx context.Context, c core.ConversationID) (_ map[core.OutState]int, err error) {
	rows, err := s.db.Ask().Rows(ctx, "outgoing", c)
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
	if err = s.db.Ask().Row(ctx, "backlog").Scan(&turns, &replies, &at); err != nil || !at.Valid {
		return turns, replies, oldest, err
	}
	oldest, err = time.Parse(time.RFC3339Nano, at.String)
	return turns, replies, oldest, err
}
