package storetest

import (
	"errors"
	"maps"
	"time"

	"frontdesk/core"
)

func (e env) settle(l core.Ledger, d core.Delivery, to core.OutState, want error) {
	e.Helper()
	if err := l.Settle(bg, d, core.Settlement{To: to, At: e.Now()}); !errors.Is(err, want) {
		e.Fatalf("Settle(%s) = %v, want %v", to, err, want)
	}
}

func (e env) outgoing(l core.Ledger, want map[core.OutState]int) {
	e.Helper()
	got, err := l.Outgoing(bg, "a")
	if err != nil || !maps.Equal(got, want) {
		e.Fatalf("Outgoing = %v, %v, want %v", got, err, want)
	}
}

// claim wants the reply with this text, or none if text is "".
func (e env) claim(l core.Ledger, text string) core.Delivery {
	e.Helper()
	d, err := l.Claim(bg, time.Minute)
	if text == "" && errors.Is(err, core.ErrNotFound) {
		return d
	}
	if err != nil || text == "" || d.Reply.Event.Text() != text {
		e.Fatalf("Claim = %q, %v, want %q", d.Reply.Event.Text(), err, text)
	}
	return d
}

// answered is a ledger with one turn answered so.
func (e env) answered(m core.Envelope, texts ...string) (core.Ledger, core.TurnID) {
	e.Helper()
	l := e.leased()
	turn := e.accept(l, m)
	e.commit(l, e.next(l, m.Native), e.say(texts...), nil)
	return l, turn
}

func held(e env) {
	l, _ := e.answered(msg("a", "1"), "hi")
	e.settle(l, e.claim(l, "hi"), core.Held, nil)
	e.Add(time.Hour)
	e.claim(l, "")
	e.accept(l, msg("b", "2")) // somebody else's message changes nothing
	e.claim(l, "")
	e.accept(l, msg("a", "3"))
	e.settle(l, e.claim(l, "hi"), core.Sent, nil)
}

func notBefore(e env) {
	m := msg("a", "1")
	m.Window = 15 * time.Second
	l, _ := e.answered(m, "hi")
	e.Add(14 * time.Second)
	e.claim(l, "")
	e.Add(time.Second)
	e.settle(l, e.claim(l, "hi"), core.Sent, nil)
	m.Native = "2" // its window counts from its acceptance: nobody waits any more
	e.accept(l, m)
	e.Add(20 * time.Second)
	e.commit(l, e.next(l, "2"), e.say("late"), nil)
	e.claim(l, "late")
}

func passive(e env) {
	m := msg("a", "1")
	m.Window = 15 * time.Second
	l, turn := e.answered(m, "hi")
	ds, err := l.ClaimTurn(bg, turn, time.Minute)
	if err != nil || len(ds) != 1 || ds[0].Reply.Event.Text() != "hi" || ds[0].Reply.Channel != "c" {
		e.Fatalf("ClaimTurn = %+v, %v", ds, err)
	}
	if again, err := l.ClaimTurn(bg, turn, time.Minute); err != nil || len(again) != 0 {
		e.Fatalf("second ClaimTurn = %+v, %v", again, err)
	}
	e.Add(20 * time.Second)
	e.claim(l, "")
	e.settle(l, ds[0], core.Sent, nil)
	e.outgoing(l, map[core.OutState]int{core.Sent: 1})
}

func claimLapses(e env) {
	l, _ := e.answered(msg("a", "1"), "hi")
	old := e.claim(l, "hi")
	e.claim(l, "")
	e.Add(2 * time.Minute)
	d := e.claim(l, "hi")
	if d.Attempt != 2 {
		e.Fatalf("attempt %d", d.Attempt)
	}
	e.settle(l, old, core.Sent, core.ErrFenced)
	e.settle(l, d, core.Buried, nil)
	e.outgoing(l, map[core.OutState]int{core.Buried: 1})
}

func replyOrder(e env) {
	l, _ := e.answered(msg("a", "1"), "x", "y", "z")
	for i, text := range []string{"x", "y", "z"} {
		d := e.claim(l, text)
		e.claim(l, "")
		if i == 1 { // a retry does not let the next one pass
			if err := l.Settle(bg, d, core.Settlement{To: core.Queued, At: e.Now().Add(time.Minute), Note: "503"}); err != nil {
				e.Fatal(err)
			}
			e.claim(l, "")
			e.Add(time.Minute)
			d = e.claim(l, text)
		}
		e.settle(l, d, core.Sent, nil)
	}
	e.claim(l, "")
}

func expired(e env) {
	m := msg("a", "1")
	m.Expires = e.Now().Add(time.Minute)
	l, _ := e.answered(m, "hi")
	e.Add(time.Minute)
	e.claim(l, "")
	e.outgoing(l, map[core.OutState]int{core.Buried: 1})
}
