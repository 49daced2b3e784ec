package engine_test

import (
	"context"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/engine"
	"frontdesk/core/store"
	"frontdesk/core/store/mem"
)

// A message that waited through a long outage gets an honest line, not an
// answer hours late; with a person on the case it still reaches them.
func TestLate(t *testing.T) {
	var clock atomic.Int64
	now := func() time.Time { return time.Unix(clock.Load(), 0) }
	clock.Store(1_700_000_000)
	var ran atomic.Int64
	l := store.New(mem.New(), store.Options{Now: now})
	e := engine.New(l, func(string) (*engine.Bot, bool) {
		return &engine.Bot{Pipeline: core.Pipeline{core.NewStage("run", func(_ context.Context, t *core.Turn) error {
			ran.Add(1)
			return nil
		})}, Sorry: func(_ string, f engine.Failure) string { return string(f) }}, true
	})
	e.Send = func(context.Context, core.Reply) (string, error) { panic("a channel's bug stays its own") }
	e.Now, e.Log = now, slog.New(slog.NewTextHandler(io.Discard, nil))
	ctx, stop := context.WithCancel(context.Background())
	stale, held := accept(t, l, "a", "1", "hello?"), accept(t, l, "b", "2", "hello?")
	if _, err := l.Move(ctx, core.Move{Conversation: "b", Kind: core.Taken, Agent: "ann"}); err != nil {
		t.Fatal(err)
	}
	clock.Add(int64(time.Hour / time.Second))
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	said, err := l.Await(ctx, stale)
	if err != nil || len(said) != 1 || said[0].Text() != "late" || said[0].Verdict != core.VerdictAbstained {
		t.Fatalf("said %+v, %v", said, err)
	}
	if said, err := l.Await(ctx, held); err != nil || len(said) != 0 {
		t.Fatalf("said %+v to a held case, %v", said, err)
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if ran.Load() != 1 {
		t.Fatalf("%d runs, want only the held case's", ran.Load())
	}
}
