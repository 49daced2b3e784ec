package api

import (
	"context"
	"io"
	"mime"
	"net/http"

	"github.com/labstack/echo/v4"

	"frontdesk/core"
)

// Packs moves documents with their versions. Safe for concurrent use.
type Packs interface {
	// Pack writes a document, or all if name is "", and returns how many.
	Pack(ctx context.Context, w core.WorkspaceID, bot, name string, into io.Writer) (int, error)
	// Restore takes in what Pack wrote, or tells what it would if dry.
	Restore(ctx context.Context, w core.WorkspaceID, bot string, from io.Reader, dry bool) ([]Restored, error)
	// Reread reads the kept files again; what is read otherwise is a new version.
	Reread(ctx context.Context, w core.WorkspaceID, bot string, dry bool) ([]Change, error)
}

// Restored is what Restore did with a document.
type Restored struct {
	Name     string `json:"name"`
	Version  int    `json:"version"`  // answers draw from it; 0 if none of the pack became current
	Restored int    `json:"restored"` // versions taken in
	Known    int    `json:"known"`    // versions that were there already
	New      bool   `json:"new"`
}

// mostPack is how large a pack may be, in bytes: it is read as it comes.
const mostPack = 4 << 30

func (a *api) exportDocuments(c echo.Context) error {
	bot, err := a.bot(c)
	if err != nil {
		return err
	}
	name, w := c.QueryParam("name"), me(c).Workspace
	if name != "" { // before the answer has begun
		if _, err := a.Versions.Versions(c.Request().Context(), w, bot, name); err != nil {
			return err
		}
	}
	h := c.Response().Header()
	h.Set("Content-Type", "application/gzip")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "knowledge-" + bot + ".tar.gz"}))
	if _, err = a.Packs.Pack(c.Request().Context(), w, bot, name, c.Response()); err != nil && c.Response().Committed {
		a.Log.Error("export broke off", "bot", bot, "err", err)
		panic(http.ErrAbortHandler) // so that the client does not take it for whole
	}
	return err
}

func (a *api) importDocuments(c echo.Context) error {
	bot, err := a.bot(c)
	if err != nil {
		return err
	}
	switch c.Request().Header.Get("Content-Type") {
	case "application/gzip", "application/x-gzip", "application/octet-stream":
	default:
		return no(http.StatusUnsupportedMediaType, "send the export itself: Content-Type: application/gzip")
	}
	select {
	case a.uploads <- struct{}{}:
		defer func() { <-a.uploads }()
	default:
		return core.ErrBusy
	}
	dry := c.QueryParam("dry_run") == "true"
	done, err := a.Packs.Restore(c.Request().Context(), me(c).Workspace, bot, http.MaxBytesReader(c.Response(), c.Request().Body, mostPack), dry)
	if err != nil {
		return err
	}
	a.Log.Info("documents imported", "bot", bot, "documents", len(done), "dry_run", dry, "by", me(c).Name)
	return answer(c, list(done, ""))
}

func (a *api) reindex(c echo.Context) error {
	bot, err := a.bot(c)
	if err != nil {
		return err
	}
	var in struct {
		DryRun bool `json:"dry_run"`
	}
	if err := a.read(c, &in); err != nil {
		return err
	}
	changes, err := a.Packs.Reread(c.Request().Context(), me(c).Workspace, bot, in.DryRun)
	if err != nil {
		return err
	}
	items := make([]change, len(changes))
	for i, ch := range changes {
		items[i] = showChange(ch)
		items[i].Edits = nil // of many documents: diff shows them
	}
	a.Log.Info("documents read again", "bot", bot, "documents", len(items), "dry_run", in.DryRun, "by", me(c).Name)
	return answer(c, list(items, ""))
}
