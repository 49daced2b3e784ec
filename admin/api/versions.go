package api

import (
	"context"
	"mime"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"frontdesk/core"
)

// Versions keeps what documents were before. Safe for concurrent use. A version
// of 0 is the current one, or the one before it where that is meant. All return
// core.ErrNotFound if there is no such document.
type Versions interface {
	// Versions lists what is kept of a document, the current version first.
	Versions(ctx context.Context, w core.WorkspaceID, bot, name string) ([]core.Document, error)
	// Version gives the passages of one version.
	Version(ctx context.Context, w core.WorkspaceID, bot, name string, version int) (core.Document, []core.Chunk, error)
	// Differ tells how version to differs from version from.
	Differ(ctx context.Context, w core.WorkspaceID, bot, name string, from, to int) (Comparison, error)
	// Rollback publishes an old version as a new one, or tells what that would
	// change if dry.
	Rollback(ctx context.Context, w core.WorkspaceID, bot, name string, version int, dry bool) (Change, error)
	// Suggest asks at most n questions that a document can answer.
	Suggest(ctx context.Context, w core.WorkspaceID, bot, name string, n int) ([]Suggestion, error)
	// File is what was uploaded as a version.
	File(ctx context.Context, w core.WorkspaceID, bot, name string, version int) (core.Document, []byte, error)
}

// Comparison is how two versions of a document differ.
type Comparison struct {
	From, To core.Document
	Change
}

// Suggestion is a question a document can answer, and the answer that is given
// without a language model.
type Suggestion struct {
	Question string  `json:"question"`
	Answer   string  `json:"answer"` // "" for none
	Doc      string  `json:"doc"`    // cited
	Page     int     `json:"page"`
	Score    float64 `json:"score"`
	Own      bool    `json:"own"` // the answer cites this document
}

// suggestions are how many questions are asked.
const suggestions = 10

func (a *api) questions(c echo.Context) error {
	bot, name, _, err := a.named(c)
	if err != nil {
		return err
	}
	qs, err := a.Versions.Suggest(c.Request().Context(), me(c).Workspace, bot, name, suggestions)
	if err != nil {
		return err
	}
	return answer(c, list(qs, ""))
}

// mostEdits is how many differences an answer has at most; the counts are whole.
const mostEdits = 1000

// named reads which document and version a request is about.
func (a *api) named(c echo.Context) (bot, name string, version int, err error) {
	if bot, err = a.bot(c); err != nil {
		return "", "", 0, err
	}
	if name = c.QueryParam("name"); name == "" {
		return "", "", 0, no(http.StatusBadRequest, "name the document: ?name=")
	}
	n, err := number(c, "version", 0, 0, 1<<31-1)
	return bot, name, int(n), err
}

func (a *api) versions(c echo.Context) error {
	bot, name, _, err := a.named(c)
	if err != nil {
		return err
	}
	ds, err := a.Versions.Versions(c.Request().Context(), me(c).Workspace, bot, name)
	if err != nil {
		return err
	}
	items := make([]document, len(ds))
	for i, d := range ds {
		items[i] = showDocument(d)
	}
	return answer(c, list(items, ""))
}

// passage is a stored passage.
type passage struct {
	Ordinal  int    `json:"ordinal"`
	Title    string `json:"title"`
	Page     int    `json:"page"`
	Text     string `json:"text"`
	Question string `json:"question"`
}

func (a *api) passages(c echo.Context) error {
	bot, name, version, err := a.named(c)
	if err != nil {
		return err
	}
	limit, err := number(c, "limit", 50, 1, 200)
	if err != nil {
		return err
	}
	from, err := number(c, "cursor", 0, 0, 1<<31-1) // the first ordinal of the page
	if err != nil {
		return err
	}
	_, chunks, err := a.Versions.Version(c.Request().Context(), me(c).Workspace, bot, name, version)
	if err != nil {
		return err
	}
	chunks = chunks[min(int(from), len(chunks)):]
	next := ""
	if len(chunks) > int(limit) {
		chunks, next = chunks[:limit], strconv.Itoa(int(from+limit))
	}
	items := make([]passage, len(chunks))
	for i, k := range chunks {
		items[i] = passage{k.Ordinal, k.Passage.Title, k.Passage.Page, k.Passage.Text, k.Passage.Question}
	}
	return answer(c, list(items, next))
}

func (a *api) diff(c echo.Context) error {
	bot, name, _, err := a.named(c)
	if err != nil {
		return err
	}
	from, err := number(c, "from", 0, 0, 1<<31-1)
	if err != nil {
		return err
	}
	to, err := number(c, "to", 0, 0, 1<<31-1)
	if err != nil {
		return err
	}
	d, err := a.Versions.Differ(c.Request().Context(), me(c).Workspace, bot, name, int(from), int(to))
	if err != nil {
		return err
	}
	return answer(c, struct {
		From document `json:"from"`
		To   document `json:"to"`
		change
	}{showDocument(d.From), showDocument(d.To), showChange(d.Change)})
}

func (a *api) rollback(c echo.Context) error {
	bot, err := a.bot(c)
	if err != nil {
		return err
	}
	var in struct {
		Name    string `json:"name"`
		Version int    `json:"version"`
		DryRun  bool   `json:"dry_run"`
	}
	if err := a.read(c, &in); err != nil {
		return err
	}
	if in.Name == "" || in.Version < 0 {
		return no(http.StatusBadRequest, "give the document's name, and a version from 1 or none for the one before")
	}
	ch, err := a.Versions.Rollback(c.Request().Context(), me(c).Workspace, bot, in.Name, in.Version, in.DryRun)
	if err != nil {
		return err
	}
	a.Log.Info("document rolled back", "bot", bot, "document", in.Name, "to", in.Version, "version", ch.Document.Version,
		"dry_run", in.DryRun, "by", me(c).Name)
	return answer(c, showChange(ch))
}

// file gives what was uploaded. It is a stranger's: no browser is to run it here.
func (a *api) file(c echo.Context) error {
	bot, name, version, err := a.named(c)
	if err != nil {
		return err
	}
	d, data, err := a.Versions.File(c.Request().Context(), me(c).Workspace, bot, name, version)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.File}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	return c.Blob(http.StatusOK, "application/octet-stream", data)
}

// showChange is a change as the API shows it.
func showChange(c Change) change {
	edits := c.Edits
	if len(edits) > mostEdits {
		edits = edits[:mostEdits]
	}
	return change{Document: showDocument(c.Document), Added: c.Added, Removed: c.Removed, Unchanged: c.Unchanged, Embedded: c.Embedded,
		Edits: edits, Unreadable: c.Unreadable, Recognised: c.Recognised, Tables: c.Tables, Left: c.Left, Warnings: c.Warnings}
}
