package storetest

import (
	"errors"
	"time"

	"frontdesk/core"
)

func duplicate(e env) {
	l := e.leased()
	first := e.accept(l, msg("a", "1"))
	r, err := l.Accept(bg, msg("a", "1"))
	if err != nil || r.Fresh || r.Turn != first {
		e.Fatalf("second Accept = %+v, %v", r, err)
	}
	e.commit(l, e.next(l, "1"), e.say(), nil)
	e.next(l, "")
}

func conflict(e env) {
	l := e.leased()
	first := e.accept(l, msg("a", "1"))
	other := msg("a", "1")
	other.Parts = []core.Part{{Text: "another"}}
	_, err := l.Accept(bg, other)
	var c *core.ConflictError
	if !errors.As(err, &c) || c.Turn != first {
		e.Fatalf("Accept = %v, want a conflict with %v", err, first)
	}
	// The refused one left no hole.
	if id := e.accept(l, msg("a", "2")); id.Seq != first.Seq+1 {
		e.Fatalf("seq %d after %d", id.Seq, first.Seq)
	}
}

func scoped(e env) {
	l := e.leased()
	a, b, c := msg("a", "1"), msg("b", "1"), msg("d", "1")
	b.Channel, c.Workspace = "c2", "w2"
	e.accept(l, a)
	e.accept(l, b)
	e.accept(l, c)
}

func exclusive(e env) {
	l := e.leased()
	e.accept(l, msg("a", "1"))
	e.accept(l, msg("a", "2"))
	w := e.next(l, "1")
	e.next(l, "")
	e.accept(l, msg("b", "3"))
	e.next(l, "3")
	e.commit(l, w, e.say("hi"), nil)
	e.next(l, "2")
}

func retry(e env) {
	l := e.leased()
	e.accept(l, msg("a", "1"))
	e.accept(l, msg("a", "2"))
	l.Retry(e.next(l, "1"), e.Now().Add(time.Minute))
	e.next(l, "")
	e.Add(time.Minute)
	if w := e.next(l, "1"); w.Attempt != 2 {
		e.Fatalf("attempt %d, want 2", w.Attempt)
	}
}

func stolen(e env) {
	a := e.leased()
	e.accept(a, msg("a", "1"))
	old := e.next(a, "1")
	e.Add(2 * time.Minute)
	b := e.leased()
	w := e.next(b, "1")
	e.commit(a, old, e.say("old"), core.ErrFenced)
	e.commit(b, w, e.say("new"), nil)
	e.commit(b, w, e.say("twice"), core.ErrFenced)
	evs, err := a.Events(bg, "a", 1, 10)
	if err != nil || len(evs) != 1 || evs[0].Text() != "new" {
		e.Fatalf("said %+v, %v", evs, err)
	}
}

// stolenAndMoved: a turn that lost its partition is not handed over again,
// whatever became of the case.
func stolenAndMoved(e env) {
	a := e.leased()
	e.accept(a, msg("a", "1"))
	old := e.next(a, "1")
	e.Add(2 * time.Minute)
	b := e.leased()
	e.take(b, 1)
	e.commit(a, old, e.say("old"), core.ErrFenced)
	w := e.next(b, "1")
	if w.State.Case.Epoch == 1 { // else b has looked again since
		e.commit(b, w, e.say("too late"), core.ErrStale)
		w = e.next(b, "1")
	}
	e.commit(b, w, e.say(), nil)
}

func died(e env) {
	e.accept(e.handle(), msg("a", "1"))
	for i := range 3 {
		l := e.leased()
		if w := e.next(l, "1"); w.Attempt != i+1 {
			e.Fatalf("attempt %d after %d deaths", w.Attempt, i)
		}
		e.Add(2 * time.Minute)
	}
	l := e.leased()
	if err := l.Release(bg); err != nil { // a drain is no death
		e.Fatal(err)
	}
	if w := e.next(e.leased(), "1"); w.Attempt != 4 {
		e.Fatalf("attempt %d after a drain", w.Attempt)
	}
}
