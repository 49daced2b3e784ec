// Package bustest is the contract of a bus as tests.
package bustest

import (
	"fmt"
	"testing"
	"time"

	"frontdesk/core"
)

// Run holds buses to the contract. open returns two replicas' of one, or twice
// the same where a replica is alone; they are closed with the test.
func Run(t *testing.T, open func(t *testing.T) (a, b core.Bus)) {
	for _, tc := range []struct {
		name string
		run  func(t *testing.T, a, b core.Bus)
	}{
		{"glimpses reach followers of their conversation, in order", glimpses},
		{"a follower that left gets nothing", leaves},
		{"a slow follower misses pieces and holds nobody up", slow},
		{"changes reach the other replica", changes},
		{"limits are counted over all", limits},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, b := open(t)
			tc.run(t, a, b)
		})
	}
}

// soon is a hang guard.
const soon = 10 * time.Second

func next(t *testing.T, ch <-chan core.Glimpse) core.Glimpse {
	t.Helper()
	select {
	case g := <-ch:
		return g
	case <-time.After(soon):
		t.Fatal("no glimpse")
		return core.Glimpse{}
	}
}

func glimpses(t *testing.T, a, b core.Bus) {
	here, stop := a.Follow("c")
	defer stop()
	there, stopThere := b.Follow("c")
	defer stopThere()
	other, stopOther := b.Follow("d")
	defer stopOther()
	for i := range 20 {
		a.Publish(core.Glimpse{Conversation: "c", Turn: 1, Index: i, Text: fmt.Sprint(i)})
	}
	for i := range 20 {
		if g, h := next(t, here), next(t, there); g.Index != i || h.Index != i || h.Text != fmt.Sprint(i) || h.Turn != 1 {
			t.Fatalf("piece %d came as %+v and %+v", i, g, h)
		}
	}
	if len(here)+len(there)+len(other) != 0 {
		t.Errorf("too much: %d, %d, and %d of another conversation", len(here), len(there), len(other))
	}
}

func leaves(t *testing.T, a, b core.Bus) {
	gone, stop := b.Follow("c")
	stop()
	stop()
	stays, leave := b.Follow("c")
	defer leave()
	a.Publish(core.Glimpse{Conversation: "c", Text: "x"})
	next(t, stays)
	if len(gone) != 0 {
		t.Error("who left is told")
	}
}

func slow(t *testing.T, a, b core.Bus) {
	ch, stop := b.Follow("c")
	defer stop()
	began := time.Now()
	for i := range 20_000 {
		a.Publish(core.Glimpse{Conversation: "c", Index: i})
	}
	if took := time.Since(began); took > soon {
		t.Errorf("publishing took %v", took)
	}
	if g := next(t, ch); g.Index != 0 {
		t.Errorf("began with %d", g.Index)
	}
}

func changes(t *testing.T, a, b core.Bus) {
	own, stop := a.Changes()
	defer stop()
	heard, stopB := b.Changes()
	defer stopB()
	if heard == nil { // alone: there is nobody to tell
		a.Changed("c")
		return
	}
	for drained := false; !drained; { // of "look at all", at the beginning
		select {
		case <-heard:
		case <-own:
		case <-time.After(100 * time.Millisecond):
			drained = true
		}
	}
	for i := range 500 {
		a.Changed(core.ConversationID(fmt.Sprint(i)))
	}
	for i := range 500 {
		select {
		case c := <-heard:
			if c != core.ConversationID(fmt.Sprint(i)) {
				t.Fatalf("heard %q, want %d", c, i)
			}
		case <-time.After(soon):
			t.Fatalf("heard %d of 500", i)
		}
	}
	if len(own) != 0 {
		t.Error("a replica is told what it told")
	}
}

func limits(t *testing.T, a, b core.Bus) {
	passed := 0
	for i := range 10 {
		bus := a
		if i%2 == 1 {
			bus = b
		}
		if bus.Allow(t.Context(), "k", 4, time.Minute) {
			passed++
		}
	}
	if passed != 4 || !a.Allow(t.Context(), "another", 4, time.Minute) {
		t.Errorf("%d of 10 passed, want 4", passed)
	}
	for i := range 3 {
		if !a.Allow(t.Context(), fmt.Sprint("short", i), 1, time.Millisecond) {
			t.Error("the first is refused")
		}
	}
}
