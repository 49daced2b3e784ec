package knowledgetest

import (
	"cmp"
	"context"
	"slices"

	"frontdesk/core"
)

// number gives d its version, and reports whether it becomes the current one.
func (m *Memory) number(at place, d *core.Document) (current bool, err error) {
	now := m.docs[at].doc.Version
	if d.Version == 0 {
		d.Version = now + 1
		return true, nil
	}
	if d.Version == now || slices.ContainsFunc(m.past[at], func(h held) bool { return h.doc.Version == d.Version }) {
		return false, core.Invalid("%s has a version %d already", d.Name, d.Version)
	}
	return d.Version > now, nil
}

// trim keeps what core's bounds allow, newest first.
func (m *Memory) trim(at place) {
	past := m.past[at]
	slices.SortFunc(past, func(a, b held) int { return cmp.Compare(b.doc.Version, a.doc.Version) })
	bytes := m.docs[at].doc.Bytes
	for i, h := range past {
		if bytes += h.doc.Bytes; i+2 > core.KeptVersions || i > 0 && bytes > core.KeptBytes {
			past = past[:i]
			break
		}
	}
	m.past[at] = past
}

// Versions implements core.Archive.
func (m *Memory) Versions(ctx context.Context, w core.WorkspaceID, bot, name string) ([]core.Document, error) {
	if err := m.fails(ctx, "Versions"); err != nil {
		return nil, err
	}
	all := m.all(w, bot, name)
	out := make([]core.Document, len(all))
	for i, h := range all {
		out[i] = h.doc
	}
	if len(out) == 0 {
		return nil, core.ErrNotFound
	}
	return out, nil
}

func (m *Memory) all(w core.WorkspaceID, bot, name string) []held {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := place{string(w), bot, name}
	now, ok := m.docs[at]
	if !ok {
		return nil
	}
	return append([]held{now}, m.past[at]...)
}

// VersionChunks implements core.Archive.
func (m *Memory) VersionChunks(ctx context.Context, w core.WorkspaceID, bot, name string, version int) ([]core.Chunk, error) {
	if err := m.fails(ctx, "VersionChunks"); err != nil {
		return nil, err
	}
	for _, h := range m.all(w, bot, name) {
		if h.doc.Version == version {
			return slices.Clone(h.chunks), nil
		}
	}
	return nil, core.ErrNotFound
}

// PutFile implements core.Archive.
func (m *Memory) PutFile(ctx context.Context, w core.WorkspaceID, sum string, data []byte) error {
	if err := m.fails(ctx, "PutFile"); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.files == nil {
		m.files = map[[2]string][]byte{}
	}
	m.files[[2]string{string(w), sum}] = slices.Clone(data)
	return nil
}

// File implements core.Archive.
func (m *Memory) File(ctx context.Context, w core.WorkspaceID, sum string) ([]byte, error) {
	if err := m.fails(ctx, "File"); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.files[[2]string{string(w), sum}]
	if !ok {
		return nil, core.ErrNotFound
	}
	return slices.Clone(b), nil
}
