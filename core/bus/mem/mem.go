// Package mem is core.Bus for a replica that is alone, and what others fall back
// on.
package mem

import (
	"context"
	"sync"
	"time"

	"frontdesk/core"
)

var _ core.Bus = (*Bus)(nil)

const (
	// ahead is how many pieces a follower may be behind: some seconds of a fast
	// model.
	ahead = 256
	// maxKeys bounds the memory of Allow; past it the count starts anew.
	maxKeys = 100_000
)

// Bus hands glimpses to the followers of a conversation.
type Bus struct {
	now func() time.Time

	mu     sync.RWMutex
	follow map[core.ConversationID]map[chan core.Glimpse]struct{}

	count sync.Mutex
	seen  map[string]window
}

// window counts what happened from its begin on.
type window struct {
	begin time.Time
	n     int
}

// New makes a bus.
func New(now func() time.Time) *Bus {
	return &Bus{now: now, follow: map[core.ConversationID]map[chan core.Glimpse]struct{}{}, seen: map[string]window{}}
}

// Publish implements core.Bus.
func (b *Bus) Publish(g core.Glimpse) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for ch := range b.follow[g.Conversation] {
		select {
		case ch <- g:
		default: // the index shows the gap
		}
	}
}

// Follow implements core.Bus.
func (b *Bus) Follow(c core.ConversationID) (<-chan core.Glimpse, func()) {
	ch := make(chan core.Glimpse, ahead)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.follow[c] == nil {
		b.follow[c] = map[chan core.Glimpse]struct{}{}
	}
	b.follow[c][ch] = struct{}{}
	return ch, sync.OnceFunc(func() { b.leave(c, ch) })
}

func (b *Bus) leave(c core.ConversationID, ch chan core.Glimpse) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.follow[c], ch)
	if len(b.follow[c]) == 0 {
		delete(b.follow, c)
	}
}

// Changed implements core.Bus: there is nobody to tell.
func (b *Bus) Changed(core.ConversationID) {}

// Changes implements core.Bus: nobody tells.
func (b *Bus) Changes() (<-chan core.ConversationID, func()) { return nil, func() {} }

// Allow implements core.Bus, by fixed windows: up to twice limit may pass where
// two of them meet.
func (b *Bus) Allow(_ context.Context, key string, limit int, d time.Duration) bool {
	now := b.now()
	b.count.Lock()
	defer b.count.Unlock()
	w := b.seen[key]
	if now.Sub(w.begin) >= d {
		w = window{begin: now}
	}
	w.n++
	if len(b.seen) >= maxKeys {
		clear(b.seen)
	}
	b.seen[key] = w
	return w.n <= limit
}

// Close implements core.Bus.
func (b *Bus) Close() error { return nil }
