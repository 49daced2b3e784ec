package api

import (
	"context"
	"mime"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"frontdesk/core"
)

// FAQ keeps the questions that people wrote answers to. Safe for concurrent use.
// A change is what bots answer from when its method returns. A core.InputError
// says what is wrong with an entry or a file.
type FAQ interface {
	// List returns all entries, in the order they were added.
	List(ctx context.Context, w core.WorkspaceID, bot string) ([]core.FAQEntry, error)
	// Put adds an entry, or changes the one with its id, and returns it.
	Put(ctx context.Context, w core.WorkspaceID, bot string, e core.FAQEntry) (core.FAQEntry, FAQChange, error)
	// Delete removes an entry. core.ErrNotFound if there is none.
	Delete(ctx context.Context, w core.WorkspaceID, bot, id string) error
	// Import takes in a CSV, XLSX or JSON file; replace removes what it lacks.
	Import(ctx context.Context, u Upload, replace, dry bool) (FAQChange, error)
	// Export gives all entries as a file of a format: csv, xlsx or json.
	Export(ctx context.Context, w core.WorkspaceID, bot, format string) ([]byte, error)
}

// FAQChange is what became of entries.
type FAQChange struct {
	Added     int      `json:"added"`
	Changed   int      `json:"changed"`
	Removed   int      `json:"removed"`
	Unchanged int      `json:"unchanged"`
	Warnings  []string `json:"warnings,omitempty"` // entries that ask almost the same
}

func (a *api) listFAQ(c echo.Context) error {
	bot, err := a.bot(c)
	if err != nil {
		return err
	}
	limit, err := number(c, "limit", 50, 1, 200)
	if err != nil {
		return err
	}
	all, err := a.FAQ.List(c.Request().Context(), me(c).Workspace, bot)
	if err != nil {
		return err
	}
	q, cursor, next := strings.ToLower(strings.TrimSpace(c.QueryParam("q"))), c.QueryParam("cursor"), ""
	items, begun := []core.FAQEntry{}, cursor == ""
	for _, e := range all {
		switch {
		case !begun:
			begun = e.ID == cursor
		case q != "" && !mentions(e, q):
		case len(items) == int(limit):
			next = items[limit-1].ID
			return answer(c, list(items, next))
		default:
			items = append(items, e)
		}
	}
	return answer(c, list(items, next))
}

// mentions reports whether an entry holds q, in lower case.
func mentions(e core.FAQEntry, q string) bool {
	texts := append([]string{e.Question}, e.Variants...)
	for _, a := range e.Answers {
		texts = append(texts, a.Text)
	}
	return strings.Contains(strings.ToLower(strings.Join(texts, "\n")), q)
}

func (a *api) putFAQ(c echo.Context) error {
	bot, err := a.bot(c)
	if err != nil {
		return err
	}
	var e core.FAQEntry
	if err := a.read(c, &e); err != nil {
		return err
	}
	if id := param(c, "entry"); id != "" {
		if e.ID != "" && e.ID != id {
			return no(http.StatusBadRequest, "the body's id is another than the path's")
		}
		e.ID = id
	} else if e.ID != "" {
		return no(http.StatusBadRequest, "a new entry gets its id here: PUT changes one")
	}
	e, ch, err := a.FAQ.Put(c.Request().Context(), me(c).Workspace, bot, e)
	if err != nil {
		return err
	}
	a.Log.Info("FAQ changed", "bot", bot, "entry", e.ID, "by", me(c).Name)
	return answer(c, struct {
		Entry    core.FAQEntry `json:"entry"`
		Warnings []string      `json:"warnings,omitempty"`
	}{e, ch.Warnings})
}

func (a *api) deleteFAQ(c echo.Context) error {
	bot, err := a.bot(c)
	if err != nil {
		return err
	}
	if err := a.FAQ.Delete(c.Request().Context(), me(c).Workspace, bot, param(c, "entry")); err != nil {
		return err
	}
	a.Log.Info("FAQ entry deleted", "bot", bot, "entry", param(c, "entry"), "by", me(c).Name)
	return c.NoContent(http.StatusNoContent)
}

func (a *api) importFAQ(c echo.Context) error {
	bot, err := a.bot(c)
	if err != nil {
		return err
	}
	select {
	case a.uploads <- struct{}{}:
		defer func() { <-a.uploads }()
	default:
		return core.ErrBusy
	}
	f, err := a.readForm(c)
	if err != nil {
		return err
	}
	ch, err := a.FAQ.Import(c.Request().Context(), Upload{Workspace: me(c).Workspace, Bot: bot, File: f.file, Data: f.data}, f.replace, f.dryRun)
	if err != nil {
		return err
	}
	a.Log.Info("FAQ imported", "bot", bot, "added", ch.Added, "changed", ch.Changed, "removed", ch.Removed, "dry_run", f.dryRun, "by", me(c).Name)
	return answer(c, ch)
}

func (a *api) exportFAQ(c echo.Context) error {
	bot, err := a.bot(c)
	if err != nil {
		return err
	}
	format := c.QueryParam("format")
	kinds := map[string]string{"csv": "text/csv; charset=utf-8", "json": "application/json",
		"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	if format == "" {
		format = "csv"
	}
	if kinds[format] == "" {
		return no(http.StatusBadRequest, "format is csv, xlsx or json")
	}
	data, err := a.FAQ.Export(c.Request().Context(), me(c).Workspace, bot, format)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "faq-" + bot + "." + format}))
	return c.Blob(http.StatusOK, kinds[format], data)
}
