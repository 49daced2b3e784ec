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

// whole is a conversation as a change of hands reads it.
type whole struct {
	conv, last int64
	pull       bool
	st         core.State
}

func (t tx) whole(c core.ConversationID) (h whole, err error) {
	var settled, epoch int64
	var js []byte
	err = t.row("whole", c).Scan(&h.conv, &h.last, &settled, &epoch, &h.pull, &js)
	if errors.Is(err, sql.ErrNoRows) {
		return h, core.ErrNotFound
	} else if err != nil {
		return h, fmt.Errorf("conversation: %w", err)
	}
	h.st, err = decodeState(js, settled, epoch)
	return h, err
}

// Move implements store.Backend.
func (s *Store) Move(ctx context.Context, m core.Move, now time.Time) (v store.Moved, err error) {
	err = s.do(ctx, func(t tx) error {
		h, err := t.whole(m.Conversation)
		if err != nil {
			return err
		}
		if m.Epoch != 0 && m.Epoch != h.st.Case.Epoch {
			return core.ErrStale
		}
		ev := core.Event{Kind: m.Kind, Role: core.System, Key: m.Agent, Person: m.Who(), At: now}
		v, err = t.hand(&h, ev, now)
		return err
	})
	return v, err
}

// hand moves the case by ev: the next epoch, and nothing the bot had queued.
func (t tx) hand(h *whole, ev core.Event, now time.Time) (v store.Moved, err error) {
	before := h.st
	h.st = h.st.Apply(ev)
	h.st.Case.Epoch++
	h.last++
	ev.Seq = h.last
	v = store.Moved{Epoch: h.st.Case.Epoch, Seq: ev.Seq}
	if err := t.keep(*h, now); err != nil {
		return v, err
	}
	if err := t.say(h.conv, ev); err != nil {
		return v, err
	}
	if err := t.run("drop", h.conv); err != nil {
		return v, err
	}
	v.Queued, err = t.redraw(*h, before, now)
	return v, err
}

func (t tx) keep(h whole, now time.Time) error {
	js, err := json.Marshal(h.st)
	if err != nil {
		return err
	}
	return t.run("move", h.conv, h.last, h.st.Case.Epoch, js, h.st.Case.Mode, now.UnixMicro())
}

// redraw queues the case's card as it is now, if a desk shows one.
func (t tx) redraw(h whole, before core.State, now time.Time) (bool, error) {
	if before.Case.Desk.Channel == "" {
		return false, nil
	}
	var js []byte
	err := t.row("card", h.conv, before.Case.ID).Scan(&js)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil // nothing to redraw must not keep a person from the case
	} else if err != nil {
		return false, fmt.Errorf("card: %w", err)
	}
	var card core.Card
	if err := json.Unmarshal(js, &card); err != nil {
		return false, fmt.Errorf("card: %w", err)
	}
	return true, t.desk(h, store.Redraw(card, h.st), now)
}

func (t tx) desk(h whole, p core.DeskPost, now time.Time) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return t.run("send", h.conv, lineDesk, 0, 0, false, h.st.Case.Epoch, text, now.UnixMicro(), 0)
}
