package storetest

import (
	"context"
	"errors"
	"time"

	"frontdesk/core"
)

// reopenVoidsNothing: an answer given after a person closed the case is still
// on its way when the customer writes again. Nobody took over: it arrives.
func reopenVoidsNothing(e env) {
	l := e.leased()
	e.accept(l, msg("a", "1"))
	w := e.next(l, "1")
	if _, err := move(l, "a", 0, core.Resolved); err != nil {
		e.Fatal(err)
	}
	e.commit(l, w, e.say("x", "y"), core.ErrStale)
	e.commit(l, e.next(l, "1"), e.say("x", "y"), nil)
	d := e.claim(l, "x")
	e.accept(l, msg("a", "2"))
	e.settle(l, d, core.Queued, nil) // it was at the platform when the case reopened
	e.settle(l, e.claim(l, "x"), core.Sent, nil)
	e.accept(l, msg("a", "3"))
	e.take(l, 3) // but a person who takes the new case silences the bot as ever
	e.claim(l, "")
	e.outgoing(l, map[core.OutState]int{core.Sent: 1, core.Dropped: 1})
}

// reopenRevivesNothing: what a person's taking the case made void stays so,
// however often the case changes hands after.
func reopenRevivesNothing(e env) {
	l, _ := e.answered(msg("a", "1"), "x")
	d := e.claim(l, "x")
	e.take(l, 1)
	if _, err := move(l, "a", 0, core.Resolved); err != nil {
		e.Fatal(err)
	}
	e.accept(l, msg("a", "2"))
	e.settle(l, d, core.Queued, nil)
	e.claim(l, "")
	e.outgoing(l, map[core.OutState]int{core.Dropped: 1})
}

// heldForHandler: what the next message frees is left to who answers it first.
func heldForHandler(e env) {
	l, _ := e.answered(msg("a", "1"), "hi")
	e.settle(l, e.claim(l, "hi"), core.Held, nil)
	e.accept(l, windowed("2"))
	e.Add(14 * time.Second)
	e.claim(l, "")
	e.Add(time.Second)
	e.claim(l, "hi")
}

// pulled: where answers are fetched, nothing waits to be sent.
func pulled(e env) {
	m := msg("a", "1")
	m.Pull = true
	l, turn := e.answered(m, "hi")
	e.speak(l, speech("s1", "hello"))
	e.claim(l, "")
	e.outgoing(l, map[core.OutState]int{})
	if said, err := l.Await(bg, turn); err != nil || len(said) != 1 {
		e.Fatalf("said %+v, %v", said, err)
	}
}

// systemSurvives: only the bot's own words are void once a person has the case.
func systemSurvives(e env) {
	l := e.leased()
	e.accept(l, msg("a", "1"))
	o := e.say("x", "your number is 7")
	o.Events[1].Role = core.System
	e.commit(l, e.next(l, "1"), o, nil)
	e.take(l, 1)
	e.settle(l, e.claim(l, "your number is 7"), core.Sent, nil)
	e.outgoing(l, map[core.OutState]int{core.Sent: 1, core.Dropped: 1})
}

// speakers: whoever speaks has the case, a person without a name too.
func speakers(e env) {
	l := e.leased()
	e.accept(l, msg("a", "1"))
	for i, who := range []string{"", "ann", "bob", "ann"} {
		s := speech(who+string(rune('0'+i)), "hi")
		s.Agent = who
		if seq := e.speak(l, s); seq != int64(2*i+3) {
			e.Fatalf("%q has seq %d: it was not taken", who, seq)
		}
		if v, err := l.Conversation(bg, "a"); err != nil || v.State.Case.Owner != who || v.State.Case.Mode != core.ByAgent {
			e.Fatalf("conversation %+v, %v", v, err)
		}
	}
}

// heldTooLate: the customer wrote while a reply was being refused, so that
// what it is held for has come already.
func heldTooLate(e env) {
	l, _ := e.answered(msg("a", "1"), "hi")
	d := e.claim(l, "hi")
	e.accept(l, msg("a", "2"))
	e.settle(l, d, core.Held, nil)
	d = e.claim(l, "hi")
	e.settle(l, d, core.Held, nil)
	e.claim(l, "")
}

// prefix: a handler takes the head of the line or nothing. What a person says
// belongs to no turn; it does not overtake a later turn's reply.
func prefix(e env) {
	l, first := e.answered(windowed("1"), "one")
	ds, err := l.ClaimTurn(bg, first, time.Minute)
	if err != nil || len(ds) != 1 {
		e.Fatalf("ClaimTurn = %+v, %v", ds, err)
	}
	e.settle(l, ds[0], core.Sent, nil)
	second := e.accept(l, windowed("2"))
	e.commit(l, e.next(l, "2"), e.say("two"), nil)
	if ds, err = l.ClaimTurn(bg, second, time.Minute); err != nil || len(ds) != 1 {
		e.Fatalf("ClaimTurn = %+v, %v", ds, err)
	}
	e.speak(l, speech("s1", "hello"))
	if got, err := l.ClaimTurn(bg, first, time.Minute); err != nil || len(got) != 0 {
		e.Fatalf("ClaimTurn past a reply under way = %+v, %v", got, err)
	}
	if got, err := l.ClaimTurn(bg, second, time.Minute); err != nil || len(got) != 0 {
		e.Fatalf("ClaimTurn of a reply under way = %+v, %v", got, err)
	}
	e.settle(l, ds[0], core.Sent, nil)
	if got, err := l.ClaimTurn(bg, first, time.Minute); err != nil || len(got) != 1 || got[0].Reply.Event.Text() != "hello" {
		e.Fatalf("ClaimTurn = %+v, %v", got, err)
	}
}

// drainedRetry: a running turn that fails is left to others; who waits for it
// is let go, not kept until their time is up.
func drainedRetry(e env) {
	l := e.leased()
	turn := e.accept(l, msg("a", "1"))
	w := e.next(l, "1")
	l.Drain()
	ctx, cancel := context.WithTimeout(bg, 5*time.Second)
	defer cancel()
	got := make(chan error, 1)
	go func() { _, err := l.Await(ctx, turn); got <- err }()
	select {
	case err := <-got:
		e.Fatalf("Await of a running turn = %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	l.Retry(w, e.Now())
	if err := <-got; !errors.Is(err, core.ErrDraining) {
		e.Fatalf("Await of a turn left to others = %v", err)
	}
	if w, err := l.Next(ctx); !errors.Is(err, core.ErrDraining) {
		e.Fatalf("Next after Drain = %v, %v", w.Turn, err)
	}
}

// nameless: chats without a name must not become one conversation.
func nameless(e env) {
	l := e.leased()
	m := core.Envelope{Workspace: "w", Channel: "c", Native: "1", Parts: []core.Part{{Text: "1"}}}
	var in *core.InputError
	if _, err := l.Accept(bg, m); !errors.As(err, &in) {
		e.Fatalf("Accept without an address = %v, want an InputError", err)
	}
	if c, err := l.Locate(bg, m); !errors.As(err, &in) {
		e.Fatalf("Locate without an address = %q, %v, want an InputError", c, err)
	}
}

// occupied: an address is one conversation, also for who brings an id of their own.
func occupied(e env) {
	l := e.leased()
	m := core.Envelope{Workspace: "w", Channel: "c", Address: "chat-7", Native: "1", Parts: []core.Part{{Text: "1"}}}
	first := e.accept(l, m)
	m.Native, m.Conversation = "2", "mine"
	var in *core.InputError
	if _, err := l.Accept(bg, m); !errors.As(err, &in) {
		e.Fatalf("Accept = %v, want an InputError", err)
	}
	m.Conversation = "" // the refused one left nothing behind
	if second := e.accept(l, m); second.Conversation != first.Conversation || second.Seq != 2 {
		e.Fatalf("turns %v and %v", first, second)
	}
}
