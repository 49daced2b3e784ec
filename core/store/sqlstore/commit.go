package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"frontdesk/core"
	"frontdesk/core/store"
)

// outgoing is an outcome made ready outside the writer.
type outgoing struct {
	w     core.Work
	o     core.Outcome
	state core.State
	js    []byte
	posts []core.DeskPost
	texts [][]byte // posts as JSON
	card  []byte   // of the case opened, nil if none was
}

func prepareOut(w core.Work, o core.Outcome) (out outgoing, err error) {
	out = outgoing{w: w, o: o, state: store.After(w, o)}
	out.posts = store.DeskPosts(out.state, o)
	for _, p := range out.posts {
		text, err := json.Marshal(p)
		if err != nil {
			return out, err
		}
		out.texts = append(out.texts, text)
		if p.Action == core.DeskOpen {
			if out.card, err = json.Marshal(p.Card); err != nil {
				return out, err
			}
		}
	}
	out.js, err = json.Marshal(out.state)
	return out, err
}

// Commit implements store.Backend.
func (s *Store) Commit(ctx context.Context, w core.Work, o core.Outcome) (c store.Committed, err error) {
	out, err := prepareOut(w, o)
	if err != nil {
		return c, err
	}
	err = s.do(ctx, func(t tx) (err error) {
		c, err = t.commit(out, s.shared)
		return err
	})
	c.State = out.state
	return c, err
}

func (t tx) commit(out outgoing, shared bool) (c store.Committed, err error) {
	w, o := out.w, out.o
	said := store.Replies(o, w.Turn.Seq, 0)
	var conv, last int64
	err = t.row("settle", len(said), w.Turn.Seq, out.js, w.Turn.Conversation, w.State.Case.Epoch, w.Fence, w.State.Settled,
		out.state.Case.Mode, o.At.UnixMicro()).Scan(&conv, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return c, t.why(w)
	} else if err != nil {
		return c, fmt.Errorf("settle: %w", err)
	}
	first := last - int64(len(said)) + 1
	c.Said = store.Replies(o, w.Turn.Seq, first)
	c.Queued = len(said) > 0 && !w.Envelope.Pull || len(out.posts) > 0
	if err := t.run("close", conv, w.Turn.Seq, first, last, o.Trace); err != nil {
		return c, err
	}
	if shared && len(said) == 0 && out.state.Case.Mode != w.State.Case.Mode {
		if err := t.run("retell", conv, w.Turn.Seq); err != nil { // the case may wait for people of another replica
			return c, err
		}
	}
	for _, ev := range c.Said {
		if err := t.say(conv, ev); err != nil {
			return c, err
		}
		if err := t.send(conv, w, ev, o); err != nil {
			return c, err
		}
	}
	return c, t.post(conv, out)
}

// post queues what the desk is shown.
func (t tx) post(conv int64, out outgoing) error {
	if out.card != nil {
		d := out.state.Case.Desk
		if err := t.run("thread", conv, out.state.Case.ID, d.Channel, d.Room, out.card); err != nil {
			return err
		}
	}
	for _, text := range out.texts {
		err := t.run("send", conv, lineDesk, 0, out.w.Turn.Seq, false, out.state.Case.Epoch, text, out.o.At.UnixMicro(), 0)
		if err != nil {
			return err
		}
	}
	return nil
}

// why explains a commit that met nothing.
func (t tx) why(w core.Work) error {
	var stale bool
	err := t.row("why", w.Turn.Conversation, w.State.Case.Epoch, w.Turn.Seq, w.Fence, w.State.Settled).Scan(&stale)
	switch {
	case err != nil:
		return fmt.Errorf("settle: %w", err)
	case stale:
		return core.ErrStale
	}
	return core.ErrFenced
}

func (t tx) say(conv int64, ev core.Event) error {
	body, err := json.Marshal(ev)
	if err != nil {
		return err
	}
	return t.run("say", conv, ev.Seq, ev.Turn, body, nil, nil, nil)
}

// The lines of the outbox.
const (
	lineCustomer = 0
	lineDesk     = 1
)

// send queues ev unless its channel fetches answers: there, commit is delivery.
// Changes of hands are for channels that show them; platforms get words only.
func (t tx) send(conv int64, w core.Work, ev core.Event, o core.Outcome) error {
	if w.Envelope.Pull || ev.Kind != core.Said {
		return nil
	}
	return t.run("send", conv, lineCustomer, ev.Seq, ev.Turn, ev.Role == core.BotRole, w.State.Case.Epoch, nil,
		w.At.Add(w.Envelope.Window).UnixMicro(), micros(w.Envelope.Expires))
}
