package engine_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/core"
)

// A stage that always panics is tried three times; the customer gets an
// apology, and the next message its turn.
func TestPanicApologises(t *testing.T) {
	var runs atomic.Int64
	s := &sink{got: map[core.ConversationID][]string{}}
	l, e, stop := start(t, s, core.Pipeline{core.NewStage("bad", func(_ context.Context, t *core.Turn) error {
		if t.Work.Envelope.Text() == "die" {
			runs.Add(1)
			panic("bug")
		}
		t.Say(core.Part{Text: "fine"})
		return nil
	})})
	defer stop()
	e.Tries = 3
	first, second := accept(t, l, "a", "1", "die"), accept(t, l, "a", "2", "live")
	for turn, want := range map[core.TurnID]string{first: "Sorry, something went wrong. Please try again.", second: "fine"} {
		said, err := l.Await(context.Background(), turn)
		if err != nil || len(said) != 1 || said[0].Text() != want {
			t.Fatalf("%v: %+v, %v", turn, said, err)
		}
	}
	if runs.Load() != 3 {
		t.Fatalf("%d runs", runs.Load())
	}
}

// Drain finishes what runs and leaves the rest in the store.
func TestDrain(t *testing.T) {
	in, out := make(chan struct{}), make(chan struct{})
	s := &sink{got: map[core.ConversationID][]string{}}
	l, _, stop := start(t, s, core.Pipeline{core.NewStage("slow", func(_ context.Context, t *core.Turn) error {
		close(in)
		<-out
		t.Say(core.Part{Text: "done"})
		return nil
	})})
	turn := accept(t, l, "a", "1", "x")
	<-in
	later := accept(t, l, "a", "2", "y")
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()
	time.Sleep(20 * time.Millisecond)
	close(out)
	<-stopped
	if said, err := l.Await(context.Background(), turn); err != nil || len(said) != 1 {
		t.Fatalf("said %+v, %v", said, err)
	}
	if _, err := l.Await(context.Background(), later); !errors.Is(err, core.ErrDraining) {
		t.Fatalf("second turn: %v", err)
	}
}
