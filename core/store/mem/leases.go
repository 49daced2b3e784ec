package mem

import (
	"context"
	"slices"
	"time"

	"frontdesk/core"
	"frontdesk/core/store"
)

// Lease implements store.Backend.
func (s *Store) Lease(_ context.Context, owner string, now, until time.Time, want int, busy []int) (out []store.Lease, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	want = s.share(owner, now, until, want, busy)
	have := 0
	for i := range s.parts {
		if p := &s.parts[i]; p.owner == owner {
			p.until = until
			have++
		} else if p.owner != "" && !p.until.After(now) {
			s.died(i)
			p.owner = ""
		}
	}
	for i := range s.parts {
		p := &s.parts[i]
		if p.owner == "" && have < want {
			*p = part{owner, p.fence + 1, until}
			have++
		}
		if p.owner == owner {
			out = append(out, store.Lease{Part: i, Fence: p.fence})
		}
	}
	return out, nil
}

// died counts an attempt for what part's owner may have been running.
func (s *Store) died(part int) {
	for id, c := range s.convs {
		if id.Partition() != part {
			continue
		}
		for _, t := range c.turns {
			if !t.done && t.item.Prev <= c.state.Settled {
				t.item.Work.Attempt++
			}
		}
	}
}

// Release implements store.Backend.
func (s *Store) Release(_ context.Context, owner string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.parts {
		if p := &s.parts[i]; p.owner == owner {
			p.owner, p.until = "", time.Time{}
		}
	}
	delete(s.living, owner)
	return nil
}

// Unclaim implements store.Backend.
func (s *Store) Unclaim(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.out {
		if r.state == core.Taking {
			r.until = time.Time{}
		}
	}
	return nil
}

// Open implements store.Backend.
func (s *Store) Open(_ context.Context, parts []int) (out []store.Item, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, c := range s.convs {
		if !slices.Contains(parts, id.Partition()) {
			continue
		}
		for _, t := range c.turns {
			if t.done {
				continue
			}
			it := t.item
			it.Work.State = c.state
			out = append(out, it)
		}
	}
	return out, nil
}
