package graph

import (
	"context"
	"fmt"
	"sync"

	"frontdesk/core"
)

var _ Store = (*Documents)(nil)

// Documents is a Store that reads the facts of a library's documents. It asks
// the library for the version at each call, so an answer never draws from facts
// of a document that was replaced; documents that did not change are not read
// again. Safe for concurrent use.
type Documents struct {
	library core.Library
	norm    Normalizer

	mu sync.Mutex
	by map[place]*read
}

type place struct {
	workspace core.WorkspaceID
	bot       string
}

// read is what is known of one bot.
type read struct {
	mu      sync.Mutex // one reading at a time
	version int64
	graph   *Graph // nil before the first reading
	docs    map[string]document
}

// document is what was read of one.
type document struct {
	version int
	sha256  string
	facts   []Fact
	texts   []string
}

// FromDocuments makes a store over a library.
func FromDocuments(l core.Library, norm Normalizer) *Documents {
	return &Documents{library: l, norm: norm, by: map[place]*read{}}
}

// Graph implements Store.
func (d *Documents) Graph(ctx context.Context, w core.WorkspaceID, bot string) (*Graph, error) {
	d.mu.Lock()
	r := d.by[place{w, bot}]
	if r == nil {
		r = &read{docs: map[string]document{}}
		d.by[place{w, bot}] = r
	}
	d.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	version, err := d.library.KnowledgeVersion(ctx, w, bot)
	if err != nil {
		return nil, fmt.Errorf("graph of %s: %w", bot, err)
	}
	if r.graph != nil && r.version == version {
		return r.graph, nil
	}
	if err := d.take(ctx, r, w, bot); err != nil {
		return nil, fmt.Errorf("graph of %s: %w", bot, err)
	}
	r.version = version // as it was before: what changed meanwhile is read next time
	return r.graph, nil
}

// take reads the documents that changed and makes a new graph.
func (d *Documents) take(ctx context.Context, r *read, w core.WorkspaceID, bot string) error {
	list, err := d.library.Documents(ctx, w, bot)
	if err != nil {
		return err
	}
	docs := map[string]document{}
	var facts []Fact
	var texts []string
	for _, doc := range list {
		have, ok := r.docs[doc.Name]
		if !ok || have.version != doc.Version || have.sha256 != doc.SHA256 {
			chunks, err := d.library.Chunks(ctx, w, bot, doc.Name)
			if err != nil {
				return err
			}
			have = document{version: doc.Version, sha256: doc.SHA256}
			for _, c := range chunks {
				have.facts = append(have.facts, Read([]core.Passage{c.Passage})...)
				have.texts = append(have.texts, c.Passage.Title+" "+c.Passage.Question+" "+c.Passage.Text)
			}
		}
		docs[doc.Name] = have
		facts, texts = append(facts, have.facts...), append(texts, have.texts...)
	}
	r.docs, r.graph = docs, New(d.norm, facts, texts)
	return nil
}
