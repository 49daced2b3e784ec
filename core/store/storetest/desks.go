package storetest

import (
	"errors"
	"time"

	"frontdesk/core"
)

// handed answers the next message of c by opening a card in ref's room.
func (e env) handed(l core.Ledger, native string, ref core.DeskRef) {
	e.Helper()
	w := e.next(l, native)
	o := e.say()
	o.Events = append(o.Events, core.Event{Kind: core.Handed, Mode: core.Waiting, Key: core.ReasonAsked})
	o.Desk = []core.DeskPost{{Action: core.DeskOpen, Ref: ref, Card: core.Card{Conversation: w.Turn.Conversation}}}
	e.commit(l, w, o, nil)
}

// deskMoves: a case handed over again has a new card, perhaps in another room.
// Until that is shown the old thread is the case's, if it is in the same room.
func deskMoves(e env) {
	l := e.opened()
	e.show(l, core.DeskOpen, "", "171.5")
	back := func() {
		e.Helper()
		if _, err := move(l, "a", 0, core.Returned); err != nil {
			e.Fatal(err)
		}
	}
	back()
	e.show(l, core.DeskUpdate, "171.5", "")
	e.accept(l, msg("a", "2"))
	e.handed(l, "2", room)
	e.thread(l, room, "171.5", "a")
	e.show(l, core.DeskOpen, "171.5", "172.5")
	e.thread(l, room, "171.5", "")
	e.thread(l, room, "172.5", "a")
	back()
	e.show(l, core.DeskUpdate, "172.5", "")
	e.accept(l, msg("a", "3"))
	other := core.DeskRef{Channel: "sl", Room: "C2"}
	e.handed(l, "3", other)
	e.show(l, core.DeskOpen, "", "173.5")
	e.thread(l, other, "173.5", "a")
	e.thread(l, room, "173.5", "")
	if v, err := l.Conversation(bg, "a"); err != nil || v.Desk != (core.DeskRef{Channel: "sl", Room: "C2", Thread: "173.5"}) {
		e.Fatalf("conversation %+v, %v", v, err)
	}
}

// thread wants conversation c at this thread, or none if c is "".
func (e env) thread(l core.Ledger, ref core.DeskRef, thread string, c core.ConversationID) {
	e.Helper()
	ref.Thread = thread
	got, err := l.ByThread(bg, "w", ref)
	if c == "" && errors.Is(err, core.ErrNotFound) {
		return
	}
	if err != nil || got != c {
		e.Fatalf("ByThread(%v) = %q, %v, want %q", ref, got, err, c)
	}
}

// deskTwice: a desk that names one thread twice does not block its line; the
// first case keeps it.
func deskTwice(e env) {
	l := e.opened()
	e.show(l, core.DeskOpen, "", "171.5")
	e.accept(l, msg("b", "2"))
	e.handed(l, "2", room)
	e.show(l, core.DeskOpen, "", "171.5")
	e.thread(l, room, "171.5", "a")
	if _, err := move(l, "b", 0, core.Taken); err != nil {
		e.Fatal(err)
	}
	e.show(l, core.DeskUpdate, "", "")
}

// deskApart: a desk that is away holds up no customer, nor the other way round.
func deskApart(e env) {
	l := e.opened()
	d, err := l.Claim(bg, time.Minute)
	if err != nil || d.Reply.Desk == nil {
		e.Fatalf("Claim = %+v, %v", d, err)
	}
	e.speak(l, speech("s1", "hello"))
	e.claim(l, "hello")
	e.settle(l, d, core.Sent, nil)
	e.show(l, core.DeskUpdate, "", "")
}

// deskHeld: whatever holds a desk's row, the next message frees it.
func deskHeld(e env) {
	l := e.opened()
	d, err := l.Claim(bg, 0)
	if err != nil || d.Reply.Desk == nil {
		e.Fatalf("Claim = %+v, %v", d, err)
	}
	e.settle(l, d, core.Held, nil)
	e.claim(l, "")
	e.accept(l, msg("a", "2"))
	e.show(l, core.DeskOpen, "", "171.5")
}
