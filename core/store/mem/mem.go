// Package mem keeps a ledger in memory: for tests, and as the shortest
// description of what a Backend does.
package mem

import (
	"bytes"
	"context"
	"sync"
	"time"

	"frontdesk/core"
	"frontdesk/core/store"
)

var _ store.Backend = (*Store)(nil)

type conv struct {
	id      core.ConversationID
	from    chat
	bot     string
	contact core.Contact
	pull    bool
	updated time.Time
	events  []core.Event // seq is the index + 1
	notes   []core.Note
	turns   map[int64]*turn
	asked   int64
	state   core.State
	threads map[core.CaseID]*thread
}

type chat struct {
	workspace        core.WorkspaceID
	channel, address string
}

type thread struct {
	ref  core.DeskRef
	card core.Card
}

type turn struct {
	item  store.Item
	done  bool
	said  []core.Event
	trace []byte
}

// known is what a native id stands for: a message, what a person said, or a note.
type known struct {
	turn   core.TurnID
	digest []byte
	note   bool
}

type key struct {
	workspace       core.WorkspaceID
	channel, native string
}

type part struct {
	owner string
	fence int64
	until time.Time
}

// Store is safe for concurrent use, also by several ledgers.
type Store struct {
	mu    sync.Mutex
	convs map[core.ConversationID]*conv
	order []*conv // as they began
	chats map[chat]*conv
	seen  map[key]known
	parts [core.Partitions]part
	out   []*row

	living map[string]time.Time // replicas, until when; nil for a store that one has alone
}

// New makes an empty store.
func New() *Store {
	return &Store{convs: map[core.ConversationID]*conv{}, chats: map[chat]*conv{}, seen: map[key]known{}}
}

// Close implements store.Backend.
func (s *Store) Close() error { return nil }

// Locate implements store.Backend.
func (s *Store) Locate(_ context.Context, e core.Envelope, fresh core.ConversationID, now time.Time) (core.ConversationID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.chats[chat{e.Workspace, e.Channel, e.Address}]; c != nil {
		return c.id, nil
	}
	e.Conversation = fresh
	return s.begin(e, now).id, nil
}

func (s *Store) begin(e core.Envelope, now time.Time) *conv {
	if e.Address == "" {
		e.Address = string(e.Conversation)
	}
	c := &conv{id: e.Conversation, from: chat{e.Workspace, e.Channel, e.Address}, bot: e.Bot, contact: e.Contact, pull: e.Pull,
		updated: now, turns: map[int64]*turn{}, state: store.Begin(now), threads: map[core.CaseID]*thread{}}
	s.convs[c.id], s.chats[c.from] = c, c
	s.order = append(s.order, c)
	return c
}

// Accept implements store.Backend.
func (s *Store) Accept(_ context.Context, e core.Envelope, now time.Time) (store.Accepted, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := key{e.Workspace, e.Channel, e.Native}
	if had, ok := s.seen[k]; ok {
		if !bytes.Equal(had.digest, e.Digest()) {
			return store.Accepted{}, &core.ConflictError{Native: e.Native, Turn: had.turn}
		}
		return store.Accepted{Item: s.convs[had.turn.Conversation].turns[had.turn.Seq].item}, nil
	}
	c := s.convs[e.Conversation]
	if c == nil {
		if s.chats[chat{e.Workspace, e.Channel, e.Address}] != nil {
			return store.Accepted{}, core.Invalid("address %q belongs to another conversation than %s", e.Address, e.Conversation)
		}
		c = s.begin(e, now)
	}
	if c.from.channel != e.Channel || c.from.workspace != e.Workspace {
		return store.Accepted{}, core.Invalid("conversation %s belongs to another channel", e.Conversation)
	}
	c.bot, c.updated = e.Bot, now
	if e.Contact != (core.Contact{}) {
		c.contact = e.Contact
	}
	if c.state.Case.Mode == core.Closed {
		s.reopen(c, now)
	}
	t := c.accept(e, now)
	s.seen[k] = known{turn: t.item.Work.Turn, digest: e.Digest()}
	if !e.Pull {
		s.unhold(e.Conversation, now.Add(e.Window))
	}
	return store.Accepted{Item: t.item, Fresh: true}, nil
}

// reopen begins a case. Nobody took over: what the bot had queued stays good.
func (s *Store) reopen(c *conv, now time.Time) {
	was := c.state.Case.Epoch
	c.state = c.state.Reopen(core.CaseID(core.NewID(now)))
	for _, r := range s.out {
		if r.conv == c && r.bot && r.epoch == was {
			r.epoch = c.state.Case.Epoch
		}
	}
}

func (c *conv) accept(e core.Envelope, now time.Time) *turn {
	seq := c.say(core.Event{Role: core.Customer, Parts: e.Parts, At: now}).Seq
	c.events[seq-1].Turn = seq
	t := &turn{item: store.Item{Prev: c.asked,
		Work: core.Work{Turn: core.TurnID{Conversation: e.Conversation, Seq: seq}, Envelope: e, State: c.state, At: now}}}
	c.asked, c.turns[seq] = seq, t
	return t
}

// say appends ev under the next seq.
func (c *conv) say(ev core.Event) core.Event {
	ev.Seq = int64(len(c.events)) + 1
	c.events = append(c.events, ev)
	return ev
}

// Commit implements store.Backend.
func (s *Store) Commit(_ context.Context, w core.Work, o core.Outcome) (out store.Committed, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, seq := s.convs[w.Turn.Conversation], w.Turn.Seq
	switch {
	case c == nil || s.parts[w.Turn.Conversation.Partition()].fence != w.Fence || c.state.Settled >= seq:
		return out, core.ErrFenced
	case c.state.Case.Epoch != w.State.Case.Epoch, c.state.Settled != w.State.Settled:
		return out, core.ErrStale
	}
	out.State = store.After(w, o)
	out.Said = store.Replies(o, seq, int64(len(c.events))+1)
	c.state, c.updated = out.State, o.At
	for _, ev := range out.Said {
		c.say(ev)
		if !c.pull && ev.Kind == core.Said {
			s.send(c, ev, ev.Role == core.BotRole, w.At.Add(w.Envelope.Window), w.Envelope.Expires)
			out.Queued = true
		}
	}
	for _, p := range store.DeskPosts(out.State, o) {
		if p.Action == core.DeskOpen {
			c.open(out.State.Case.ID, p)
		}
		s.post(c, p, o.At)
		out.Queued = true
	}
	t := c.turns[seq]
	t.done, t.said, t.trace = true, out.Said, o.Trace
	return out, nil
}

// open keeps the card of case id. A thread it has in the same room stays its
// own until the new card is shown.
func (c *conv) open(id core.CaseID, p core.DeskPost) {
	t := &thread{ref: p.Ref, card: p.Card}
	if had := c.threads[id]; had != nil && had.ref.Channel == p.Ref.Channel && had.ref.Room == p.Ref.Room {
		t.ref = had.ref
	}
	c.threads[id] = t
}

// Answer implements store.Backend.
func (s *Store) Answer(_ context.Context, t core.TurnID) ([]core.Event, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.turn(t); v != nil {
		return v.said, v.done, nil
	}
	return nil, false, core.ErrNotFound
}

func (s *Store) turn(t core.TurnID) *turn {
	if c := s.convs[t.Conversation]; c != nil {
		return c.turns[t.Seq]
	}
	return nil
}
