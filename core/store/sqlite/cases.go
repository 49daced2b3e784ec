package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
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
	err = s.w.do(ctx, func(t tx) error {
		h, err := t.whole(m.Conversation)
		if err != nil {
			return err
		}
		if m.Epoch != 0 && m.Epoch != h.st.Case.Epoch {
			return core.ErrStale
		}
		ev := core.Event{Kind: m.Kind, Role: core.System, Key: m.Agent, At: now}
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
	if err := t.row("card", h.conv, before.Case.ID).Scan(&js); err != nil {
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

// Speak implements store.Backend.
func (s *Store) Speak(ctx context.Context, sp core.Speech, now time.Time) (v store.Moved, err error) {
	ws, err := s.workspace(ctx, sp.Conversation)
	if err != nil {
		return v, err
	}
	src, err := s.source(ctx, source{ws, store.SpeechKey(sp)})
	if err != nil {
		return v, err
	}
	digest := core.Envelope{Conversation: sp.Conversation, Parts: sp.Parts}.Digest()
	err = s.w.do(ctx, func(t tx) error {
		h, err := t.whole(sp.Conversation)
		if err != nil {
			return err
		}
		v.Epoch = h.st.Case.Epoch
		if seq, known, err := t.spoken(h, sp, src, digest); known || err != nil {
			v.Seq = seq
			return err
		}
		if sp.Internal {
			return t.run("note", h.conv, h.last, src, sp.Native, digest, sp.Agent, core.JoinText(sp.Parts), now.UnixMicro())
		}
		v, err = t.speak(&h, sp, src, digest, now)
		return err
	})
	return v, err
}

// spoken looks for sp among what was said, and noted, under its id.
func (t tx) spoken(h whole, sp core.Speech, src int64, digest []byte) (seq int64, known bool, err error) {
	var conv int64
	var had []byte
	err = t.row("spoken", src, sp.Native).Scan(&conv, &seq, &had)
	internal := errors.Is(err, sql.ErrNoRows)
	if internal {
		err = t.row("noted", src, sp.Native).Scan(&conv, &had)
	}
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, false, nil
	case err != nil:
		return 0, false, fmt.Errorf("spoken: %w", err)
	case conv != h.conv || internal != sp.Internal || !bytes.Equal(had, digest):
		return seq, true, &core.ConflictError{Native: sp.Native, Turn: core.TurnID{Conversation: sp.Conversation, Seq: seq}}
	}
	return seq, true, nil
}

func (t tx) speak(h *whole, sp core.Speech, src int64, digest []byte, now time.Time) (v store.Moved, err error) {
	if h.st.Case.Mode != core.ByAgent || h.st.Case.Owner != sp.Agent {
		if v, err = t.hand(h, store.Taken(sp, now), now); err != nil {
			return v, err
		}
	}
	h.last++
	v.Epoch, v.Seq = h.st.Case.Epoch, h.last
	ev := store.Spoken(sp, now)
	body, err := json.Marshal(ev)
	if err != nil {
		return v, err
	}
	if err := t.run("say", h.conv, h.last, h.last, body, src, sp.Native, digest); err != nil {
		return v, err
	}
	if err := t.keep(*h, now); err != nil {
		return v, err
	}
	if !h.pull {
		v.Queued = true
		if err := t.run("send", h.conv, lineCustomer, h.last, 0, false, h.st.Case.Epoch, nil, now.UnixMicro(), 0); err != nil {
			return v, err
		}
	}
	if d := h.st.Case.Desk; d.Channel != "" && d.Channel != sp.Surface {
		v.Queued = true
		err = t.desk(*h, core.DeskPost{Action: core.DeskSay, Ref: d, Role: core.Agent, Author: sp.Agent, Parts: sp.Parts,
			Card: core.Card{Case: h.st.Case.ID}}, now)
	}
	return v, err
}

func (s *Store) workspace(ctx context.Context, c core.ConversationID) (w core.WorkspaceID, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT s.workspace FROM conversations c JOIN sources s USING(src) WHERE c.id=?`, c).Scan(&w)
	if errors.Is(err, sql.ErrNoRows) {
		err = core.ErrNotFound
	}
	return w, err
}

// Conversation implements store.Backend.
func (s *Store) Conversation(ctx context.Context, c core.ConversationID) (core.Conversation, error) {
	v, _, err := scanConversation(s.r.row("conversation", c).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return v, core.ErrNotFound
	} else if err != nil {
		return v, fmt.Errorf("conversation: %w", err)
	}
	return v, s.bound(ctx, &v)
}

// bound fills in the thread of v's case.
func (s *Store) bound(ctx context.Context, v *core.Conversation) error {
	v.Desk = v.State.Case.Desk
	if v.Desk.Channel == "" {
		return nil
	}
	return s.r["threadof"].QueryRowContext(ctx, v.ID, v.State.Case.ID).Scan(&v.Desk.Thread)
}

// Conversations implements store.Backend.
func (s *Store) Conversations(ctx context.Context, f core.ListFilter) (out []core.Conversation, next string, err error) {
	before, limit := int64(math.MaxInt64), min(max(f.Limit, 1), 200)
	if f.Cursor != "" {
		if before, err = strconv.ParseInt(f.Cursor, 10, 64); err != nil {
			return nil, "", core.Invalid("cursor %q is none of ours: leave it out to begin anew", f.Cursor)
		}
	}
	query, args := "list", []any{f.Workspace, before, limit + 1}
	switch f.Mode {
	case "":
	case core.ByBot:
		query, args = "listbot", append(args, f.Mode)
	default:
		query, args = "listmode", append(args, f.Mode)
	}
	rows, err := s.r[query].QueryContext(ctx, args...)
	if err != nil {
		return nil, "", fmt.Errorf("conversations: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for last := int64(0); rows.Next(); {
		v, conv, err := scanConversation(rows.Scan)
		if err != nil {
			return nil, "", fmt.Errorf("conversations: %w", err)
		}
		if len(out) == limit {
			next = strconv.FormatInt(last, 10)
			break
		}
		last = conv
		out = append(out, v)
	}
	return out, next, rows.Err()
}

func scanConversation(scan func(...any) error) (v core.Conversation, conv int64, err error) {
	var settled, epoch, updated int64
	var contact, state []byte
	err = scan(&conv, &v.ID, &v.Channel, &v.Address, &v.Bot, &contact, &settled, &epoch, &state, &v.LastSeq, &updated)
	if err != nil {
		return v, 0, err
	}
	if err = json.Unmarshal(contact, &v.Contact); err != nil {
		return v, 0, err
	}
	v.Updated = time.UnixMicro(updated).UTC()
	v.State, err = decodeState(state, settled, epoch)
	v.Desk = v.State.Case.Desk
	return v, conv, err
}

// ByThread implements store.Backend.
func (s *Store) ByThread(ctx context.Context, w core.WorkspaceID, ref core.DeskRef) (c core.ConversationID, err error) {
	err = s.r["bythread"].QueryRowContext(ctx, w, ref.Channel, ref.Room, ref.Thread).Scan(&c)
	if errors.Is(err, sql.ErrNoRows) {
		err = core.ErrNotFound
	}
	return c, err
}
