package postgres_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/store"
	"frontdesk/core/store/faultnet"
	"frontdesk/core/store/postgres/pgtest"
)

// far is a replica behind a network that fails, and another that is near.
type far struct {
	*faultnet.Proxy
	away, near *store.Ledger
}

func newFar(t *testing.T, server *pgtest.Server) far {
	url, addr := server.Fresh(t), fmt.Sprintf("127.0.0.1:%d", server.Port())
	p := faultnet.Start(t, addr)
	o := store.Options{Now: time.Now, Shared: true}
	return far{p, store.New(open(t, strings.Replace(url, addr, p.Addr(), 1)), o), store.New(open(t, url), o)}
}

func hello(n int) core.Envelope {
	return core.Envelope{Workspace: "w", Channel: "c", Conversation: "a", Native: fmt.Sprint(n), Parts: []core.Part{{Text: fmt.Sprint(n)}}}
}

// TestFaultyNetwork: whatever the network between a replica and its database
// does, calls come back; what one was told is stored is, and once; what it was
// not told can be said again; nobody else is kept waiting.
func TestFaultyNetwork(t *testing.T) {
	server := pgtest.Start(t)
	for _, tc := range []struct {
		name  string
		fault func(far)
		most  time.Duration // that a call takes
	}{
		{"delayed", func(f far) { f.Delay(30 * time.Millisecond) }, 10 * time.Second},
		{"cut", func(f far) { f.Cut() }, 10 * time.Second},
		{"nothing arrives", func(f far) { f.Swallow(faultnet.ToServer) }, 15 * time.Second},
		{"nothing comes back", func(f far) { f.Swallow(faultnet.ToClient) }, 15 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := newFar(t, server)
			if _, err := f.away.Accept(t.Context(), hello(0)); err != nil {
				t.Fatal(err)
			}
			tc.fault(f)
			took := f.acceptAll(t, tc.most)
			f.Heal()
			start := time.Now()
			for n := range 9 {
				for end := time.Now().Add(15 * time.Second); ; time.Sleep(20 * time.Millisecond) {
					if _, err := f.away.Accept(context.Background(), hello(n)); err == nil {
						break
					} else if time.Now().After(end) {
						t.Fatalf("message %d after the fault: %v", n, err)
					}
				}
			}
			t.Logf("calls came back after at most %v; all is well %v after the fault", took.Round(time.Millisecond), time.Since(start).Round(time.Millisecond))
			evs, err := f.near.Events(t.Context(), "a", 0, 100)
			if err != nil || len(evs) != 10 {
				t.Fatalf("%d events, want 10: %v", len(evs), err)
			}
		})
	}
}

// acceptAll sends nine messages at once through the fault while a neighbour is at
// work in the same conversation, and returns how long the slowest call took.
func (f far) acceptAll(t *testing.T, most time.Duration) time.Duration {
	t.Helper()
	start := time.Now()
	back := make(chan time.Duration, 9)
	for n := range cap(back) {
		go func() {
			_, _ = f.away.Accept(context.Background(), hello(n)) // whether it is stored is what the caller finds out next
			back <- time.Since(start)
		}()
	}
	time.Sleep(100 * time.Millisecond)
	if _, err := f.near.Accept(t.Context(), hello(100)); err != nil {
		t.Error(err)
	}
	if d := time.Since(start); d > most {
		t.Errorf("the neighbour waited %v", d)
	}
	late, slowest := time.After(most-time.Since(start)), time.Duration(0)
	for range cap(back) {
		select {
		case d := <-back:
			slowest = max(slowest, d)
		case <-late:
			f.Heal() // so that the test ends
			t.Fatalf("calls hang for more than %v", most)
		}
	}
	return slowest
}
