package mem

import (
	"context"
	"time"

	"frontdesk/core"
)

// row is an outbox entry. Its desk flag is its line.
type row struct {
	conv                      *conv
	d                         core.Delivery
	bot                       bool
	epoch                     int64
	state                     core.OutState
	native                    string
	asked                     int64 // the customer's last message when it was claimed
	notBefore, expires, until time.Time
}

func (r *row) desk() bool { return r.d.Reply.Desk != nil }

func (r *row) live() bool {
	return r.state == core.Queued || r.state == core.Held || r.state == core.Taking
}

// due reports whether a sender may have r.
func (r *row) due(now time.Time) bool {
	return !r.notBefore.After(now) && (r.state == core.Queued || r.state == core.Taking && !r.until.After(now))
}

func (s *Store) send(c *conv, ev core.Event, bot bool, at, expires time.Time) {
	r := core.Reply{ID: int64(len(s.out)), Turn: core.TurnID{Conversation: c.id, Seq: ev.Turn}, Workspace: c.from.workspace,
		Channel: c.from.channel, Address: c.from.address, Conversation: c.id, Event: ev}
	if t := c.turns[ev.Turn]; t != nil {
		r.Meta = t.item.Work.Envelope.Meta
	}
	s.out = append(s.out, &row{conv: c, bot: bot, epoch: c.state.Case.Epoch, state: core.Queued, notBefore: at, expires: expires,
		d: core.Delivery{Reply: r}})
}

func (s *Store) post(c *conv, p core.DeskPost, at time.Time) {
	s.out = append(s.out, &row{conv: c, epoch: c.state.Case.Epoch, state: core.Queued, notBefore: at,
		d: core.Delivery{Reply: core.Reply{ID: int64(len(s.out)), Workspace: c.from.workspace, Channel: p.Ref.Channel,
			Conversation: c.id, Turn: core.TurnID{Conversation: c.id}, Desk: &p}}})
}

func (s *Store) unhold(c core.ConversationID, at time.Time) {
	for _, r := range s.out {
		if r.conv.id == c && r.state == core.Held {
			r.state, r.notBefore = core.Queued, at
		}
	}
}

// line is one conversation's replies to one side.
type line struct {
	c    *conv
	desk bool
}

// Claim implements store.Backend.
func (s *Store) Claim(_ context.Context, now, until time.Time) (core.Delivery, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	busy := map[line]bool{}
	for _, r := range s.out {
		l := line{r.conv, r.desk()}
		if r.live() && !busy[l] && r.due(now) && r.claim(now, until) {
			return r.delivery(), nil
		}
		busy[l] = busy[l] || r.live()
	}
	return core.Delivery{}, core.ErrNotFound
}

// claim takes r, unless it is void: then it ends it.
func (r *row) claim(now, until time.Time) bool {
	switch {
	case r.bot && r.epoch < r.conv.state.Case.Epoch:
		r.state = core.Dropped
		return false
	case !r.expires.IsZero() && !r.expires.After(now):
		r.state = core.Buried
		return false
	}
	r.state, r.until, r.asked = core.Taking, until, r.conv.asked
	r.d.Attempt++
	r.d.Token++
	return true
}

func (r *row) delivery() core.Delivery {
	d := r.d
	if p := d.Reply.Desk; p != nil {
		shown := *p
		if t := r.conv.threads[p.Card.Case]; t != nil {
			shown.Ref.Thread = t.ref.Thread
		}
		d.Reply.Desk = &shown
	}
	return d
}

// ClaimTurn implements store.Backend.
func (s *Store) ClaimTurn(_ context.Context, t core.TurnID, now, until time.Time) (out []core.Delivery, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var mine []*row
	for _, r := range s.out {
		if r.conv.id != t.Conversation || r.desk() || !r.live() {
			continue
		}
		if r.d.Reply.Turn.Seq > t.Seq {
			break // what comes after it in the line waits too
		}
		if r.state == core.Taking && r.until.After(now) {
			return nil, nil
		}
		mine = append(mine, r)
	}
	for _, r := range mine {
		if r.claim(now, until) {
			out = append(out, r.delivery())
		}
	}
	return out, nil
}

// Passive implements store.Backend.
func (s *Store) Passive(_ context.Context, t core.TurnID) (out []core.Reply, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.out {
		if r.conv.id == t.Conversation && r.native == core.PassiveNative(t) {
			out = append(out, r.d.Reply)
		}
	}
	return out, nil
}

// Settle implements store.Backend.
func (s *Store) Settle(_ context.Context, d core.Delivery, to core.Settlement) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.out[d.Reply.ID]
	if r.state != core.Taking || r.d.Token != d.Token {
		return core.ErrFenced
	}
	r.state, r.notBefore, r.native = to.To, to.At, to.Native
	if to.To == core.Held && r.asked < r.conv.asked {
		r.state = core.Queued // the customer wrote meanwhile
	}
	r.d.Reply.Done = max(r.d.Reply.Done, to.Done)
	if p := r.d.Reply.Desk; p != nil && p.Action == core.DeskOpen && to.To == core.Sent {
		s.bind(r.conv, p.Card.Case, to.Native)
	}
	return nil
}

// bind keeps the thread a desk began for a case, unless it is another's.
func (s *Store) bind(c *conv, id core.CaseID, thread string) {
	t := c.threads[id]
	ref := t.ref
	ref.Thread = thread
	if s.at(c.from.workspace, ref) == nil {
		t.ref = ref
	}
}

// Outgoing implements store.Backend.
func (s *Store) Outgoing(_ context.Context, c core.ConversationID) (map[core.OutState]int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[core.OutState]int{}
	for _, r := range s.out {
		if r.conv.id == c {
			out[r.state]++
		}
	}
	return out, nil
}

// Pending implements store.Backend.
func (s *Store) Pending(_ context.Context) (turns, replies int, oldest time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.order {
		for _, t := range c.turns {
			if t.done {
				continue
			}
			turns++
			if at := t.item.Work.At; oldest.IsZero() || at.Before(oldest) {
				oldest = at
			}
		}
	}
	for _, r := range s.out {
		if r.live() {
			replies++
		}
	}
	return turns, replies, oldest, nil
}
