package storetest

import (
	"errors"
	"time"

	"frontdesk/core"
)

func (e env) take(l core.Ledger, epoch int64) int64 {
	e.Helper()
	n, err := l.Move(bg, core.Move{Conversation: "a", Epoch: epoch, Kind: core.Taken, Agent: "ann"})
	if err != nil || n != epoch+1 {
		e.Fatalf("Take = %d, %v", n, err)
	}
	return n
}

func stale(e env) {
	l := e.leased()
	turn := e.accept(l, msg("a", "1"))
	w := e.next(l, "1")
	e.take(l, w.State.Case.Epoch)
	e.commit(l, w, e.say("too late"), core.ErrStale)
	w = e.next(l, "1") // again, and now it sees who holds the case
	if w.State.Case.Mode != core.ByAgent || w.Attempt != 1 {
		e.Fatalf("work %+v", w)
	}
	e.commit(l, w, e.say(), nil)
	said, err := l.Await(bg, turn)
	if err != nil || len(said) != 0 {
		e.Fatalf("said %+v, %v", said, err)
	}
}

// early: what a turn learnt is not overwritten by one that had not read it.
func early(e env) {
	l := e.leased()
	e.accept(l, msg("a", "1"))
	e.accept(l, msg("a", "2"))
	w := e.next(l, "1")
	o := e.say("hi")
	o.Events = append(o.Events, core.Event{Kind: core.Slot, Key: "k", Parts: []core.Part{{Text: "v"}}})
	e.commit(l, w, o, nil)
	old := e.next(l, "2")
	old.State = w.State
	e.commit(l, old, e.say("ho"), core.ErrStale)
	again := e.next(l, "2")
	if again.State.Slots["k"] != "v" {
		e.Fatalf("state %+v", again.State)
	}
	e.commit(l, again, e.say("ho"), nil)
}

func takeDrops(e env) {
	l := e.leased()
	e.accept(l, msg("a", "1"))
	w := e.next(l, "1")
	e.commit(l, w, e.say("x", "y"), nil)
	d, err := l.Claim(bg, time.Minute)
	if err != nil {
		e.Fatal(err)
	}
	e.take(l, w.State.Case.Epoch)
	e.settle(l, d, core.Sent, nil) // it was on its way already
	e.outgoing(l, map[core.OutState]int{core.Sent: 1, core.Dropped: 1})
	e.settle(l, d, core.Queued, core.ErrFenced) // what is sent stays sent
}

// takeDropsHeld: nor does what waits for the customer hold up the person.
func takeDropsHeld(e env) {
	l, _ := e.answered(msg("a", "1"), "x")
	e.settle(l, e.claim(l, "x"), core.Held, nil)
	e.take(l, 1)
	e.outgoing(l, map[core.OutState]int{core.Dropped: 1})
}

func move(l core.Ledger, c core.ConversationID, epoch int64, kind string) (int64, error) {
	return l.Move(bg, core.Move{Conversation: c, Epoch: epoch, Kind: kind, Agent: "bob"})
}

func moves(e env) {
	l := e.leased()
	e.accept(l, msg("a", "1"))
	n := e.take(l, 1)
	if _, err := move(l, "a", 1, core.Taken); !errors.Is(err, core.ErrStale) {
		e.Fatalf("second Take = %v", err)
	}
	if _, err := move(l, "a", 1, core.Returned); !errors.Is(err, core.ErrStale) {
		e.Fatalf("stale Return = %v", err)
	}
	n, err := move(l, "a", n, core.Returned)
	if err != nil {
		e.Fatal(err)
	}
	if _, err = move(l, "a", n, core.Resolved); err != nil {
		e.Fatal(err)
	}
	if _, err = move(l, "nobody", 1, core.Taken); !errors.Is(err, core.ErrNotFound) {
		e.Fatalf("Take of nothing = %v", err)
	}
	evs, err := l.Events(bg, "a", 1, 10)
	if err != nil || len(evs) != 3 || evs[2].Kind != core.Resolved || evs[2].Seq != 4 {
		e.Fatalf("events %+v, %v", evs, err)
	}
}

func reopen(e env) {
	l := e.leased()
	e.accept(l, msg("a", "1"))
	w := e.next(l, "1")
	e.commit(l, w, e.say("hi"), nil)
	if _, err := move(l, "a", 1, core.Resolved); err != nil {
		e.Fatal(err)
	}
	e.accept(l, msg("a", "2"))
	again := e.next(l, "2")
	c := again.State.Case
	if c.ID == w.State.Case.ID || c.Mode != core.ByBot || c.Epoch != 3 {
		e.Fatalf("case %+v", c)
	}
	e.commit(l, again, e.say("hi again"), nil)
}
