package store

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"frontdesk/core"
)

// journal is a Tailer of what a test wrote.
type journal struct {
	mu   sync.Mutex
	all  []Change
	away bool
}

func (j *journal) write(cs ...Change) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.all = append(j.all, cs...)
	slices.SortFunc(j.all, func(a, b Change) int { return int(a.N - b.N) })
}

func (j *journal) Tail(_ context.Context, from int64) (out []Change, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.away {
		return nil, errors.New("away")
	}
	if from < 0 {
		return j.all[max(0, len(j.all)-1):], nil
	}
	for _, c := range j.all {
		if c.N >= from {
			out = append(out, c)
		}
	}
	return out, nil
}

// A number that commits after a higher one is told all the same, once; one that
// never comes is not waited for for ever.
func TestTailSeesWhatCommitsLate(t *testing.T) {
	j := &journal{}
	j.write(Change{5, "old"})
	tl, now := tail{of: j}, time.Now()
	step := func(want ...core.ConversationID) {
		t.Helper()
		got, err := tl.step(t.Context(), now)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("told %q, %v; want %q", got, err, want)
		}
	}
	step()
	j.write(Change{7, "b"}, Change{9, "d"})
	step("b", "d")
	step()
	j.write(Change{8, "c"})
	step("c")
	j.write(Change{6, "a"})
	step("a")
	if tl.next != 10 || len(tl.seen)+len(tl.since) != 0 {
		t.Errorf("remembers %+v", tl)
	}
	j.write(Change{12, "f"}) // 10 and 11 were undone
	for range 5 {
		now = now.Add(gapTime)
		if _, err := tl.step(t.Context(), now); err != nil {
			t.Fatal(err)
		}
	}
	if tl.next != 13 || len(tl.seen)+len(tl.since) != 0 {
		t.Errorf("waits still: %+v", tl)
	}
}

// Each duplicate that is refused leaves a gap; many do not add up.
func TestTailOutlivesManyGaps(t *testing.T) {
	j := &journal{}
	j.write(Change{1, "old"})
	tl, now := tail{of: j}, time.Now()
	for n := int64(3); n < 2000; n += 2 { // a gap each second
		if _, err := tl.step(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		j.write(Change{n, "c"})
		now = now.Add(time.Second)
	}
	if n := len(tl.seen) + len(tl.since); n > 20 {
		t.Errorf("%d numbers behind, %d remembered", 2000-tl.next, n)
	}
}

// Nothing that changed after Watch returned is missed, whatever the store did at
// the time; the goroutine ends with the last watcher.
func TestTailingBegins(t *testing.T) {
	for _, away := range []bool{false, true} {
		j := &journal{away: away}
		j.write(Change{1, "x"})
		var g tailing
		told := make(chan core.ConversationID, 10)
		tell := func(c core.ConversationID) { told <- c }
		g.enter(j, time.Millisecond, tell)
		g.enter(j, time.Millisecond, tell)
		j.mu.Lock()
		j.away = false
		j.mu.Unlock()
		j.write(Change{2, "y"})
		want := core.ConversationID("y")
		if away {
			want = "" // it cannot know what: all look
		}
		select {
		case got := <-told:
			if got != want {
				t.Errorf("told %q, want %q", got, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("told nothing")
		}
		g.leave()
		g.leave()
		<-g.done
	}
}
