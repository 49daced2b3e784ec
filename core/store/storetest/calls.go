package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/core"
)

// RunCalls holds open's stores to the contract of core.Calls. Each call of open
// is a new, empty one.
func RunCalls(t *testing.T, open func(t *testing.T) core.Calls) {
	for _, tc := range []struct {
		name string
		run  func(*testing.T, core.Calls)
	}{
		{"a call is begun once", begunOnce},
		{"a call begun at once is begun by one", begunRace},
		{"what is old is forgotten", callsOver},
	} {
		t.Run(tc.name, func(t *testing.T) { tc.run(t, open(t)) })
	}
}

func begin(t *testing.T, c core.Calls, key, digest string, at time.Time) *core.CallRecord {
	t.Helper()
	r, err := c.BeginCall(bg, key, []byte(digest), at)
	ok(t, err)
	return r
}

func begunOnce(t *testing.T, c core.Calls) {
	if r := begin(t, c, "a", "1", day); r != nil {
		t.Errorf("the first is known: %+v", r)
	}
	if r := begin(t, c, "b", "1", day); r != nil {
		t.Errorf("another key is known: %+v", r)
	}
	if r := begin(t, c, "a", "2", day); r == nil || string(r.Digest) != "1" || r.Result != nil {
		t.Errorf("begun: %+v", r)
	}
	ok(t, c.EndCall(bg, "a", []byte("3"), []byte("yes")))
	if r := begin(t, c, "a", "4", day); r == nil || string(r.Digest) != "3" || string(r.Result) != "yes" {
		t.Errorf("ended: %+v", r)
	}
	ok(t, c.EndCall(bg, "never begun", []byte("3"), []byte("yes")))
	if r := begin(t, c, "never begun", "1", day); r != nil {
		t.Errorf("ended without a beginning: %+v", r)
	}
	ok(t, c.DropCall(bg, "a"))
	if r := begin(t, c, "a", "5", day); r != nil {
		t.Errorf("dropped: %+v", r)
	}
	ok(t, c.DropCall(bg, "none"))
}

func begunRace(t *testing.T, c core.Calls) {
	var first atomic.Int32
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			r, err := c.BeginCall(bg, "k", []byte(fmt.Sprint(i)), day)
			if err != nil {
				t.Error(err)
			} else if r == nil {
				first.Add(1)
			}
		})
	}
	wg.Wait()
	if first.Load() != 1 {
		t.Errorf("%d began", first.Load())
	}
}

func callsOver(t *testing.T, c core.Calls) {
	begin(t, c, "old", "1", day)
	begin(t, c, "young", "1", day.Add(time.Hour))
	if r := begin(t, c, "x", "1", day.Add(core.CallsKept+time.Minute)); r != nil {
		t.Errorf("x is known: %+v", r)
	}
	later := day.Add(core.CallsKept + time.Minute)
	if r := begin(t, c, "young", "2", later); r == nil {
		t.Error("what is young is forgotten")
	}
	if r := begin(t, c, "old", "2", later); r != nil {
		t.Errorf("what is old is kept: %+v", r)
	}
}
