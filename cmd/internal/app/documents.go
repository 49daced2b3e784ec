package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"frontdesk/admin/api"
	"frontdesk/cmd/internal/datadir"
	"frontdesk/cmd/internal/embedding"
	"frontdesk/cmd/internal/suggest"
	"frontdesk/configs"
	"frontdesk/core"
	"frontdesk/knowledge"
	"frontdesk/knowledge/hybrid"
)

var (
	_ api.Documents = (*documents)(nil)
	_ api.Versions  = (*documents)(nil)
)

// documents is the knowledge service as the admin API sees it.
type documents struct {
	*knowledge.Service
	embedder func() core.Embedder
}

func (a *App) openKnowledge(context.Context) (err error) {
	if a.vectors, err = embedding.Vectors(a.cfg.Vectors.URL.Reveal()); err != nil {
		return err
	}
	a.finder = hybrid.New(hybrid.Options{NewWords: datadir.Words, Store: a.vectors, Later: a.later.Go, Log: a.log})
	a.docs = &documents{datadir.Meaning(a.store, int64(a.cfg.Limits.File), a.o.Now, a.finder, a.recogniser()), a.meaning.embedder}
	return nil
}

// Ingest implements api.Documents.
func (d *documents) Ingest(ctx context.Context, u api.Upload) (api.Change, error) {
	return changed(d.Take(telling(ctx, u), document(u), u.Data, false))
}

// Preview implements api.Documents.
func (d *documents) Preview(ctx context.Context, u api.Upload) (api.Change, error) {
	return changed(d.Take(telling(ctx, u), document(u), u.Data, true))
}

// telling has u's progress told, if somebody wants to hear it.
func telling(ctx context.Context, u api.Upload) context.Context {
	if u.Progress == nil {
		return ctx
	}
	return knowledge.WithProgress(ctx, func(p knowledge.Progress) { u.Progress(p.Done, p.Total) })
}

func document(u api.Upload) core.Document {
	return core.Document{Workspace: u.Workspace, Bot: u.Bot, Name: u.Name, File: u.File, Origin: u.Origin}
}

// Differ implements api.Versions.
func (d *documents) Differ(ctx context.Context, w core.WorkspaceID, bot, name string, from, to int) (api.Comparison, error) {
	c, err := d.Compare(ctx, w, bot, name, from, to)
	if err != nil {
		return api.Comparison{}, err
	}
	ch, _ := changed(c.Change, nil)
	return api.Comparison{From: c.From, To: c.To, Change: ch}, nil
}

// Suggest implements api.Versions.
func (d *documents) Suggest(ctx context.Context, w core.WorkspaceID, bot, name string, n int) ([]api.Suggestion, error) {
	qs, err := suggest.Of(ctx, d.Service, d.embedder, w, bot, name, n)
	out := make([]api.Suggestion, len(qs))
	for i, q := range qs {
		out[i] = api.Suggestion{Question: q.Text, Answer: q.Answer, Doc: q.Doc, Page: q.Page, Score: q.Score, Own: q.Own}
	}
	return out, err
}

// Rollback implements api.Versions.
func (d *documents) Rollback(ctx context.Context, w core.WorkspaceID, bot, name string, version int, dry bool) (api.Change, error) {
	do := d.Service.Rollback
	if dry {
		do = d.PreviewRollback
	}
	return changed(do(ctx, w, bot, name, version))
}

func changed(c knowledge.Change, err error) (api.Change, error) {
	var left []api.Omission
	for _, o := range c.Left {
		left = append(left, api.Omission{Why: string(o.Why), Pieces: o.Pieces, Characters: o.Characters, Pages: o.Pages})
	}
	return api.Change{Document: c.Document, Added: c.Added, Removed: c.Removed, Unchanged: c.Unchanged, Embedded: c.Embedded, Edits: c.Edits,
		Unreadable: c.Unreadable, Recognised: c.Recognised, Tables: c.Tables, Left: left, Warnings: c.Warnings}, err
}

// Search implements api.Documents.
func (d *documents) Search(ctx context.Context, q core.Query) ([]core.Passage, error) {
	return d.Service.Search(ctx, q.Workspace, q.Bot, q.Text, q.Limit)
}

// folders remembers which files of bots' folders were taken in, by bot and
// name: a file is taken in again when it changes there, and what people upload
// meanwhile stays.
type folders struct {
	file string
	sums map[string]string
}

func openFolders(dir string) (*folders, error) {
	f := &folders{file: filepath.Join(dir, "folders.json"), sums: map[string]string{}}
	b, err := os.ReadFile(f.file)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &f.sums)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w: delete it: documents that are there stay as they are", f.file, err)
	}
	return f, nil
}

func (f *folders) save() error {
	b, err := json.MarshalIndent(f.sums, "", "  ")
	if err != nil {
		return err
	}
	part := f.file + ".part"
	if err := os.WriteFile(part, b, 0o600); err != nil {
		return err
	}
	return os.Rename(part, f.file)
}

// shelve takes the documents of a bot's folder in, where they changed since
// they were taken in last. Of a document that is there and of which nothing is
// remembered (a restored backup, an upload of that name), what is there stays.
func (a *App) shelve(ctx context.Context, id string, fsys fs.FS, b *configs.Bot) error {
	f, err := openFolders(a.cfg.DataDir)
	if err != nil {
		return err
	}
	there, err := a.docs.Documents(ctx, core.DefaultWorkspace, id)
	if err != nil {
		return err
	}
	for _, name := range b.Documents {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return fmt.Errorf("bot %s: %w", id, err)
		}
		sum := sha256.Sum256(data)
		key, hash, doc := id+"/"+name, hex.EncodeToString(sum[:]), path.Base(name)
		known := slices.ContainsFunc(there, func(d core.Document) bool { return d.Name == doc })
		switch {
		case f.sums[key] == hash:
			continue
		case f.sums[key] == "" && known:
		default:
			err := a.docs.Lazily(core.DefaultWorkspace, id, func() error {
				_, err := a.docs.Service.Ingest(ctx, core.DefaultWorkspace, id, doc, doc, data)
				return err
			})
			if err != nil {
				return fmt.Errorf("bot %s: %w", id, err)
			}
		}
		f.sums[key] = hash
		if err := f.save(); err != nil { // at once: a later failure must not undo this
			return err
		}
	}
	return a.docs.Load(ctx, core.DefaultWorkspace, id)
}
