package modeltest

import (
	"time"

	"pgregory.net/rapid"

	"frontdesk/core"
)

// rules are what must hold whatever a store and the model agree on.
type rules struct {
	known map[string]core.TurnID      // by native id
	turns map[core.ConversationID]int // accepted
	last  map[core.ConversationID]int64
	done  map[core.TurnID]int // times committed
	hands map[core.ConversationID]int64
	epoch map[core.ConversationID]int64
	from  map[string]int64 // text to changes of hands before it was committed
	lines map[lineID]*lineState
}

type lineID struct {
	c    core.ConversationID
	line int
}

type lineState struct {
	first int64 // highest row ever claimed
	ended int64 // highest row sent
	busy  map[int64]time.Time
}

func newRules() rules {
	return rules{known: map[string]core.TurnID{}, turns: map[core.ConversationID]int{}, last: map[core.ConversationID]int64{}, done: map[core.TurnID]int{},
		hands: map[core.ConversationID]int64{}, epoch: map[core.ConversationID]int64{}, from: map[string]int64{}, lines: map[lineID]*lineState{}}
}

// accepted: an id is one turn, for ever.
func (u *rules) accepted(r *rapid.T, native string, got core.Receipt) {
	was, ok := u.known[native]
	if ok == got.Fresh || ok && was != got.Turn {
		r.Fatalf("%s was %v (%v) and is %+v", native, was, ok, got)
	}
	if !ok {
		u.turns[got.Turn.Conversation]++
	}
	u.known[native] = got.Turn
}

// handed: a turn is handed over only after those before it were settled.
func (u *rules) handed(r *rapid.T, w core.Work) {
	for _, t := range u.known {
		if t.Conversation == w.Turn.Conversation && t.Seq < w.Turn.Seq && u.done[t] == 0 {
			r.Fatalf("%v was handed over before %v was settled", w.Turn, t)
		}
	}
}

// committed: once, and in order.
func (u *rules) committed(r *rapid.T, w core.Work, o core.Outcome) {
	c := w.Turn.Conversation
	if u.done[w.Turn]++; u.done[w.Turn] > 1 || w.Turn.Seq <= u.last[c] {
		r.Fatalf("%v was committed %d times, last %d", w.Turn, u.done[w.Turn], u.last[c])
	}
	u.last[c] = w.Turn.Seq
	for _, ev := range o.Events {
		if ev.Role == core.BotRole {
			u.from[ev.Text()] = u.hands[c]
		}
	}
}

func (u *rules) moved(c core.ConversationID) { u.hands[c]++ }

// spoke counts a change of hands if the words brought one.
func (u *rules) spoke(c core.ConversationID, epoch int64) {
	if epoch > u.epoch[c] {
		u.hands[c]++
	}
	u.epoch[c] = epoch
}

// claimedOne: a reply leaves after those before it in its line, held by one
// sender, and the bot's not after the case changed hands.
func (u *rules) claimedOne(r *rapid.T, d core.Delivery, now time.Time, span time.Duration) {
	id := lineID{d.Reply.Conversation, line(d.Reply)}
	l := u.lines[id]
	if l == nil {
		l = &lineState{first: -1, ended: -1, busy: map[int64]time.Time{}}
		u.lines[id] = l
	}
	if until := l.busy[d.Reply.ID]; until.After(now) {
		r.Fatalf("reply %d of %v is claimed twice until %v", d.Reply.ID, id, until)
	}
	if d.Reply.ID <= l.ended {
		r.Fatalf("reply %d of %v leaves after %d was sent", d.Reply.ID, id, l.ended)
	}
	if d.Reply.Desk == nil && d.Reply.Event.Role == core.BotRole && u.from[d.Reply.Event.Text()] != u.hands[id.c] {
		r.Fatalf("the bot's %q is sent though the case changed hands since", d.Reply.Event.Text())
	}
	l.busy[d.Reply.ID] = now.Add(span)
}

func (u *rules) settled(r *rapid.T, d core.Delivery, to core.Settlement) {
	l := u.lines[lineID{d.Reply.Conversation, line(d.Reply)}]
	delete(l.busy, d.Reply.ID)
	if to.To == core.Sent {
		if d.Reply.ID <= l.ended {
			r.Fatalf("reply %d was sent after %d", d.Reply.ID, l.ended)
		}
		l.ended = d.Reply.ID
	}
}

// numbered: seq has no gaps.
func (u *rules) numbered(r *rapid.T, c core.ConversationID, evs []core.Event) {
	for i, ev := range evs {
		if ev.Seq != int64(i)+1 {
			r.Fatalf("event %d of %s has seq %d", i+1, c, ev.Seq)
		}
	}
}

// finish lets one replica that lives longest end everything: each accepted
// message is then settled once.
func (w *world) finish(r *rapid.T) {
	w.hands, w.claims, w.poll = nil, nil, -1
	w.now = w.now.Add(time.Hour)
	w.open(0)
	_ = w.both(r, "lease", func(_ int, s *side) error { _, err := s.at[0].Lease(bg, time.Hour, core.Partitions); return err })
	for range 3 * w.n {
		for i, s := range w.sides {
			x, err := s.at[0].Next(&glance{Context: bg})
			if err != nil {
				continue
			}
			if err := s.at[0].Commit(bg, x, core.Outcome{At: w.Now()}); err != nil {
				r.Fatalf("the last commit of %v: %v", x.Turn, err)
			}
			if i == 1 {
				w.committed(r, x, core.Outcome{})
			}
		}
	}
	for native, t := range w.known {
		if w.done[t] != 1 {
			r.Fatalf("%s (%v) was settled %d times", native, t, w.done[t])
		}
	}
	w.look(r)
}
