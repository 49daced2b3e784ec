package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/store"
	"frontdesk/core/store/mem"
)

// A full queue says so; it never drops.
func TestBusy(t *testing.T) {
	ctx := context.Background()
	l := store.New(mem.New(), store.Options{Now: time.Now, MaxOpen: 2})
	if _, err := l.Lease(ctx, time.Minute, core.Partitions); err != nil {
		t.Fatal(err)
	}
	send := func(i int) error {
		_, err := l.Accept(ctx, core.Envelope{Conversation: "a", Native: fmt.Sprint(i)})
		return err
	}
	for i := range 2 {
		if err := send(i); err != nil {
			t.Fatal(err)
		}
	}
	if err := send(2); !errors.Is(err, core.ErrBusy) {
		t.Fatalf("third Accept = %v, want ErrBusy", err)
	}
	w, err := l.Next(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Commit(ctx, w, core.Outcome{}); err != nil {
		t.Fatal(err)
	}
	if err := send(2); err != nil {
		t.Fatalf("after a commit: %v", err)
	}
}

// One signal may stand for many replies: who claims one wakes the next sender.
func TestDueGoesRound(t *testing.T) {
	ctx := context.Background()
	l := store.New(mem.New(), store.Options{Now: time.Now})
	if _, err := l.Lease(ctx, time.Minute, core.Partitions); err != nil {
		t.Fatal(err)
	}
	for _, c := range []core.ConversationID{"a", "b"} {
		if _, err := l.Accept(ctx, core.Envelope{Conversation: c, Channel: "c", Native: string(c)}); err != nil {
			t.Fatal(err)
		}
		w, err := l.Next(ctx)
		if err == nil {
			err = l.Commit(ctx, w, core.Outcome{Events: []core.Event{{Role: core.BotRole}}})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		select {
		case <-l.Due():
		default:
			t.Fatal("nobody was woken for what is due")
		}
		if _, err := l.Claim(ctx, time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	<-l.Due()
	if d, err := l.Claim(ctx, time.Minute); !errors.Is(err, core.ErrNotFound) {
		t.Fatalf("Claim = %+v, %v", d, err)
	}
	select {
	case <-l.Due():
		t.Fatal("woken for nothing")
	default:
	}
}

// A commit that reached the store, though its caller was told otherwise, is
// refused when it is repeated: what waits behind it is looked for again.
func TestRepeatedCommit(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	l := store.New(mem.New(), store.Options{Now: time.Now, MaxOpen: 2})
	if _, err := l.Lease(ctx, time.Minute, core.Partitions); err != nil {
		t.Fatal(err)
	}
	send := func(native string) {
		t.Helper()
		if _, err := l.Accept(ctx, core.Envelope{Conversation: "a", Native: native}); err != nil {
			t.Fatal(err)
		}
	}
	send("1")
	send("2")
	first, err := l.Next(ctx)
	if err == nil {
		_, err = l.Backend.Commit(ctx, first, core.Outcome{})
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Commit(ctx, first, core.Outcome{}); !errors.Is(err, core.ErrFenced) {
		t.Fatalf("Commit = %v", err)
	}
	w, err := l.Next(ctx)
	if err != nil || w.Envelope.Native != "2" {
		t.Fatalf("Next = %+v, %v", w, err)
	}
	if err := l.Commit(ctx, first, core.Outcome{}); !errors.Is(err, core.ErrFenced) { // while the second runs
		t.Fatalf("Commit = %v", err)
	}
	short, stop := context.WithTimeout(ctx, 50*time.Millisecond)
	defer stop()
	if w, err := l.Next(short); err == nil {
		t.Fatalf("%v handed over twice", w.Turn)
	}
	if err := l.Commit(ctx, w, core.Outcome{}); err != nil {
		t.Fatal(err)
	}
	send("3") // both are off the count
	send("4")
}
