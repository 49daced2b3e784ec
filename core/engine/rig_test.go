package engine_test

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/engine"
	"frontdesk/core/store"
	"frontdesk/core/store/mem"
)

// flaky is a ledger that can be made to fail, and remembers what it was asked.
type flaky struct {
	core.Ledger
	mu      sync.Mutex
	next    int     // calls of Next that fail first
	commits []error // of the next commits, which then write nothing
	retries int
	claims  map[time.Duration]int
}

func (f *flaky) Next(ctx context.Context) (core.Work, error) {
	f.mu.Lock()
	f.next--
	fails := f.next >= 0
	f.mu.Unlock()
	if fails {
		return core.Work{}, io.ErrUnexpectedEOF
	}
	return f.Ledger.Next(ctx)
}

func (f *flaky) Commit(ctx context.Context, w core.Work, o core.Outcome) error {
	f.mu.Lock()
	var err error
	if len(f.commits) > 0 {
		err, f.commits = f.commits[0], f.commits[1:]
	}
	f.mu.Unlock()
	if err != nil {
		return err
	}
	return f.Ledger.Commit(ctx, w, o)
}

func (f *flaky) Retry(w core.Work, at time.Time) {
	f.mu.Lock()
	f.retries++
	f.mu.Unlock()
	f.Ledger.Retry(w, at)
}

func (f *flaky) Claim(ctx context.Context, d time.Duration) (core.Delivery, error) {
	f.mu.Lock()
	f.claims[d]++
	f.mu.Unlock()
	return f.Ledger.Claim(ctx, d)
}

// rig is an engine that is set up before it runs.
type rig struct {
	*engine.Engine
	l    *flaky
	mem  *mem.Store
	done chan error
	stop context.CancelFunc
}

func newRig(run func(context.Context, *core.Turn) error) *rig {
	b := mem.New()
	l := &flaky{Ledger: store.New(b, store.Options{Now: time.Now, Shared: true, Poll: 5 * time.Millisecond}), claims: map[time.Duration]int{}}
	bot := &engine.Bot{Pipeline: core.Pipeline{core.NewStage("run", run)}}
	e := engine.New(l, func(string) (*engine.Bot, bool) { return bot, true })
	e.Send = func(context.Context, core.Reply) (string, error) { return "n", nil }
	e.Backoff = func(int) time.Duration { return time.Millisecond }
	e.SendPause = e.Backoff
	e.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	return &rig{Engine: e, l: l, mem: b}
}

func (r *rig) start(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	r.done, r.stop = make(chan error, 1), stop
	go func() { r.done <- r.Run(ctx) }()
	t.Cleanup(stop)
}

// ended waits for the engine after stop.
func (r *rig) ended(t *testing.T) {
	t.Helper()
	select {
	case err := <-r.done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the engine does not end")
	}
}

// said waits for what was said to a turn.
func said(t *testing.T, l core.Ledger, turn core.TurnID, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	evs, err := l.Await(ctx, turn)
	if err != nil || len(evs) != 1 || evs[0].Text() != want {
		t.Fatalf("%v: said %+v, %v, want %q", turn, evs, err, want)
	}
}

func fine(_ context.Context, t *core.Turn) error {
	t.Say(core.Part{Text: "fine"})
	return nil
}

const broken = "Sorry, something went wrong. Please try again."
