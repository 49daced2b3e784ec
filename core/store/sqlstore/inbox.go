package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"frontdesk/core"
	"frontdesk/core/store"
)

var (
	// errKnown undoes an Accept whose message is there already.
	errKnown = errors.New("known")
	// errTaken undoes one whose conversation could not begin or go on.
	errTaken = errors.New("next seq")
)

// source names a configured channel of a workspace.
type source struct {
	workspace core.WorkspaceID
	channel   string
}

// source returns k's row, making it at the first call.
func (s *Store) source(ctx context.Context, k source) (id int64, err error) {
	s.mu.RLock()
	id, ok := s.src[k]
	s.mu.RUnlock()
	if ok {
		return id, nil
	}
	err = s.do(ctx, func(t tx) error { return t.row("source", k.workspace, k.channel).Scan(&id) })
	if err != nil {
		return 0, fmt.Errorf("source: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.src[k] = id
	return id, nil
}

// incoming is an envelope made ready outside the writer, whose time is short.
type incoming struct {
	core.Envelope
	src, at                     int64
	part                        int
	body, meta, contact, digest []byte
	fresh                       []byte // the state of a conversation that begins
}

func (s *Store) prepare(ctx context.Context, e core.Envelope, now time.Time) (in incoming, err error) {
	in = incoming{Envelope: e, at: now.UnixMicro(), part: e.Conversation.Partition(), digest: e.Digest()}
	if in.src, err = s.source(ctx, source{e.Workspace, e.Channel}); err != nil {
		return in, err
	}
	if in.Address == "" {
		in.Address = string(e.Conversation) // a chat without a name of its own
	}
	var errs [4]error
	in.body, errs[0] = json.Marshal(core.Event{Role: core.Customer, Parts: e.Parts, At: now})
	in.meta, errs[1] = json.Marshal(e)
	in.contact, errs[2] = json.Marshal(e.Contact)
	in.fresh, errs[3] = json.Marshal(store.Begin(now))
	return in, errors.Join(errs[:]...)
}

// Locate implements store.Backend.
func (s *Store) Locate(ctx context.Context, e core.Envelope, fresh core.ConversationID, now time.Time) (id core.ConversationID, err error) {
	e.Conversation = fresh
	in, err := s.prepare(ctx, e, now)
	if err != nil {
		return "", err
	}
	err = s.do(ctx, func(t tx) error {
		err := t.row("locate", in.src, in.Address).Scan(&id)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		id = fresh
		n, err := t.count("converse", in.Conversation, in.src, in.Address, in.Bot, in.contact, in.Pull, in.part, in.at, in.fresh)
		if err == nil && n == 0 { // another replica began it meanwhile
			err = t.row("locate", in.src, in.Address).Scan(&id)
		}
		return err
	})
	return id, err
}

// Accept implements store.Backend.
func (s *Store) Accept(ctx context.Context, e core.Envelope, now time.Time) (a store.Accepted, err error) {
	in, err := s.prepare(ctx, e, now)
	if err != nil {
		return a, err
	}
	err = s.do(ctx, func(t tx) (err error) {
		a.Item, err = t.accept(in, now)
		return err
	})
	a.Fresh = err == nil
	switch { // a database may take no more statements where one failed
	case errors.Is(err, errKnown):
		err = s.do(ctx, func(t tx) (err error) {
			a.Work.Turn, err = t.known(in)
			return err
		})
	case errors.Is(err, errTaken):
		cause := err
		err = s.do(ctx, func(t tx) error { return t.taken(in, cause) })
	}
	return a, err
}

func (t tx) accept(in incoming, now time.Time) (it store.Item, err error) {
	var conv, home, seq, settled, epoch int64
	var state []byte
	err = t.row("next", in.Conversation, in.src, in.Address, in.Bot, in.contact, in.Pull, in.part, in.at, in.fresh).
		Scan(&conv, &home, &seq, &it.Prev, &settled, &epoch, &state)
	if err != nil {
		return it, fmt.Errorf("%w: %w", errTaken, err)
	}
	if home != in.src {
		return it, core.Invalid("conversation %s belongs to another channel", in.Conversation)
	}
	n, err := t.count("accept", conv, seq, in.body, in.src, in.Native, in.digest, in.meta, in.part, it.Prev)
	if err != nil {
		return it, err
	}
	if n == 0 {
		return it, errKnown
	}
	it.Work = core.Work{Turn: core.TurnID{Conversation: in.Conversation, Seq: seq}, Envelope: in.Envelope, At: now}
	if it.Work.State, err = decodeState(state, settled, epoch); err != nil {
		return it, err
	}
	if !in.Pull {
		err = t.run("unhold", conv, now.Add(in.Window).UnixMicro())
	}
	if err == nil && it.Work.State.Case.Mode == core.Closed {
		it.Work.State, err = t.reopen(conv, it.Work.State, now)
	}
	return it, err
}

// taken explains why no conversation began: its address may be another's.
func (t tx) taken(in incoming, cause error) error {
	var other core.ConversationID
	if err := t.row("locate", in.src, in.Address).Scan(&other); err == nil && other != in.Conversation {
		return core.Invalid("address %q belongs to another conversation than %s", in.Address, in.Conversation)
	}
	return cause
}

// reopen begins a case. Nobody took over: what the bot had queued stays good.
func (t tx) reopen(conv int64, st core.State, now time.Time) (core.State, error) {
	was := st.Case.Epoch
	st = st.Reopen(core.CaseID(core.NewID(now)))
	js, err := json.Marshal(st)
	if err != nil {
		return st, err
	}
	if err := t.run("carry", conv, st.Case.Epoch, was); err != nil {
		return st, err
	}
	return st, t.run("reopen", conv, st.Case.Epoch, js)
}

func (t tx) known(in incoming) (id core.TurnID, err error) {
	var digest []byte
	err = t.row("known", in.src, in.Native).Scan(&id.Conversation, &id.Seq, &digest)
	if err == nil && !bytes.Equal(digest, in.digest) {
		err = &core.ConflictError{Native: in.Native, Turn: id}
	}
	return id, err
}
