package bot

import (
	"maps"
	"sync/atomic"
)

// Snapshot is the bots at one moment. Readers never wait; a change swaps all
// bots at once. The zero value holds none.
type Snapshot struct {
	bots atomic.Pointer[map[string]*Bot]
}

// Get returns the bot of that id.
func (s *Snapshot) Get(id string) (*Bot, bool) {
	m := s.bots.Load()
	if m == nil {
		return nil, false
	}
	b, ok := (*m)[id]
	return b, ok
}

// Set replaces all bots.
func (s *Snapshot) Set(bots ...*Bot) {
	m := make(map[string]*Bot, len(bots))
	for _, b := range bots {
		m[b.Info.ID] = b
	}
	s.bots.Store(&m)
}

// Put replaces one bot, or adds it.
func (s *Snapshot) Put(b *Bot) {
	for {
		old := s.bots.Load()
		m := map[string]*Bot{}
		if old != nil {
			m = maps.Clone(*old)
		}
		m[b.Info.ID] = b
		if s.bots.CompareAndSwap(old, &m) {
			return
		}
	}
}

// All returns the bots, in no order.
func (s *Snapshot) All() []*Bot {
	m := s.bots.Load()
	if m == nil {
		return nil
	}
	all := make([]*Bot, 0, len(*m))
	for _, b := range *m {
		all = append(all, b)
	}
	return all
}
