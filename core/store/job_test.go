package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/store"
	"frontdesk/core/store/mem"
)

// A job has one replica, and another soon after that one died.
func TestJobs(t *testing.T) {
	ctx, now := context.Background(), time.Unix(1_700_000_000, 0)
	b := mem.Shared()
	o := store.Options{Now: func() time.Time { return now }, Shared: true}
	one, two := store.New(b, o), store.New(b, o)
	lease := func(l *store.Ledger) {
		t.Helper()
		if _, err := l.Lease(ctx, 5*time.Second, core.Partitions); err != nil {
			t.Fatal(err)
		}
	}
	if one.Mine("poll tg") {
		t.Error("a job without a lease")
	}
	lease(one)
	lease(two)
	lease(one) // gives up what is beyond its share
	lease(two)
	shares := [2]int{}
	for i := range 100 {
		job := fmt.Sprint("poll ", i)
		if one.Mine(job) == two.Mine(job) {
			t.Errorf("%s is done by both or by none", job)
		}
		for k, l := range []*store.Ledger{one, two} {
			if l.Mine(job) {
				shares[k]++
			}
		}
	}
	if shares[0] < 20 || shares[1] < 20 {
		t.Errorf("jobs are shared out as %v", shares)
	}
	now = now.Add(6 * time.Second) // one died
	lease(two)
	for i := range 100 {
		if job := fmt.Sprint("poll ", i); !two.Mine(job) {
			t.Errorf("%s is not taken over", job)
		}
	}
	if err := two.Release(ctx); err != nil || two.Mine("poll 1") {
		t.Errorf("a job is kept though its lease was given up: %v", err)
	}
}
