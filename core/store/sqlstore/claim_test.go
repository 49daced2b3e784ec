package sqlstore_test

import (
	"path/filepath"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/store"
	"frontdesk/core/store/sqlite"
)

// A sender that looked before another's attempt failed does not try at once.
func TestNotBeforeItsTime(t *testing.T) {
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "desk.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	l := store.New(s, store.Options{Now: time.Now})
	_, err = l.Lease(t.Context(), time.Minute, core.Partitions)
	if err == nil {
		_, err = l.Accept(t.Context(), core.Envelope{Channel: "c", Conversation: "a", Native: "1", Parts: []core.Part{{Text: "1"}}})
	}
	var w core.Work
	if err == nil {
		w, err = l.Next(t.Context())
	}
	if err == nil {
		err = l.Commit(t.Context(), w, core.Outcome{At: time.Now(), Events: []core.Event{{Role: core.BotRole, Parts: []core.Part{{Text: "x"}}}}})
	}
	var d core.Delivery
	if err == nil {
		d, err = l.Claim(t.Context(), time.Minute)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []core.Settlement{{To: core.Queued, At: time.Now().Add(time.Hour)}, {To: core.Held}} {
		if err := l.Settle(t.Context(), d, to); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Store.ClaimRow(t.Context(), d.Reply.ID, time.Now(), time.Now().Add(time.Minute)); err != nil || n != 0 {
			t.Fatalf("%s row claimed: attempt %d, %v", to.To, n, err)
		}
		ds, err := l.ClaimTurn(t.Context(), core.TurnID{Conversation: "a", Seq: 1}, time.Minute)
		if err != nil || len(ds) != 1 {
			t.Fatalf("a handler may: %+v, %v", ds, err)
		}
		d = ds[0]
	}
}
