package mem

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"time"

	"frontdesk/core"
	"frontdesk/core/store"
)

// State implements store.Backend.
func (s *Store) State(_ context.Context, id core.ConversationID) (core.State, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.convs[id]; c != nil {
		return c.state, nil
	}
	return core.State{}, core.ErrNotFound
}

// Move implements store.Backend.
func (s *Store) Move(_ context.Context, m core.Move, now time.Time) (store.Moved, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.convs[m.Conversation]
	switch {
	case c == nil:
		return store.Moved{}, core.ErrNotFound
	case m.Epoch != 0 && c.state.Case.Epoch != m.Epoch:
		return store.Moved{}, core.ErrStale
	}
	return s.hand(c, core.Event{Kind: m.Kind, Role: core.System, Key: m.Agent, Person: m.Who(), At: now}, now), nil
}

// hand moves the case by ev: the next epoch, and nothing the bot had queued.
func (s *Store) hand(c *conv, ev core.Event, now time.Time) store.Moved {
	before := c.state
	c.state = c.state.Apply(ev)
	c.state.Case.Epoch++
	c.updated = now
	v := store.Moved{Epoch: c.state.Case.Epoch, Seq: c.say(ev).Seq}
	for _, r := range s.out {
		if r.conv == c && r.bot && (r.state == core.Queued || r.state == core.Held) {
			r.state = core.Dropped
		}
	}
	if t := c.threads[before.Case.ID]; t != nil {
		s.post(c, store.Redraw(t.card, c.state), now)
		v.Queued = true
	}
	return v
}

// Speak implements store.Backend.
func (s *Store) Speak(_ context.Context, sp core.Speech, now time.Time) (v store.Moved, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.convs[sp.Conversation]
	if c == nil {
		return v, core.ErrNotFound
	}
	v.Epoch = c.state.Case.Epoch
	k := key{c.from.workspace, store.SpeechKey(sp), sp.Native}
	digest := core.Envelope{Conversation: sp.Conversation, Parts: sp.Parts}.Digest()
	if had, ok := s.seen[k]; ok {
		v.Seq = had.turn.Seq
		if had.note != sp.Internal || had.turn.Conversation != c.id || !bytes.Equal(had.digest, digest) {
			return v, &core.ConflictError{Native: sp.Native, Turn: had.turn}
		}
		return v, nil
	}
	if sp.Internal {
		c.notes = append(c.notes, core.Note{After: int64(len(c.events)), Agent: sp.Agent, Text: core.JoinText(sp.Parts), At: now})
	} else {
		v = s.speak(c, sp, now)
	}
	s.seen[k] = known{turn: core.TurnID{Conversation: c.id, Seq: v.Seq}, digest: digest, note: sp.Internal}
	return v, nil
}

func (s *Store) speak(c *conv, sp core.Speech, now time.Time) (v store.Moved) {
	if c.state.Case.Mode != core.ByAgent || c.state.Case.Person != sp.Who() {
		v = s.hand(c, store.Taken(sp, now), now)
	}
	ev := c.say(store.Spoken(sp, now))
	c.events[ev.Seq-1].Turn = ev.Seq
	v.Epoch, v.Seq, c.updated = c.state.Case.Epoch, ev.Seq, now
	if !c.pull {
		s.send(c, ev, false, now, time.Time{})
		v.Queued = true
	}
	if d := c.state.Case.Desk; d.Channel != "" && d.Channel != sp.Surface {
		s.post(c, core.DeskPost{Action: core.DeskSay, Ref: d, Role: core.Agent, Author: sp.Agent, Parts: sp.Parts,
			Card: core.Card{Case: c.state.Case.ID}}, now)
		v.Queued = true
	}
	return v
}

// Conversation implements store.Backend.
func (s *Store) Conversation(_ context.Context, id core.ConversationID) (core.Conversation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.convs[id]; c != nil {
		return c.view(), nil
	}
	return core.Conversation{}, core.ErrNotFound
}

func (c *conv) view() core.Conversation {
	v := core.Conversation{ID: c.id, Channel: c.from.channel, Address: c.from.address, Bot: c.bot, Contact: c.contact, State: c.state,
		LastSeq: int64(len(c.events)), Updated: c.updated, Desk: c.state.Case.Desk}
	if t := c.threads[c.state.Case.ID]; t != nil {
		v.Desk = t.ref
	}
	return v
}

// Conversations implements store.Backend.
func (s *Store) Conversations(_ context.Context, f core.ListFilter) (out []core.Conversation, next string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.order)
	if f.Cursor != "" {
		if before, err = strconv.Atoi(f.Cursor); err != nil || before < 0 || before > len(s.order) {
			return nil, "", core.Invalid("cursor %q is none of ours: leave it out to begin anew", f.Cursor)
		}
	}
	limit := min(max(f.Limit, 1), 200)
	for i, c := range slices.Backward(s.order[:before]) {
		if c.from.workspace != f.Workspace || f.Mode != "" && c.state.Case.Mode != f.Mode {
			continue
		}
		if len(out) == limit {
			return out, strconv.Itoa(i + 1), nil
		}
		out = append(out, c.view())
	}
	return out, "", nil
}

// ByThread implements store.Backend.
func (s *Store) ByThread(_ context.Context, w core.WorkspaceID, ref core.DeskRef) (core.ConversationID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.at(w, ref); c != nil {
		return c.id, nil
	}
	return "", core.ErrNotFound
}

// at finds the conversation whose case a desk keeps at ref, nil if there is none.
func (s *Store) at(w core.WorkspaceID, ref core.DeskRef) *conv {
	for _, c := range s.order {
		for _, t := range c.threads {
			if c.from.workspace == w && t.ref == ref && ref.Thread != "" {
				return c
			}
		}
	}
	return nil
}

// Events implements core.History.
func (s *Store) Events(_ context.Context, id core.ConversationID, after int64, limit int) ([]core.Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.convs[id]
	if c == nil || after >= int64(len(c.events)) {
		return nil, nil
	}
	rest := c.events[max(after, 0):]
	return slices.Clone(rest[:min(limit, len(rest))]), nil
}

// Notes implements core.History.
func (s *Store) Notes(_ context.Context, id core.ConversationID) ([]core.Note, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.convs[id]; c != nil {
		return slices.Clone(c.notes), nil
	}
	return nil, nil
}

// Trace implements core.History.
func (s *Store) Trace(_ context.Context, t core.TurnID) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.turn(t); v != nil {
		return v.trace, nil
	}
	return nil, core.ErrNotFound
}
