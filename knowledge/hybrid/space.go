package hybrid

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"frontdesk/core"
	"frontdesk/knowledge"
	"frontdesk/knowledge/embed"
)

// wording is a text that has a vector, or wants one. The text itself is made
// when it is wanted: there is one of most passages already.
type wording struct {
	key     knowledge.Key
	passage *core.Passage
	number  int // of the passage's wordings
}

func (w wording) text() string { return knowledge.Wordings(*w.passage)[w.number] }

// space is a bot's vectors of one model.
type space struct {
	model   *Model
	vectors knowledge.Vectors
}

const (
	// batch is how many texts are embedded at once: a pass of which nobody
	// waits long for.
	batch = 32
	// The waits before a failed filling is tried again.
	shortestRetry = time.Second
	longestRetry  = time.Minute
)

// embed gives s the vectors of those of texts it lacks. computed hears of each
// that no cache had.
func (s *space) embed(ctx context.Context, texts []wording, computed func(*core.Passage)) error {
	keys := make([]knowledge.Key, len(texts))
	for i, t := range texts {
		keys[i] = t.key
	}
	missing, err := s.vectors.Missing(ctx, keys)
	if err != nil {
		return fmt.Errorf("look for vectors: %w", err)
	}
	lacks := make(map[knowledge.Key]bool, len(missing))
	for _, k := range missing {
		lacks[k] = true
	}
	var todo []wording
	for _, t := range texts {
		if lacks[t.key] {
			lacks[t.key] = false // once each
			todo = append(todo, t)
		}
	}
	for part := range slices.Chunk(todo, batch) {
		if err := s.put(ctx, part, computed); err != nil {
			return err
		}
	}
	return nil
}

func (s *space) put(ctx context.Context, part []wording, computed func(*core.Passage)) error {
	var had sync.Map // of texts; see embed.WithKnown
	texts := make([]string, len(part))
	for i, t := range part {
		texts[i] = t.text()
	}
	vs, err := s.model.Embedder.Embed(embed.WithKnown(ctx, func(text string) { had.Store(text, nil) }), core.EmbedPassage, texts)
	if err != nil {
		return fmt.Errorf("embed passages: %w", err)
	}
	out := make([]knowledge.Vector, len(part))
	for i, t := range part {
		out[i] = knowledge.Vector{Key: t.key, V: vs[i]}
	}
	if err := s.vectors.Put(ctx, out); err != nil {
		return fmt.Errorf("store vectors: %w", err)
	}
	for i, t := range part {
		if _, ok := had.Load(texts[i]); !ok {
			computed(t.passage)
		}
	}
	return nil
}

// begin builds the space of m beside the one that serves. The engine's lock is
// held.
func (x *Index) begin(m *Model) {
	name := m.Embedder.Space()
	s := &space{m, x.e.o.Store.Open(x.workspace, x.bot, name, m.Embedder.Dimensions())}
	x.mu.Lock()
	x.coming = s
	x.mu.Unlock()
	x.fillLater()
}

// drop forgets the spaces; vectors that are kept elsewhere stay there.
func (x *Index) drop() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.coming = nil
	x.serving.Store(nil)
}

// fillLater has the vectors made that are missing.
func (x *Index) fillLater() {
	x.mu.Lock()
	busy := x.filling
	x.filling, x.again = true, busy
	x.mu.Unlock()
	if !busy {
		x.e.o.Later(x.fill) // which may run it at once
	}
}

// fill makes what is missing until nothing is, or ctx ends.
func (x *Index) fill(ctx context.Context) {
	for wait := shortestRetry; ; {
		err := x.fillOnce(ctx)
		if err == nil {
			x.mu.Lock()
			done := !x.again
			x.again, x.filling = false, !done
			x.mu.Unlock()
			if done {
				return
			}
			wait = shortestRetry
			continue
		}
		if ctx.Err() == nil {
			x.e.o.Log.Warn("vectors are not complete: answers are looked up by words until they are", "bot", x.bot, "err", err)
		}
		select {
		case <-ctx.Done():
			x.mu.Lock()
			x.filling = false
			x.mu.Unlock()
			return
		case <-time.After(wait):
		}
		wait = min(2*wait, longestRetry)
	}
}

// fillOnce completes the newest space, makes it the one that serves if it is
// complete for the passages as they are now, and forgets vectors nobody wants.
func (x *Index) fillOnce(ctx context.Context) error {
	x.mu.Lock()
	s, version, texts := x.newest(), x.version, x.texts()
	x.mu.Unlock()
	if s == nil {
		return nil
	}
	if err := s.embed(ctx, texts, func(*core.Passage) {}); err != nil {
		return err
	}
	x.mu.Lock()
	same := version == x.version && s == x.newest() // neither changed nor dropped
	if same {
		x.serving.Store(s)
		x.coming = nil
	} else {
		x.again = true
	}
	x.mu.Unlock()
	if !same {
		return nil
	}
	return x.forget(ctx, s)
}

// forget drops the vectors of s that no passage has, unless some are being
// prepared: then what is there may be wanted in a moment.
func (x *Index) forget(ctx context.Context, s *space) error {
	if !x.tidy.TryLock() {
		return nil
	}
	defer x.tidy.Unlock()
	x.mu.Lock()
	texts := x.texts()
	x.mu.Unlock()
	keys := make([]knowledge.Key, len(texts))
	for i, t := range texts {
		keys[i] = t.key
	}
	return s.vectors.Keep(ctx, keys)
}

// newest is the space that is being built, or else the one that serves.
func (x *Index) newest() *space {
	if x.coming != nil {
		return x.coming
	}
	return x.serving.Load()
}

// texts are all wordings of the passages there are.
func (x *Index) texts() []wording {
	var out []wording
	for _, d := range x.docs {
		out = append(out, d...)
	}
	return out
}
