package mem

import (
	"slices"
	"time"
)

// Shared makes a store whose partitions are divided among the replicas that
// live, as those of a database are.
func Shared() *Store {
	s := New()
	s.living = map[string]time.Time{}
	return s
}

// share notes that owner lives until then, lets it give up what it holds beyond
// its due, but for what is busy, and returns its due. The caller holds mu.
func (s *Store) share(owner string, now, until time.Time, want int, busy []int) int {
	if s.living == nil {
		return want
	}
	s.living[owner] = until
	n := 0
	for _, u := range s.living {
		if u.After(now) {
			n++
		}
	}
	due := (want + n - 1) / max(n, 1)
	kept := 0
	for _, first := range []bool{true, false} { // what is busy counts first
		for i := range s.parts {
			p := &s.parts[i]
			if p.owner != owner || slices.Contains(busy, i) != first {
				continue
			}
			if kept++; kept > due && !first {
				p.owner, p.until = "", time.Time{}
			}
		}
	}
	return due
}
