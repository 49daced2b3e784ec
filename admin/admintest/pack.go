package admintest

import (
	"context"
	"fmt"
	"io"

	"frontdesk/admin/api"
	"frontdesk/core"
)

var _ api.Packs = (*Library)(nil)

// Pack implements api.Packs: it writes what was asked for, and the documents.
func (l *Library) Pack(ctx context.Context, w core.WorkspaceID, bot, name string, into io.Writer) (int, error) {
	ds, err := l.Documents(ctx, w, bot)
	if err != nil {
		return 0, err
	}
	_, err = fmt.Fprintf(into, "%s/%s", bot, name)
	for _, d := range ds {
		_, err = fmt.Fprintf(into, "/%s", d.Name)
	}
	return len(ds), err
}

// Restore implements api.Packs: a document of the name of the pack's text.
func (l *Library) Restore(_ context.Context, _ core.WorkspaceID, _ string, from io.Reader, dry bool) ([]api.Restored, error) {
	b, err := io.ReadAll(from)
	if string(b) == "bad" {
		return nil, core.Invalid("the export is damaged")
	}
	return []api.Restored{{Name: fmt.Sprintf("%s dry=%v", b, dry)}}, err
}

// Reread implements api.Packs: nothing is read otherwise.
func (l *Library) Reread(ctx context.Context, w core.WorkspaceID, bot string, _ bool) ([]api.Change, error) {
	ds, err := l.Documents(ctx, w, bot)
	var out []api.Change
	for _, d := range ds {
		out = append(out, api.Change{Document: d, Unchanged: d.Passages})
	}
	return out, err
}
