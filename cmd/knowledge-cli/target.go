package main

import (
	"context"
	"time"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// target is where the documents are: a server, or the data folder itself.
type target interface {
	// name is how the first line printed calls it.
	name() string
	// bots lists the bots there are, none if that cannot be told.
	bots(ctx context.Context) ([]string, error)
	// put makes data the new version of a document; sent hears how many bytes went.
	put(ctx context.Context, bot, name, file string, data []byte, dry bool, sent func(int)) (change, error)
	list(ctx context.Context, bot string) ([]document, error)
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
}

type change struct {
	Document  document `json:"document"`
	Added     int      `json:"added"`
	Removed   int      `json:"removed"`
	Unchanged int      `json:"unchanged"`
	Warnings  []string `json:"warnings,omitempty"`
}

type hit struct {
	Doc      string  `json:"doc"`
	Title    string  `json:"title"`
	Page     int     `json:"page"`
	Text     string  `json:"text"`
	Question string  `json:"question"`
	Score    float64 `json:"score"`
}

var _ target = (*local)(nil)

// local is the data folder, opened by this process.
type local struct {
	folder    string
	botIDs    []string
	workspace core.WorkspaceID
	service   *knowledge.Service
}

func (l *local) name() string { return "the data folder " + l.folder + " (no server runs)" }

func (l *local) bots(context.Context) ([]string, error) { return l.botIDs, nil }

func (l *local) put(ctx context.Context, bot, name, file string, data []byte, dry bool, sent func(int)) (change, error) {
	do := l.service.Ingest
	if dry {
		do = l.service.Preview
	}
	c, err := do(ctx, l.workspace, bot, name, file, data)
	sent(len(data))
	return change{toDocument(c.Document), c.Added, c.Removed, c.Unchanged, c.Warnings}, err
}

func (l *local) list(ctx context.Context, bot string) ([]document, error) {
	docs, err := l.service.Documents(ctx, l.workspace, bot)
	out := make([]document, len(docs))
	for i, d := range docs {
		out[i] = toDocument(d)
	}
	return out, err
}

func (l *local) remove(ctx context.Context, bot, name string) error {
	return l.service.Delete(ctx, l.workspace, bot, name)
}

func (l *local) search(ctx context.Context, bot, query string, limit int) ([]hit, error) {
	ps, err := l.service.Search(ctx, l.workspace, bot, query, limit)
	out := make([]hit, len(ps))
	for i, p := range ps {
		out[i] = hit{p.Doc, p.Title, p.Page, p.Text, p.Question, p.Score}
	}
	return out, err
}

func toDocument(d core.Document) document {
	return document{d.Name, d.File, d.Version, d.MIME, d.Bytes, d.Passages, d.Pages, d.SHA256, d.Updated}
}
