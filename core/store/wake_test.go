package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/store"
	"frontdesk/core/store/mem"
)

// alone is a ledger that has b to itself and all partitions. With an hour
// between looks, what happens in a test happens because somebody was woken.
func alone(t *testing.T, b store.Backend, poll time.Duration) *store.Ledger {
	t.Helper()
	l := store.New(b, store.Options{Now: time.Now, Poll: poll})
	if n, err := l.Lease(t.Context(), time.Minute, core.Partitions); err != nil || n != core.Partitions {
		t.Fatalf("Lease = %d, %v", n, err)
	}
	return l
}

func accept(t *testing.T, l core.Ledger, native string) core.TurnID {
	t.Helper()
	r, err := l.Accept(t.Context(), core.Envelope{Conversation: "a", Channel: "c", Native: native})
	if err != nil {
		t.Fatal(err)
	}
	return r.Turn
}

func next(t *testing.T, l core.Ledger, native string) core.Work {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	w, err := l.Next(ctx)
	if err != nil || w.Envelope.Native != native {
		t.Fatalf("Next = %q, %v, want %q", w.Envelope.Native, err, native)
	}
	return w
}

func idle(t *testing.T, l core.Ledger) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if w, err := l.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("Next = %v, %v, want nothing", w.Turn, err)
	}
}

// Each change tells its watchers, and senders where there is something to send.
func TestEachChangeWakes(t *testing.T) {
	l := alone(t, mem.New(), time.Hour)
	one, stop := l.Watch("a")
	defer stop()
	every, stopAll := l.Watch("")
	defer stopAll()
	var w core.Work
	var d core.Delivery
	for _, step := range []struct {
		name string
		due  bool
		do   func() error
	}{
		{"accept", false, func() error { accept(t, l, "1"); return nil }},
		{"commit", true, func() error {
			w = next(t, l, "1")
			return l.Commit(t.Context(), w, core.Outcome{Events: []core.Event{{Role: core.BotRole}}})
		}},
		{"settle", true, func() (err error) {
			if d, err = l.Claim(t.Context(), time.Minute); err == nil {
				<-l.Due() // of the claim
				err = l.Settle(t.Context(), d, core.Settlement{To: core.Sent})
			}
			return err
		}},
		{"move", false, func() error {
			_, err := l.Move(t.Context(), core.Move{Conversation: "a", Kind: core.Returned})
			return err
		}},
		{"speak", true, func() error {
			_, err := l.Speak(t.Context(), core.Speech{Conversation: "a", Agent: "ann", Native: "s"})
			return err
		}},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		for _, ch := range []<-chan core.ConversationID{one, every} {
			select {
			case c := <-ch:
				if c != "a" {
					t.Errorf("%s: told of %q", step.name, c)
				}
			default:
				t.Errorf("%s: a watcher was not told", step.name)
			}
		}
		select {
		case <-l.Due():
			if !step.due {
				t.Errorf("%s: senders were woken for nothing", step.name)
			}
		default:
			if step.due {
				t.Errorf("%s: senders were not woken", step.name)
			}
		}
	}
}

// A commit here wakes who waits for its turn.
func TestCommitWakesWaiter(t *testing.T) {
	l := alone(t, mem.New(), time.Hour)
	turn := accept(t, l, "1")
	w := next(t, l, "1")
	got := make(chan error, 1)
	go func() { _, err := l.Await(context.Background(), turn); got <- err }()
	select {
	case err := <-got:
		t.Fatalf("Await of an open turn = %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	if err := l.Commit(t.Context(), w, core.Outcome{}); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-got:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("nobody was woken")
	}
}

// A gateway that has the store to itself takes over at once from the one that
// died, and begins with what that left open.
func TestTakesOverAtOnce(t *testing.T) {
	b := mem.New()
	accept(t, alone(t, b, time.Hour), "1")
	if w := next(t, alone(t, b, time.Hour), "1"); w.Attempt != 2 {
		t.Fatalf("attempt %d", w.Attempt)
	}
}

// A turn that waits for one this ledger has not been shown makes it look.
func TestStuckLooks(t *testing.T) {
	b := mem.New()
	l, other := alone(t, b, 20*time.Millisecond), store.New(b, store.Options{Now: time.Now})
	accept(t, other, "1")
	accept(t, l, "2")
	if err := l.Commit(t.Context(), next(t, l, "1"), core.Outcome{}); err != nil {
		t.Fatal(err)
	}
	next(t, l, "2")
}

// What was given up is handed over no more.
func TestReleased(t *testing.T) {
	l := alone(t, mem.New(), time.Hour)
	accept(t, l, "1")
	if err := l.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	idle(t, l)
}

// Who is alone with the store need not wait for a dead sender's claim.
func TestClaimsOfTheDead(t *testing.T) {
	ctx, b := context.Background(), mem.New()
	claimed := func(o store.Options) error {
		l := store.New(b, o)
		if _, err := l.Lease(ctx, time.Minute, core.Partitions); err != nil {
			t.Fatal(err)
		}
		if o.MaxOpen == 0 {
			_, err := l.Claim(ctx, time.Hour)
			return err
		}
		if _, err := l.Accept(ctx, core.Envelope{Conversation: "a", Channel: "c", Native: "1"}); err != nil {
			t.Fatal(err)
		}
		w, err := l.Next(ctx)
		if err == nil {
			err = l.Commit(ctx, w, core.Outcome{Events: []core.Event{{Role: core.BotRole}}})
		}
		if err == nil {
			_, err = l.Claim(ctx, time.Hour) // and it dies
		}
		return err
	}
	if err := claimed(store.Options{Now: time.Now, MaxOpen: 9}); err != nil {
		t.Fatal(err)
	}
	if err := claimed(store.Options{Now: time.Now, Shared: true}); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("another replica took a claim that may be alive: %v", err)
	}
	if err := claimed(store.Options{Now: time.Now}); err != nil {
		t.Errorf("alone with the store: %v", err)
	}
}
