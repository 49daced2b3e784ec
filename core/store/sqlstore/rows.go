package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"frontdesk/core"
	"frontdesk/core/store"
)

func decodeState(js []byte, settled, epoch int64) (st core.State, err error) {
	err = json.Unmarshal(js, &st)
	st.Settled, st.Case.Epoch = settled, epoch
	return st, err
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// State implements store.Backend.
func (s *Store) State(_ context.Context, c core.ConversationID) (core.State, error) {
	var settled, epoch int64
	var js []byte
	err := s.ask().row("state", c).Scan(&settled, &epoch, &js)
	if errors.Is(err, sql.ErrNoRows) {
		return core.State{}, core.ErrNotFound
	} else if err != nil {
		return core.State{}, fmt.Errorf("state: %w", err)
	}
	return decodeState(js, settled, epoch)
}

// Events implements core.History.
func (s *Store) Events(ctx context.Context, c core.ConversationID, after int64, limit int) ([]core.Event, error) {
	return s.events(ctx, "events", c, after, limit)
}

// Notes implements core.History.
func (s *Store) Notes(ctx context.Context, c core.ConversationID) (out []core.Note, err error) {
	rows, err := s.db.Ask().Rows(ctx, "notes", c)
	if err != nil {
		return nil, fmt.Errorf("notes: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var n core.Note
		var at int64
		if err := rows.Scan(&n.After, &n.Agent, &n.Text, &at); err != nil {
			return nil, err
		}
		n.At = time.UnixMicro(at).UTC()
		out = append(out, n)
	}
	return out, rows.Err()
}

// Trace implements core.History.
func (s *Store) Trace(ctx context.Context, t core.TurnID) (trace []byte, err error) {
	err = s.db.Ask().Row(ctx, "trace", t.Conversation, t.Seq).Scan(&trace)
	if errors.Is(err, sql.ErrNoRows) {
		err = core.ErrNotFound
	}
	return trace, err
}

// Answer implements store.Backend.
func (s *Store) Answer(ctx context.Context, t core.TurnID) ([]core.Event, bool, error) {
	var conv int64
	var done bool
	var first, final sql.NullInt64
	err := s.ask().row("turn", t.Conversation, t.Seq).Scan(&conv, &done, &first, &final)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, fmt.Errorf("turn %v: %w", t, core.ErrNotFound)
	} else if err != nil || !done || final.Int64 < first.Int64 {
		return nil, done, err
	}
	said, err := s.events(ctx, "range", conv, first.Int64, final.Int64)
	return said, true, err
}

func (s *Store) events(ctx context.Context, query string, args ...any) (out []core.Event, err error) {
	rows, err := s.db.Ask().Rows(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var ev core.Event
		var seq, turn int64
		var body []byte
		if err := rows.Scan(&seq, &turn, &body); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(body, &ev); err != nil {
			return nil, fmt.Errorf("event %d: %w", seq, err)
		}
		ev.Seq, ev.Turn = seq, turn
		out = append(out, ev)
	}
	return out, rows.Err()
}

// Tail implements store.Tailer.
func (s *Store) Tail(ctx context.Context, from int64) (out []store.Change, err error) {
	query, args := "tail", []any{from}
	if from < 0 {
		query, args = "tip", nil
	}
	rows, err := s.db.Ask().Rows(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var c store.Change
		if err := rows.Scan(&c.N, &c.Conversation); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}
