// Package recall remembers a bounded number of things for a bounded time:
// names, chats and threads that can be asked for again when forgotten.
package recall

import (
	"sync"
	"time"
)

type entry[V any] struct {
	val   V
	until time.Time
}

// Memory maps keys to values. Safe for concurrent use.
type Memory[V any] struct {
	max int
	ttl time.Duration
	now func() time.Time

	mu sync.Mutex
	m  map[string]entry[V]
}

// New makes a memory of at most max values, each kept for ttl.
func New[V any](max int, ttl time.Duration, now func() time.Time) *Memory[V] {
	return &Memory[V]{max: max, ttl: ttl, now: now, m: map[string]entry[V]{}}
}

// Get returns what was put under key, unless it was forgotten.
func (m *Memory[V]) Get(key string) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.m[key]
	if ok && m.now().After(e.until) {
		delete(m.m, key)
		ok = false
	}
	if !ok {
		var none V
		return none, false
	}
	return e.val, true
}

// Put remembers val under key. When full, some other value is forgotten.
func (m *Memory[V]) Put(key string, val V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.m[key]; !known && len(m.m) >= m.max {
		for k := range m.m { // the map's order is random enough
			delete(m.m, k)
			break
		}
	}
	m.m[key] = entry[V]{val, m.now().Add(m.ttl)}
}
