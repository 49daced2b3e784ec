package admintest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"frontdesk/admin/api"
	"frontdesk/core"
)

// Ingest implements api.Documents.
func (l *Library) Ingest(ctx context.Context, u api.Upload) (api.Change, error) {
	ch, err := l.Preview(ctx, u)
	if u.Name == "broken late" {
		err = ErrBroken
	}
	if err != nil {
		return ch, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.docs == nil {
		l.docs = map[string]entry{}
	}
	k := key(u.Workspace, u.Bot, u.Name)
	if old, ok := l.docs[k]; ok {
		old.past = append([]entry{{doc: old.doc, lines: old.lines, data: old.data}}, old.past...)
		l.docs[k] = entry{ch.Document, lines(u.Data), u.Data, old.past}
	} else {
		l.docs[k] = entry{doc: ch.Document, lines: lines(u.Data), data: u.Data}
	}
	return ch, nil
}

// Preview implements api.Documents.
func (l *Library) Preview(_ context.Context, u api.Upload) (api.Change, error) {
	switch {
	case u.Name == "broken":
		return api.Change{}, ErrBroken
	case slices.Contains(u.Data, 0):
		return api.Change{}, errFormat
	}
	now := lines(u.Data)
	if u.Progress != nil {
		for i := range now {
			u.Progress(i+1, len(now))
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	old := l.docs[key(u.Workspace, u.Bot, u.Name)]
	ch := api.Change{Document: core.Document{Workspace: u.Workspace, Bot: u.Bot, Name: u.Name, File: u.File, Version: old.doc.Version + 1,
		MIME: "text/plain", Bytes: int64(len(u.Data)), Passages: len(now), Pages: 1, SHA256: fmt.Sprintf("%x", sha256.Sum256(u.Data)), Updated: l.now(), Origin: u.Origin}}
	for _, s := range now {
		if slices.Contains(old.lines, s) {
			ch.Unchanged++
		} else {
			ch.Added++
		}
	}
	ch.Removed = len(old.lines) - ch.Unchanged
	return ch, nil
}

func lines(b []byte) []string { return strings.Split(strings.TrimSpace(string(b)), "\n") }

// Delete implements api.Documents.
func (l *Library) Delete(_ context.Context, w core.WorkspaceID, bot, name string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := key(w, bot, name)
	if _, ok := l.docs[k]; !ok {
		return core.ErrNotFound
	}
	delete(l.docs, k)
	return nil
}

// Documents implements api.Documents.
func (l *Library) Documents(_ context.Context, w core.WorkspaceID, bot string) ([]core.Document, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []core.Document
	for _, e := range l.docs {
		if e.doc.Workspace == w && e.doc.Bot == bot {
			out = append(out, e.doc)
		}
	}
	slices.SortFunc(out, func(a, b core.Document) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// Search implements api.Documents: lines that hold a word of the question.
func (l *Library) Search(_ context.Context, q core.Query) ([]core.Passage, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []core.Passage
	for _, e := range l.docs {
		for _, s := range e.lines {
			for _, word := range strings.Fields(q.Text) {
				if e.doc.Bot == q.Bot && len(out) < q.Limit && strings.Contains(s, word) {
					out = append(out, core.Passage{Doc: e.doc.File, Title: "Returns", Page: 1, Text: s, Score: 0.9 - 0.2*float64(len(out))})
					break
				}
			}
		}
	}
	return out, nil
}
