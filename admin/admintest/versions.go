package admintest

import (
	"context"

	"frontdesk/admin/api"
	"frontdesk/core"
)

// all are the versions of a document, the current one first.
func (l *Library) all(w core.WorkspaceID, bot, name string) ([]entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.docs[key(w, bot, name)]
	if !ok {
		return nil, core.ErrNotFound
	}
	return append([]entry{e}, e.past...), nil
}

func (l *Library) at(w core.WorkspaceID, bot, name string, version int) (entry, error) {
	all, err := l.all(w, bot, name)
	for _, e := range all {
		if version == 0 || e.doc.Version == version {
			return e, nil
		}
	}
	if err == nil {
		err = core.Invalid("%s has no version %d", name, version)
	}
	return entry{}, err
}

// Versions implements api.Versions.
func (l *Library) Versions(_ context.Context, w core.WorkspaceID, bot, name string) ([]core.Document, error) {
	all, err := l.all(w, bot, name)
	out := make([]core.Document, len(all))
	for i, e := range all {
		out[i] = e.doc
	}
	return out, err
}

// Version implements api.Versions.
func (l *Library) Version(_ context.Context, w core.WorkspaceID, bot, name string, version int) (core.Document, []core.Chunk, error) {
	e, err := l.at(w, bot, name, version)
	var out []core.Chunk
	for i, s := range e.lines {
		out = append(out, core.Chunk{Document: name, Ordinal: i, Passage: core.Passage{Doc: e.doc.File, Text: s, Page: 1}})
	}
	return e.doc, out, err
}

// Differ implements api.Versions: the whole text is one edit.
func (l *Library) Differ(_ context.Context, w core.WorkspaceID, bot, name string, from, to int) (api.Comparison, error) {
	b, err := l.at(w, bot, name, to)
	if err != nil {
		return api.Comparison{}, err
	}
	if from == 0 {
		from = b.doc.Version - 1
	}
	a, err := l.at(w, bot, name, from)
	if err != nil {
		return api.Comparison{}, err
	}
	return api.Comparison{From: a.doc, To: b.doc, Change: api.Change{Document: b.doc, Added: 1, Removed: 1,
		Edits: []core.Edit{{Kind: core.EditChanged, Page: 1, Old: string(a.data), New: string(b.data)}}}}, nil
}

// Rollback implements api.Versions.
func (l *Library) Rollback(ctx context.Context, w core.WorkspaceID, bot, name string, version int, dry bool) (api.Change, error) {
	all, err := l.all(w, bot, name)
	if err != nil {
		return api.Change{}, err
	}
	if version == 0 {
		version = all[0].doc.Version - 1
	}
	e, err := l.at(w, bot, name, version)
	if err != nil {
		return api.Change{}, err
	}
	do := l.Ingest
	if dry {
		do = l.Preview
	}
	return do(ctx, api.Upload{Workspace: w, Bot: bot, Name: name, File: e.doc.File, Data: e.data})
}

// Suggest implements api.Versions: every line answers itself.
func (l *Library) Suggest(_ context.Context, w core.WorkspaceID, bot, name string, n int) ([]api.Suggestion, error) {
	e, err := l.at(w, bot, name, 0)
	var out []api.Suggestion
	for _, s := range e.lines[:min(len(e.lines), n)] {
		out = append(out, api.Suggestion{Question: s + "?", Answer: s, Doc: e.doc.File, Page: 1, Score: 1, Own: true})
	}
	return out, err
}

// File implements api.Versions.
func (l *Library) File(_ context.Context, w core.WorkspaceID, bot, name string, version int) (core.Document, []byte, error) {
	e, err := l.at(w, bot, name, version)
	return e.doc, e.data, err
}
