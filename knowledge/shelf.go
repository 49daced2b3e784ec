package knowledge

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"frontdesk/core"
)

// shelf holds one bot's index and knows which versions are in it.
type shelf struct {
	key
	library core.Library
	index   Index
	now     func() time.Time

	write sync.Mutex // one change of documents at a time
	lazy  atomic.Int32

	load    sync.Mutex // one refresh at a time; guards the rest
	version int64
	have    map[string]mark // nil before the first load
	seen    atomic.Int64    // when the version was last asked for, in µs; 0 never
}

// mark tells versions of a document apart, also those of one that was deleted
// and made again.
type mark struct {
	version int
	sha256  string
	file    string
	updated int64
}

// current makes sure the index is at most Recheck old. Only the first question
// after that time waits for the store; those beside it search what is there.
func (s *shelf) current(ctx context.Context) error {
	last := s.seen.Load()
	if last == 0 {
		return s.refresh(ctx)
	}
	now := s.now().UnixMicro()
	if now-last < Recheck.Microseconds() || !s.load.TryLock() {
		return nil
	}
	defer s.load.Unlock()
	return s.sync(ctx)
}

// refresh takes in what changed, now.
func (s *shelf) refresh(ctx context.Context) error {
	s.load.Lock()
	defer s.load.Unlock()
	return s.sync(ctx)
}

// sync brings the index up to the library. The version is read first: what
// changes while the documents are read is read again next time.
func (s *shelf) sync(ctx context.Context) error {
	now := s.now().UnixMicro()
	version, err := s.library.KnowledgeVersion(ctx, s.workspace, s.bot)
	if err != nil {
		return fmt.Errorf("knowledge version of %s: %w", s.bot, err)
	}
	if s.have == nil || version != s.version {
		if err := s.take(ctx); err != nil {
			return fmt.Errorf("load documents of %s: %w", s.bot, err)
		}
		s.version = version
	}
	s.seen.Store(now)
	return nil
}

// take reads the documents whose versions are not in the index.
func (s *shelf) take(ctx context.Context) error {
	docs, err := s.library.Documents(ctx, s.workspace, s.bot)
	if err != nil {
		return err
	}
	have := make(map[string]mark, len(docs))
	changes := map[string][]core.Passage{}
	for _, d := range docs {
		m := mark{d.Version, d.SHA256, d.File, d.Updated.UnixNano()}
		have[d.Name] = m
		if old, ok := s.have[d.Name]; ok && old == m {
			continue
		}
		chunks, err := s.library.Chunks(ctx, s.workspace, s.bot, d.Name)
		if err != nil {
			return err
		}
		changes[d.Name] = passages(chunks)
		for i := range changes[d.Name] {
			changes[d.Name][i].Version = d.Version
		}
	}
	for name := range s.have {
		if _, ok := have[name]; !ok {
			changes[name] = nil
		}
	}
	if len(changes) > 0 {
		s.index.Update(changes)
	}
	s.have = have
	return nil
}

// prepare has made what taking in chunks will want, and tells of how many
// passages vectors were computed.
func (s *shelf) prepare(ctx context.Context, chunks []core.Chunk) (embedded int, done func(), err error) {
	if s.lazy.Load() > 0 {
		return 0, func() {}, nil
	}
	return s.index.Prepare(ctx, passages(chunks))
}

// Lazily runs work, while which nothing is prepared for what is taken in for a
// bot: its words find it at once, and its vectors are made in the background.
func (s *Service) Lazily(w core.WorkspaceID, bot string, work func() error) error {
	sh := s.shelf(w, bot)
	sh.lazy.Add(1)
	defer sh.lazy.Add(-1)
	return work()
}

func passages(chunks []core.Chunk) []core.Passage {
	out := make([]core.Passage, len(chunks))
	for i, c := range chunks {
		out[i] = c.Passage
	}
	return out
}
