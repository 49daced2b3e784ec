package main

import (
	"context"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/knowledge"
	"frontdesk/knowledge/faq"
)

// target is where the documents are: a server, or the data folder itself.
type target interface {
	// name is how the first line printed calls it.
	name() string
	// bots lists the bots there are, none if that cannot be told.
	bots(ctx context.Context) ([]string, error)
	// put makes u the new version of a document; sent hears how many bytes went.
	put(ctx context.Context, bot string, u upload, sent func(int)) (change, error)
	// versions lists what is kept of a document, the current version first.
	versions(ctx context.Context, bot, name string) ([]document, error)
	// passages lists what was read of a version, of the current one if it is 0.
	passages(ctx context.Context, bot, name string, version int) ([]passage, error)
	// diff tells how version to, or the current one, differs from version from, or
	// the one before it.
	diff(ctx context.Context, bot, name string, from, to int) (comparison, error)
	// rollback publishes a version, or the one before the current, as a new one.
	rollback(ctx context.Context, bot, name string, version int, dry bool) (change, error)
	// suggest asks questions that a document can answer.
	suggest(ctx context.Context, bot, name string) ([]suggestion, error)
	// file is what was given as a version.
	file(ctx context.Context, bot, name string, version int) ([]byte, error)
	list(ctx context.Context, bot string) ([]document, error)
	faqTarget
	packTarget
	remove(ctx context.Context, bot, name string) error
	search(ctx context.Context, bot, query string, limit int) ([]hit, error)
}

// document, change and hit are what the admin API speaks.
type document struct {
	Name     string    `json:"name"`
	File     string    `json:"file"`
	Version  int       `json:"version"`
	MIME     string    `json:"mime"`
	Bytes    int64     `json:"bytes"`
	Passages int       `json:"passages"`
	Pages    int       `json:"pages"`
	SHA256   string    `json:"sha256"`
	Updated  time.Time `json:"updated"`
	core.Origin
}

// upload is a file on its way: as is the document it is a version of, its own
// name if "".
type upload struct {
	as, file string
	data     []byte
	dry      bool
	origin   core.Origin
}

type change struct {
	Document   document    `json:"document"`
	Added      int         `json:"added"`
	Removed    int         `json:"removed"`
	Unchanged  int         `json:"unchanged"`
	Embedded   int         `json:"embedded"` // of how many passages vectors were computed
	Edits      []core.Edit `json:"edits,omitempty"`
	Unreadable []int       `json:"unreadable,omitempty"`
	Recognised []int       `json:"recognised,omitempty"`

	Tables   int                  `json:"tables"`
	Left     []knowledge.Omission `json:"left,omitempty"`
	Warnings []string             `json:"warnings,omitempty"`

	Questions []suggestion `json:"questions,omitempty"` // it can answer now
}

// suggestion is a question a document can answer, and the answer that is given.
type suggestion struct {
	Question string  `json:"question"`
	Answer   string  `json:"answer"`
	Doc      string  `json:"doc"`
	Page     int     `json:"page"`
	Score    float64 `json:"score"`
	Own      bool    `json:"own"` // the answer cites this document
}

type comparison struct {
	From document `json:"from"`
	To   document `json:"to"`
	change
}

type passage struct {
	Ordinal  int    `json:"ordinal"`
	Title    string `json:"title"`
	Page     int    `json:"page"`
	Text     string `json:"text"`
	Question string `json:"question"`
}

type hit struct {
	Doc      string  `json:"doc"`
	Title    string  `json:"title"`
	Page     int     `json:"page"`
	Text     string  `json:"text"`
	Question string  `json:"question"`
	Score    float64 `json:"score"`
	Words    float64 `json:"words"`
	Meaning  float64 `json:"meaning"`
	Fused    float64 `json:"fused"`
	Terms    string  `json:"terms,omitempty"` // what it has of the question, if asked
}

var _ target = (*local)(nil)

// local is the data folder, opened by this process.
type local struct {
	folder    string
	botIDs    []string
	workspace core.WorkspaceID
	service   *knowledge.Service
	faq       *faq.Store
}

// newLocal is over a service.
func newLocal(folder string, bots []string, s *knowledge.Service) *local {
	return &local{folder: folder, botIDs: bots, workspace: core.DefaultWorkspace, service: s, faq: faq.New(s, nlu.Normalize, time.Now)}
}

func (l *local) name() string { return "the data folder " + l.folder + " (no server runs)" }

func (l *local) bots(context.Context) ([]string, error) { return l.botIDs, nil }

func (l *local) put(ctx context.Context, bot string, u upload, sent func(int)) (change, error) {
	d := core.Document{Workspace: l.workspace, Bot: bot, Name: u.as, File: u.file, Origin: u.origin}
	c, err := l.service.Take(ctx, d, u.data, u.dry)
	sent(len(u.data))
	return toChange(c), err
}

func (l *local) versions(ctx context.Context, bot, name string) ([]document, error) {
	return toDocuments(l.service.Versions(ctx, l.workspace, bot, name))
}

func (l *local) passages(ctx context.Context, bot, name string, version int) ([]passage, error) {
	_, chunks, err := l.service.Version(ctx, l.workspace, bot, name, version)
	out := make([]passage, len(chunks))
	for i, c := range chunks {
		out[i] = passage{c.Ordinal, c.Passage.Title, c.Passage.Page, c.Passage.Text, c.Passage.Question}
	}
	return out, err
}

func (l *local) diff(ctx context.Context, bot, name string, from, to int) (comparison, error) {
	c, err := l.service.Compare(ctx, l.workspace, bot, name, from, to)
	return comparison{toDocument(c.From), toDocument(c.To), toChange(c.Change)}, err
}

func (l *local) rollback(ctx context.Context, bot, name string, version int, dry bool) (change, error) {
	do := l.service.Rollback
	if dry {
		do = l.service.PreviewRollback
	}
	c, err := do(ctx, l.workspace, bot, name, version)
	return toChange(c), err
}

func (l *local) file(ctx context.Context, bot, name string, version int) ([]byte, error) {
	_, data, err := l.service.File(ctx, l.workspace, bot, name, version)
	return data, err
}

func (l *local) list(ctx context.Context, bot string) ([]document, error) {
	return toDocuments(l.service.Documents(ctx, l.workspace, bot))
}

func (l *local) remove(ctx context.Context, bot, name string) error {
	return l.service.Delete(ctx, l.workspace, bot, name)
}

func (l *local) search(ctx context.Context, bot, query string, limit int) ([]hit, error) {
	ps, err := l.service.Search(ctx, l.workspace, bot, query, limit)
	out := make([]hit, len(ps))
	for i, p := range ps {
		out[i] = hit{p.Doc, p.Title, p.Page, p.Text, p.Question, p.Score, p.Why.Words, p.Why.Meaning, p.Why.Fused, ""}
	}
	return out, err
}

func toDocument(d core.Document) document {
	return document{d.Name, d.File, d.Version, d.MIME, d.Bytes, d.Passages, d.Pages, d.SHA256, d.Updated, d.Origin}
}

func toDocuments(docs []core.Document, err error) ([]document, error) {
	out := make([]document, len(docs))
	for i, d := range docs {
		out[i] = toDocument(d)
	}
	return out, err
}

func toChange(c knowledge.Change) change {
	return change{Document: toDocument(c.Document), Added: c.Added, Removed: c.Removed, Unchanged: c.Unchanged, Embedded: c.Embedded, Edits: c.Edits,
		Unreadable: c.Unreadable, Recognised: c.Recognised, Tables: c.Tables, Left: c.Left, Warnings: c.Warnings}
}
