package storetest

import (
	"time"

	"frontdesk/core"
)

func heldBlocks(e env) {
	l, _ := e.answered(msg("a", "1"), "x", "y")
	e.settle(l, e.claim(l, "x"), core.Held, nil)
	e.Add(time.Hour)
	e.claim(l, "") // y must not overtake x
	e.accept(l, msg("a", "2"))
	e.settle(l, e.claim(l, "x"), core.Sent, nil)
	e.settle(l, e.claim(l, "y"), core.Sent, nil)
}

func pieces(e env) {
	l, _ := e.answered(msg("a", "1"), "long")
	d := e.claim(l, "long")
	if d.Reply.Done != 0 {
		e.Fatalf("done %d before anything was sent", d.Reply.Done)
	}
	if err := l.Settle(bg, d, core.Settlement{To: core.Queued, At: e.Now(), Done: 2, Note: "503"}); err != nil {
		e.Fatal(err)
	}
	if d = e.claim(l, "long"); d.Reply.Done != 2 {
		e.Fatalf("done %d, want 2", d.Reply.Done)
	}
	if err := l.Settle(bg, d, core.Settlement{To: core.Queued, At: e.Now(), Note: "503"}); err != nil {
		e.Fatal(err)
	}
	if d = e.claim(l, "long"); d.Reply.Done != 2 { // what arrived stays arrived
		e.Fatalf("done %d after a failure, want 2", d.Reply.Done)
	}
}

func windowed(native string) core.Envelope {
	m := msg("a", native)
	m.Window, m.Meta = 15*time.Second, map[string]string{"k": native}
	return m
}

func passiveAgain(e env) {
	l, turn := e.answered(windowed("1"), "hi", "there")
	if had, err := l.Passive(bg, turn); err != nil || len(had) != 0 {
		e.Fatalf("Passive before = %+v, %v", had, err)
	}
	ds, err := l.ClaimTurn(bg, turn, time.Minute)
	if err != nil || len(ds) != 2 {
		e.Fatalf("ClaimTurn = %+v, %v", ds, err)
	}
	if ds[0].Reply.Meta["k"] != "1" {
		e.Fatalf("meta %v", ds[0].Reply.Meta)
	}
	for _, d := range ds {
		if err := l.Settle(bg, d, core.Settlement{To: core.Sent, Native: core.PassiveNative(turn)}); err != nil {
			e.Fatal(err)
		}
	}
	had, err := e.handle().Passive(bg, turn) // the platform asks again, another replica
	if err != nil || len(had) != 2 || had[0].Event.Text() != "hi" || had[1].Event.Text() != "there" {
		e.Fatalf("Passive = %+v, %v", had, err)
	}
}

func passiveAll(e env) {
	l, _ := e.answered(windowed("1"), "one")
	second := e.accept(l, windowed("2"))
	e.commit(l, e.next(l, "2"), e.say("two"), nil)
	e.accept(l, windowed("3"))
	e.commit(l, e.next(l, "3"), e.say("three"), nil)
	ds, err := l.ClaimTurn(bg, second, time.Minute)
	if err != nil || len(ds) != 2 || ds[0].Reply.Event.Text() != "one" || ds[1].Reply.Event.Text() != "two" {
		e.Fatalf("ClaimTurn = %+v, %v", ds, err)
	}
}

func staleRequeue(e env) {
	l, _ := e.answered(msg("a", "1"), "x")
	d := e.claim(l, "x")
	e.take(l, 1)
	if err := l.Settle(bg, d, core.Settlement{To: core.Queued, At: e.Now(), Note: "503"}); err != nil {
		e.Fatal(err)
	}
	e.claim(l, "") // a person spoke meanwhile
	e.outgoing(l, map[core.OutState]int{core.Dropped: 1})
}

func backlog(e env) {
	l := e.leased()
	if n, m, at, err := l.Pending(bg); err != nil || n != 0 || m != 0 || !at.IsZero() {
		e.Fatalf("Pending of nothing = %d, %d, %v, %v", n, m, at, err)
	}
	began := e.Now()
	e.accept(l, msg("a", "1"))
	e.Add(time.Minute)
	e.accept(l, msg("b", "2"))
	e.commit(l, e.next(l, "1"), e.say("hi"), nil)
	e.accept(l, msg("a", "3"))
	n, m, at, err := l.Pending(bg)
	if err != nil || n != 2 || m != 1 || !at.Equal(began.Add(time.Minute)) {
		e.Fatalf("Pending = %d, %d, %v, %v", n, m, at, err)
	}
}
