package store

import (
	"context"
	"sync"
	"time"

	"frontdesk/core"
)

// Change is an entry of the journal all replicas write to.
type Change struct {
	N            int64 // grows; given before the commit, so a lower one may appear later
	Conversation core.ConversationID
}

// Tailer is a Backend whose journal tells one replica what others did.
type Tailer interface {
	// Tail returns at most 10,000 changes from number from on, by number. For a
	// negative from it returns only the last one.
	Tail(ctx context.Context, from int64) ([]Change, error)
}

// gapTime is how long a number that was skipped is waited for: longer than any
// transaction lasts. One that was undone never comes.
const gapTime = 5 * time.Second

// beginTime is how long a watcher waits for the store to say where its journal
// is.
const beginTime = 2 * time.Second

// tail follows a journal without missing what commits late.
type tail struct {
	of    Tailer
	next  int64               // all before were seen, or given up
	seen  map[int64]bool      // from next on
	since map[int64]time.Time // when a gap was first noticed
	begun bool
}

// step returns the conversations that changed since the last step; at first it
// only notes where the journal is.
func (t *tail) step(ctx context.Context, now time.Time) (out []core.ConversationID, err error) {
	if !t.begun {
		last, err := t.of.Tail(ctx, -1)
		if err != nil {
			return nil, err
		}
		t.seen, t.since, t.begun = map[int64]bool{}, map[int64]time.Time{}, true
		for _, c := range last {
			t.next = c.N + 1
		}
		return nil, nil
	}
	all, err := t.of.Tail(ctx, t.next)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if !t.seen[c.N] {
			t.seen[c.N] = true
			out = append(out, c.Conversation)
		}
	}
	t.advance(all, now)
	return out, nil
}

// advance moves next over what was seen and over gaps that are too old. All gaps
// are noticed at once: each refused duplicate leaves one, and waited for one
// after another they would hold up the journal for good.
func (t *tail) advance(all []Change, now time.Time) {
	if len(all) == 0 {
		return
	}
	last := all[len(all)-1].N
	for n := t.next; n <= last; n++ {
		if _, ok := t.since[n]; !ok && !t.seen[n] {
			t.since[n] = now
		}
	}
	for ; t.next <= last; t.next++ {
		if first, gap := t.since[t.next]; gap && !t.seen[t.next] && now.Sub(first) < gapTime {
			return
		}
		delete(t.seen, t.next)
		delete(t.since, t.next)
	}
}

// tailing is the one goroutine that follows the journal for all watchers, while
// there are any.
type tailing struct {
	mu   sync.Mutex
	n    int // watchers
	stop context.CancelFunc
	done chan struct{}
}

// enter starts following if nobody did: what changes after it returned is told.
// leave ends it with the last watcher.
func (g *tailing) enter(of Tailer, every time.Duration, tell func(core.ConversationID)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.n++
	if g.n > 1 {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	g.stop, g.done = stop, done
	t := &tail{of: of}
	first, cancel := context.WithTimeout(ctx, beginTime)
	defer cancel()
	_, _ = t.step(first, time.Now()) // if the store is away, follow begins later
	go func() {
		defer close(done)
		t.follow(ctx, every, tell)
	}()
}

func (g *tailing) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.n--; g.n == 0 {
		g.stop()
		<-g.done
	}
}

// follow tells of changes until ctx ends. While the store is away it tells
// nothing; then it goes on where it was. Where it begins late, it tells all ("")
// to look.
func (t *tail) follow(ctx context.Context, every time.Duration, tell func(core.ConversationID)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		late := !t.begun
		changed, err := t.step(ctx, time.Now())
		if late && err == nil {
			changed = []core.ConversationID{""}
		}
		for _, c := range changed {
			tell(c)
		}
	}
}
