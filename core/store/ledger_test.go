package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/store"
	"frontdesk/core/store/mem"
)

// A full queue says so; it never drops.
func TestBusy(t *testing.T) {
	ctx := context.Background()
	l := store.New(mem.New(), store.Options{Now: time.Now, MaxOpen: 2})
	if _, err := l.Lease(ctx, time.Minute, core.Partitions); err != nil {
		t.Fatal(err)
	}
	send := func(i int) error {
		_, err := l.Accept(ctx, core.Envelope{Conversation: "a", Native: fmt.Sprint(i)})
		return err
	}
	for i := range 2 {
		if err := send(i); err != nil {
			t.Fatal(err)
		}
	}
	if err := send(2); !errors.Is(err, core.ErrBusy) {
		t.Fatalf("third Accept = %v, want ErrBusy", err)
	}
	w, err := l.Next(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Commit(ctx, w, core.Outcome{}); err != nil {
		t.Fatal(err)
	}
	if err := send(2); err != nil {
		t.Fatalf("after a commit: %v", err)
	}
}
