package embed

import (
	"cmp"
	"container/list"
	"context"
	"slices"
	"sync"

	"frontdesk/core"
)

var _ core.Embedder = (*Cache)(nil)

// CacheOptions bound a Cache. The zero value keeps questions only.
type CacheOptions struct {
	// Bytes is how much memory questions and their vectors may take; 16 MB if 0.
	Bytes int
	// Dir is where the vectors of passages are kept, so that a document that is
	// taken in again, or by another bot, costs nothing; nowhere if "".
	Dir string
	// DirBytes is how large a file there may grow before it is begun anew; 512 MB
	// if 0.
	DirBytes int64
}

// Cache is an Embedder that remembers: the questions asked most lately, in
// memory, and all passages, on disk by model and text. Safe for concurrent use.
type Cache struct {
	core.Embedder
	limit int
	disk  *disk // nil if there is none

	mu    sync.Mutex
	order *list.List // of *entry, the latest first
	by    map[string]*list.Element
	size  int
}

type entry struct {
	text string
	v    []float32
}

// cost is the entry's memory, with what the list and the map add.
func (e *entry) cost() int { return 4*len(e.v) + len(e.text) + 200 }

// NewCache puts a cache before e. Close it when e is closed.
func NewCache(e core.Embedder, o CacheOptions) (*Cache, error) {
	c := &Cache{Embedder: e, limit: cmp.Or(o.Bytes, 16<<20), order: list.New(), by: map[string]*list.Element{}}
	if o.Dir != "" {
		d, err := openDisk(o.Dir, e.Space(), e.Dimensions(), cmp.Or(o.DirBytes, 512<<20))
		if err != nil {
			return nil, err
		}
		c.disk = d
	}
	return c, nil
}

// Close closes the file, not the embedder behind the cache.
func (c *Cache) Close() error {
	if c.disk == nil {
		return nil
	}
	return c.disk.close()
}

// Embed implements core.Embedder.
func (c *Cache) Embed(ctx context.Context, kind core.EmbedKind, texts []string) ([][]float32, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := make([][]float32, len(texts))
	var missing []string
	at := map[string][]int{}
	for i, t := range texts {
		clean := Clean(t)
		if out[i] = c.get(kind, clean); out[i] != nil {
			known(ctx, t)
			continue
		}
		if at[clean] == nil {
			missing = append(missing, clean)
		}
		at[clean] = append(at[clean], i)
	}
	if len(missing) == 0 && len(texts) > 0 {
		return out, nil
	}
	fresh, err := c.Embedder.Embed(ctx, kind, missing)
	if err != nil {
		return nil, err
	}
	for i, t := range missing {
		c.put(kind, t, fresh[i])
		for _, j := range at[t] {
			out[j] = slices.Clone(fresh[i])
		}
	}
	return out, nil
}

// get returns a copy of what is remembered of a text, or nil.
func (c *Cache) get(kind core.EmbedKind, text string) []float32 {
	switch {
	case kind == core.EmbedPassage && c.disk != nil:
		return c.disk.get(text)
	case kind != core.EmbedQuery:
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.by[text]
	if e == nil {
		return nil
	}
	c.order.MoveToFront(e)
	return slices.Clone(e.Value.(*entry).v)
}

func (c *Cache) put(kind core.EmbedKind, text string, v []float32) {
	switch {
	case kind == core.EmbedPassage && c.disk != nil:
		c.disk.put(text, v)
	case kind == core.EmbedQuery:
		c.remember(&entry{text, slices.Clone(v)})
	}
}

func (c *Cache) remember(e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by[e.text] != nil {
		return // another caller was quicker
	}
	c.by[e.text] = c.order.PushFront(e)
	c.size += e.cost()
	for c.size > c.limit && c.order.Len() > 0 {
		last := c.order.Remove(c.order.Back()).(*entry)
		delete(c.by, last.text)
		c.size -= last.cost()
	}
}
