package postgres_test

import (
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/store"
	"frontdesk/core/store/postgres/pgtest"
)

// A replica's watchers hear of what another wrote, a note and a change of hands
// without words among it: neither is an event that customers may see.
func TestWatchersElsewhere(t *testing.T) {
	url := pgtest.Start(t).Fresh(t)
	replica := func() *store.Ledger {
		return store.New(open(t, url), store.Options{Now: time.Now, Shared: true, Poll: 20 * time.Millisecond})
	}
	l, other := replica(), replica()
	if _, err := l.Lease(t.Context(), time.Minute, core.Partitions); err != nil {
		t.Fatal(err)
	}
	r, err := l.Accept(t.Context(), core.Envelope{Workspace: "w", Channel: "c", Conversation: "a", Native: "1", Parts: []core.Part{{Text: "hi"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, act := range []struct {
		what string
		do   func() error
	}{
		{"a note", func() error {
			_, err := l.Speak(t.Context(), core.Speech{Conversation: "a", Surface: "web", Native: "n1", Agent: "ann", Internal: true, Parts: []core.Part{{Text: "call her"}}})
			return err
		}},
		{"a silent hand-over", func() error {
			w, err := l.Next(t.Context())
			if err != nil || w.Turn != r.Turn {
				t.Fatalf("%v, %v", w.Turn, err)
			}
			return l.Commit(t.Context(), w, core.Outcome{At: time.Now(), Events: []core.Event{{Kind: core.Handed, Mode: core.Waiting}}})
		}},
	} {
		news, stop := other.Watch("a")
		if err := act.do(); err != nil {
			t.Fatal(err)
		}
		select {
		case <-news:
		case <-time.After(3 * time.Second):
			t.Errorf("nobody was told of %s", act.what)
		}
		stop()
	}
}
