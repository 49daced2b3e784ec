package engine_test

import (
	"context"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/store"
)

// An engine that is told to stop finishes the turn it runs and the reply it
// sends, undisturbed, and gives its partitions up.
func TestStopFinishes(t *testing.T) {
	running, sending := make(chan struct{}), make(chan struct{})
	run, send := make(chan struct{}), make(chan struct{})
	r := newRig(func(ctx context.Context, t *core.Turn) error {
		if t.Text == "slow" {
			close(running)
			<-run
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fine(ctx, t)
	})
	r.Poll = time.Millisecond
	r.Send = func(ctx context.Context, rep core.Reply) (string, error) {
		if rep.Conversation == "a" {
			close(sending)
			<-send
		}
		return "n", ctx.Err()
	}
	r.start(t)
	accept(t, r.l, "a", "1", "x")
	<-sending
	slow := accept(t, r.l, "b", "2", "slow")
	<-running
	r.stop()
	for _, let := range []chan struct{}{run, send} {
		select {
		case err := <-r.done:
			t.Fatalf("it ended in the middle: %v", err)
		case <-time.After(30 * time.Millisecond):
		}
		close(let)
	}
	r.ended(t)
	said(t, r.l, slow, "fine")
	if n, err := r.l.Outgoing(t.Context(), "a"); err != nil || n[core.Sent] != 1 {
		t.Errorf("outgoing %v, %v", n, err)
	}
	other := store.New(r.mem, store.Options{Now: time.Now, Shared: true})
	if n, err := other.Lease(t.Context(), time.Minute, core.Partitions); err != nil || n != core.Partitions {
		t.Errorf("another leases %d, %v", n, err)
	}
}

// While it runs it keeps its partitions, however short the lease.
func TestKeepsLeases(t *testing.T) {
	r := newRig(fine)
	r.Lease, r.Renew = 100*time.Millisecond, 20*time.Millisecond
	r.start(t)
	said(t, r.l, accept(t, r.l, "a", "1", "x"), "fine")
	time.Sleep(3 * r.Lease)
	other := store.New(r.mem, store.Options{Now: time.Now, Shared: true})
	if n, err := other.Lease(t.Context(), time.Minute, core.Partitions); err != nil || n != 0 {
		t.Errorf("another leases %d, %v", n, err)
	}
	r.stop()
	r.ended(t)
}
