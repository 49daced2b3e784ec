// Package live is core.Live within one process.
package live

import (
	"sync"

	"frontdesk/core"
)

var _ core.Live = (*Hub)(nil)

// ahead is how many pieces a follower may be behind: some seconds of a fast
// model.
const ahead = 256

// Hub hands glimpses to the followers of a conversation. The zero value is
// ready.
type Hub struct {
	mu sync.RWMutex
	m  map[core.ConversationID]map[chan core.Glimpse]struct{}
}

// Publish implements core.Live.
func (h *Hub) Publish(g core.Glimpse) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for ch := range h.m[g.Conversation] {
		select {
		case ch <- g:
		default: // the index shows the gap
		}
	}
}

// Follow implements core.Live.
func (h *Hub) Follow(c core.ConversationID) (<-chan core.Glimpse, func()) {
	ch := make(chan core.Glimpse, ahead)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.m == nil {
		h.m = map[core.ConversationID]map[chan core.Glimpse]struct{}{}
	}
	if h.m[c] == nil {
		h.m[c] = map[chan core.Glimpse]struct{}{}
	}
	h.m[c][ch] = struct{}{}
	return ch, sync.OnceFunc(func() { h.leave(c, ch) })
}

func (h *Hub) leave(c core.ConversationID, ch chan core.Glimpse) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.m[c], ch)
	if len(h.m[c]) == 0 {
		delete(h.m, c)
	}
}
