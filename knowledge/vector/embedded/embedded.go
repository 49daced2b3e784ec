// Package embedded keeps vectors in the memory of the program. What is lost
// with it is read again from the embedder's cache, which is on disk.
//
// A search among few compares with all. Among many, the sign of each number
// beside the mean's is compared first, 384 of them in six machine words; those
// with the fewest differing signs are then compared exactly.
//
// Searches hold a lock for no longer than it takes to see what there is.
package embedded

import (
	"context"
	"slices"
	"sync"

	"frontdesk/core"
	"frontdesk/knowledge"
)

var (
	_ knowledge.VectorStore = (*Store)(nil)
	_ knowledge.Vectors     = (*set)(nil)
)

// Store is safe for concurrent use. The zero value is empty.
type Store struct {
	mu   sync.Mutex
	sets map[name]*set
}

type name struct {
	workspace  core.WorkspaceID
	bot, space string
}

// Open implements knowledge.VectorStore.
func (s *Store) Open(w core.WorkspaceID, bot, space string, dim int) knowledge.Vectors {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := name{w, bot, space}
	if s.sets == nil {
		s.sets = map[name]*set{}
	}
	if s.sets[n] == nil {
		s.sets[n] = newSet(dim)
	}
	return s.sets[n]
}

// Close implements knowledge.VectorStore.
func (s *Store) Close() error { return nil }

// set is one bot's vectors in one space.
type set struct {
	dim int
	mu  sync.RWMutex // below
	now state
	at  map[knowledge.Key]int32 // where in now.all
	sum []float64
}

// state is what a search needs. It is altered at its slices' ends only, which
// a copy does not see.
type state struct {
	all []knowledge.Vector
	// signs are those of all, beside origin; none while there are few.
	signs  []uint64
	origin []float32
}

func newSet(dim int) *set {
	return &set{dim: dim, at: map[knowledge.Key]int32{}, sum: make([]float64, dim)}
}

// Missing implements knowledge.Vectors.
func (s *set) Missing(_ context.Context, keys []knowledge.Key) ([]knowledge.Key, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []knowledge.Key
	for _, k := range keys {
		if _, ok := s.at[k]; !ok {
			out = append(out, k)
		}
	}
	return out, nil
}

// Get implements knowledge.Vectors.
func (s *set) Get(_ context.Context, keys []knowledge.Key) ([]knowledge.Vector, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]knowledge.Vector, 0, len(keys))
	for _, k := range keys {
		if i, ok := s.at[k]; ok {
			out = append(out, s.now.all[i])
		}
	}
	return out, nil
}

// Put implements knowledge.Vectors.
func (s *set) Put(_ context.Context, vs []knowledge.Vector) error {
	for _, v := range vs {
		if len(v.V) != s.dim {
			return core.Invalid("vectors: one of %d numbers does not fit among those of %d", len(v.V), s.dim)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range vs {
		if _, ok := s.at[v.Key]; !ok {
			s.add(v)
		}
	}
	s.sign()
	return nil
}

func (s *set) add(v knowledge.Vector) {
	s.at[v.Key] = int32(len(s.now.all))
	s.now.all = append(s.now.all, v)
	for i, f := range v.V {
		s.sum[i] += float64(f)
	}
}

// Keep implements knowledge.Vectors.
func (s *set) Keep(_ context.Context, keys []knowledge.Key) error {
	wanted := make(map[knowledge.Key]bool, len(keys))
	for _, k := range keys {
		wanted[k] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.now.all
	if !slices.ContainsFunc(old, func(v knowledge.Vector) bool { return !wanted[v.Key] }) {
		return nil
	}
	s.now, s.at = state{}, map[knowledge.Key]int32{}
	clear(s.sum)
	for _, v := range old {
		if wanted[v.Key] {
			s.add(v)
		}
	}
	s.sign()
	return nil
}

// Mean implements knowledge.Vectors.
func (s *set) Mean(context.Context) ([]float32, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.mean(), nil
}

func (s *set) mean() []float32 {
	if len(s.now.all) == 0 {
		return nil
	}
	out := make([]float32, s.dim)
	for i, f := range s.sum {
		out[i] = float32(f / float64(len(s.now.all)))
	}
	return out
}
