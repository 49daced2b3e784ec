package knowledgetest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"frontdesk/core"
)

var _ core.Archive = (*Memory)(nil)

// Memory is a core.Archive that forgets with the process. The zero value is
// empty. Fail, if set, is asked before every call.
type Memory struct {
	Fail func(call string) error

	mu       sync.Mutex
	docs     map[place]held
	past     map[place][]held // newest first
	files    map[[2]string][]byte
	versions map[[2]string]int64
}

type place struct{ workspace, bot, name string }

type held struct {
	doc    core.Document
	chunks []core.Chunk
}

func (m *Memory) fails(ctx context.Context, call string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.Fail != nil {
		return m.Fail(call)
	}
	return nil
}

// PutDocument implements core.Library.
func (m *Memory) PutDocument(ctx context.Context, d core.Document, chunks []core.Chunk) (core.Document, error) {
	if err := m.fails(ctx, "PutDocument"); err != nil {
		return d, err
	}
	seen := map[int]bool{}
	for _, c := range chunks {
		if seen[c.Ordinal] {
			return d, fmt.Errorf("two passages at %d", c.Ordinal)
		}
		seen[c.Ordinal] = true
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.docs == nil {
		m.docs, m.past, m.versions = map[place]held{}, map[place][]held{}, map[[2]string]int64{}
	}
	at := place{string(d.Workspace), d.Bot, d.Name}
	old := m.docs[at]
	current, err := m.number(at, &d)
	if err != nil {
		return d, err
	}
	chunks = slices.Clone(chunks)
	if !current {
		m.past[at] = append(m.past[at], held{d, chunks})
		m.trim(at)
		return d, nil
	}
	m.versions[[2]string{at.workspace, at.bot}]++
	was := map[string]int64{}
	for _, c := range old.chunks {
		was[c.Hash] = c.Published
	}
	for i, c := range chunks {
		chunks[i].Published = m.versions[[2]string{at.workspace, at.bot}]
		if v, ok := was[c.Hash]; ok {
			chunks[i].Published = v
		}
	}
	if old.doc.Version > 0 {
		m.past[at] = append(m.past[at], old)
	}
	m.docs[at] = held{d, chunks}
	m.trim(at)
	return d, nil
}

// DeleteDocument implements core.Library.
func (m *Memory) DeleteDocument(ctx context.Context, w core.WorkspaceID, bot, name string) error {
	if err := m.fails(ctx, "DeleteDocument"); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	at := place{string(w), bot, name}
	if _, ok := m.docs[at]; !ok {
		return core.ErrNotFound
	}
	delete(m.docs, at)
	delete(m.past, at)
	m.versions[[2]string{at.workspace, at.bot}]++
	return nil
}

func (m *Memory) of(w core.WorkspaceID, bot string) []held {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []held
	for at, h := range maps.All(m.docs) {
		if at.workspace == string(w) && at.bot == bot {
			out = append(out, h)
		}
	}
	slices.SortFunc(out, func(a, b held) int { return strings.Compare(a.doc.Name, b.doc.Name) })
	return out
}

// Documents implements core.Library.
func (m *Memory) Documents(ctx context.Context, w core.WorkspaceID, bot string) ([]core.Document, error) {
	if err := m.fails(ctx, "Documents"); err != nil {
		return nil, err
	}
	var out []core.Document
	for _, h := range m.of(w, bot) {
		out = append(out, h.doc)
	}
	return out, nil
}

// Chunks implements core.Library.
func (m *Memory) Chunks(ctx context.Context, w core.WorkspaceID, bot, name string) ([]core.Chunk, error) {
	if err := m.fails(ctx, "Chunks"); err != nil {
		return nil, err
	}
	var out []core.Chunk
	for _, h := range m.of(w, bot) {
		if name == "" || h.doc.Name == name {
			out = append(out, h.chunks...)
		}
	}
	return out, nil
}

// KnowledgeVersion implements core.Library.
func (m *Memory) KnowledgeVersion(ctx context.Context, w core.WorkspaceID, bot string) (int64, error) {
	if err := m.fails(ctx, "KnowledgeVersion"); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.versions[[2]string{string(w), bot}], nil
}
