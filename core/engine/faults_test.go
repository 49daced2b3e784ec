package engine_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/store"
)

// A store that fails for a moment costs no answer, and no place.
func TestStoreFails(t *testing.T) {
	r := newRig(fine)
	r.InFlight, r.Poll = 2, time.Millisecond
	r.l.next, r.l.commits = 5, []error{errors.New("disk full"), errors.New("disk full")}
	r.start(t)
	said(t, r.l, accept(t, r.l, "a", "1", "x"), "fine")
	r.stop()
	r.ended(t)
	if r.l.retries != 2 {
		t.Errorf("%d retries", r.l.retries)
	}
}

// What the ledger hands over again, or another owner has, is not put back:
// it may be running again already.
func TestStaleIsNotRetried(t *testing.T) {
	for _, err := range []error{core.ErrStale, core.ErrFenced} {
		r := newRig(fine)
		r.l.commits = []error{err}
		r.start(t)
		accept(t, r.l, "a", "1", "x")
		for left := 1; left > 0; time.Sleep(time.Millisecond) {
			r.l.mu.Lock()
			left = len(r.l.commits)
			r.l.mu.Unlock()
		}
		r.stop()
		r.ended(t)
		if r.l.retries != 0 {
			t.Errorf("%v: put back", err)
		}
	}
}

// A turn that took three processes with it is not tried on a fourth.
func TestDiedTooOften(t *testing.T) {
	r := newRig(fine)
	accept(t, r.l, "a", "1", "x")
	for range 3 {
		dead := store.New(r.mem, store.Options{Now: time.Now, Shared: true})
		if _, err := dead.Lease(t.Context(), time.Minute, core.Partitions); err != nil {
			t.Fatal(err)
		}
		if _, err := r.mem.Lease(t.Context(), "who finds it dead", time.Now().Add(time.Hour), time.Now(), 0, nil); err != nil {
			t.Fatal(err)
		}
	}
	r.start(t)
	turn := core.TurnID{Conversation: "a", Seq: 1}
	said(t, r.l, turn, broken)
	r.stop()
	r.ended(t)
	if st, err := r.mem.State(t.Context(), "a"); err != nil || st.Misses != 1 {
		t.Errorf("state %+v, %v, want a miss", st, err)
	}
}

// Nothing may keep a turn or a sender longer than Patience.
func TestPatience(t *testing.T) {
	r := newRig(func(ctx context.Context, t *core.Turn) error {
		if t.Text == "slow" {
			<-ctx.Done()
			return ctx.Err()
		}
		return fine(ctx, t)
	})
	var sends atomic.Int64
	r.Patience, r.Poll = 20*time.Millisecond, time.Millisecond
	r.Send = func(ctx context.Context, _ core.Reply) (string, error) {
		if sends.Add(1) == 1 {
			<-ctx.Done()
			return "", ctx.Err()
		}
		return "n", nil
	}
	r.start(t)
	said(t, r.l, accept(t, r.l, "a", "1", "slow"), broken)
	for sends.Load() < 2 {
		time.Sleep(time.Millisecond)
	}
	r.stop()
	r.ended(t)
	if r.l.claims[40*time.Millisecond] == 0 || len(r.l.claims) != 1 {
		t.Errorf("claims of %v, want twice the patience", r.l.claims)
	}
}

// At most InFlight turns run at once, and each gives its place back.
func TestInFlight(t *testing.T) {
	var now, most atomic.Int64
	r := newRig(func(ctx context.Context, t *core.Turn) error {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		time.Sleep(5 * time.Millisecond)
		return fine(ctx, t)
	})
	r.InFlight = 2
	r.start(t)
	var turns []core.TurnID
	for i := range 6 {
		turns = append(turns, accept(t, r.l, fmt.Sprint(i), fmt.Sprint(i), "x"))
	}
	for _, turn := range turns {
		said(t, r.l, turn, "fine")
	}
	if most.Load() != 2 {
		t.Errorf("%d at once, want 2", most.Load())
	}
	r.stop()
	r.ended(t)
}

// What is due is sent when it becomes due, not at the next look.
func TestDueWakes(t *testing.T) {
	r := newRig(fine)
	sent := make(chan struct{}, 1)
	r.Poll = time.Hour
	r.Send = func(context.Context, core.Reply) (string, error) { sent <- struct{}{}; return "n", nil }
	r.start(t)
	for _, id := range []string{"1", "2", "3"} {
		time.Sleep(20 * time.Millisecond) // by now all senders have looked
		said(t, r.l, accept(t, r.l, id, id, "x"), "fine")
		select {
		case <-sent:
		case <-time.After(5 * time.Second):
			t.Fatal("not sent")
		}
	}
	r.stop()
	r.ended(t)
}
