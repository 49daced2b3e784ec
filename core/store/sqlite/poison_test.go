package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/store"
)

// world is a store with a ledger that holds every partition.
func world(t *testing.T) (*Store, *store.Ledger) {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "desk.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	l := store.New(s, store.Options{Now: time.Now})
	if _, err := l.Lease(t.Context(), time.Minute, core.Partitions); err != nil {
		t.Fatal(err)
	}
	return s, l
}

func answer(t *testing.T, l core.Ledger, conv core.ConversationID, native string, o core.Outcome) core.TurnID {
	t.Helper()
	r, err := l.Accept(t.Context(), core.Envelope{Channel: "c", Conversation: conv, Native: native, Parts: []core.Part{{Text: native}}})
	if err != nil {
		t.Fatal(err)
	}
	w, err := l.Next(t.Context())
	if err == nil {
		o.At = time.Now()
		err = l.Commit(t.Context(), w, o)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r.Turn
}

func said(texts ...string) (o core.Outcome) {
	for _, s := range texts {
		o.Events = append(o.Events, core.Event{Role: core.BotRole, Parts: []core.Part{{Text: s}}})
	}
	return o
}

func damage(t *testing.T, s *Store, query string) {
	t.Helper()
	err := s.w.do(context.Background(), func(t tx) error {
		_, err := t.exec(query)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A row that cannot be read is buried: its line goes on.
func TestUnreadableRow(t *testing.T) {
	s, l := world(t)
	turn := answer(t, l, "a", "1", said("x", "y", "z"))
	damage(t, s, `UPDATE events SET body='{' WHERE seq IN (2, 3)`)
	if d, err := l.Claim(t.Context(), time.Nanosecond); err != nil || d.Reply.Event.Text() != "z" {
		t.Fatalf("Claim = %+v, %v, want z", d, err)
	}
	damage(t, s, `UPDATE events SET body='' WHERE seq=4`)
	if ds, err := l.ClaimTurn(t.Context(), turn, time.Minute); err != nil || len(ds) != 0 {
		t.Fatalf("ClaimTurn = %+v, %v", ds, err)
	}
	if got, err := l.Outgoing(t.Context(), "a"); err != nil || got[core.Buried] != 3 {
		t.Fatalf("Outgoing = %v, %v, want 3 buried", got, err)
	}
}

// A case whose thread is not on record can still be taken, listed and spoken in.
func TestThreadMissing(t *testing.T) {
	s, l := world(t)
	o := said()
	o.Events = []core.Event{{Kind: core.Handed, Mode: core.Waiting}}
	o.Desk = []core.DeskPost{{Action: core.DeskOpen, Ref: core.DeskRef{Channel: "sl", Room: "C1"}}}
	answer(t, l, "a", "1", o)
	damage(t, s, `DELETE FROM threads`)
	d, err := l.Claim(t.Context(), time.Minute)
	if err != nil || d.Reply.Desk == nil || d.Reply.Desk.Ref.Thread != "" {
		t.Fatalf("Claim = %+v, %v", d, err)
	}
	if err := l.Settle(t.Context(), d, core.Settlement{To: core.Sent, Native: "1.5"}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Move(t.Context(), core.Move{Conversation: "a", Kind: core.Taken, Agent: "ann"}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Speak(t.Context(), core.Speech{Conversation: "a", Surface: "web", Native: "s1", Agent: "ann", Parts: []core.Part{{Text: "hi"}}}); err != nil {
		t.Fatal(err)
	}
	if v, err := l.Conversation(t.Context(), "a"); err != nil || v.Desk.Room != "C1" || v.Desk.Thread != "" {
		t.Fatalf("conversation %+v, %v", v, err)
	}
}

// A sender and a handler look at the same line at once: one has all of it, or
// the other its head. Never does the tail leave while the head is under way.
func TestHandlerAgainstSender(t *testing.T) {
	s, l := world(t)
	turn := answer(t, l, "a", "1", said("x", "y"))
	open := s.busy() // both look before either takes
	sender, handler := make(chan int, 1), make(chan int, 1)
	go func() {
		_, err := l.Claim(context.Background(), time.Minute)
		sender <- count(t, err)
	}()
	s.queued(1)
	go func() {
		ds, err := l.ClaimTurn(context.Background(), turn, time.Minute)
		if err != nil {
			t.Error(err)
		}
		handler <- len(ds)
	}()
	s.queued(2)
	open()
	if a, b := <-sender, <-handler; a != 1 || b != 0 {
		t.Fatalf("sender %d, handler %d, want the sender's x alone", a, b)
	}
}

func count(t *testing.T, err error) int {
	if err != nil && !errors.Is(err, core.ErrNotFound) {
		t.Error(err)
	}
	if err != nil {
		return 0
	}
	return 1
}
