package sqlstore

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"frontdesk/core"
	"frontdesk/core/store"
)

// Lease implements store.Backend. What a dead owner may have been running
// counts one attempt: turns wait in memory, so nothing else tells.
func (s *Store) Lease(ctx context.Context, owner string, now, until time.Time, want int, busy []int) (out []store.Lease, err error) {
	n, u := now.UnixMicro(), until.UnixMicro()
	err = s.do(ctx, func(t tx) error {
		if s.shared {
			var err error
			if want, err = t.share(owner, n, u, want, busy); err != nil {
				return err
			}
		}
		err := cmp.Or(t.run("renew", owner, u), t.run("died", owner, n), t.run("free", owner, n), t.run("takeover", owner, u, want))
		if err == nil {
			out, err = t.mine(owner)
		}
		return err
	})
	return out, err
}

// share notes that owner lives until then, and returns how many partitions of
// want are its due among all that live. What it holds beyond that it gives up,
// but for what is busy.
func (t tx) share(owner string, now, until int64, want int, busy []int) (int, error) {
	if err := cmp.Or(t.run("alone"), t.run("beat", owner, until)); err != nil {
		return 0, err
	}
	var living int
	if err := t.row("living", now).Scan(&living); err != nil {
		return 0, fmt.Errorf("living: %w", err)
	}
	due := (want + living - 1) / max(living, 1)
	keep, err := json.Marshal(append([]int{}, busy...))
	if err != nil {
		return 0, err
	}
	return due, t.run("excess", owner, due, string(keep))
}

func (t tx) mine(owner string) (out []store.Lease, err error) {
	rows, err := t.rows("mine", owner)
	if err != nil {
		return nil, fmt.Errorf("leases: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var l store.Lease
		if err := rows.Scan(&l.Part, &l.Fence); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

// Release implements store.Backend.
func (s *Store) Release(ctx context.Context, owner string) error {
	return s.do(ctx, func(t tx) error {
		if s.shared {
			if err := t.run("leave", owner); err != nil {
				return err
			}
		}
		return t.run("giveup", owner)
	})
}

// Unclaim implements store.Backend.
func (s *Store) Unclaim(ctx context.Context) error {
	return s.do(ctx, func(t tx) error { return t.run("unclaim") })
}

// Open implements store.Backend.
func (s *Store) Open(ctx context.Context, parts []int) (out []store.Item, err error) {
	if len(parts) == 0 {
		return nil, nil
	}
	list, err := json.Marshal(parts)
	if err != nil {
		return nil, err
	}
	rows, err := s.db.Ask().Rows(ctx, "open", string(list))
	if err != nil {
		return nil, fmt.Errorf("open turns: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		it, err := scanItem(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("open turn: %w", err)
		}
		out = append(out, it)
	}
	return out, rows.Err()
}

func scanItem(scan func(...any) error) (it store.Item, err error) {
	var settled, epoch int64
	var state, meta, body []byte
	var ev core.Event
	w := &it.Work
	var e core.Envelope
	var workspace, channel, address, native string
	err = scan(&w.Turn.Conversation, &w.Turn.Seq, &it.Prev, &settled, &w.Attempt, &epoch, &state,
		&workspace, &channel, &address, &native, &meta, &body)
	if err != nil {
		return it, err
	}
	if w.State, err = decodeState(state, settled, epoch); err != nil {
		return it, err
	}
	if err = errors.Join(json.Unmarshal(meta, &e), json.Unmarshal(body, &ev)); err != nil {
		return it, err
	}
	e.Workspace, e.Channel, e.Address, e.Native = core.WorkspaceID(workspace), channel, address, native
	e.Conversation, e.Parts = w.Turn.Conversation, ev.Parts
	w.Envelope, w.At = e, ev.At
	return it, nil
}
