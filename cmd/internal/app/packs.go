package app

import (
	"context"
	"io"

	"frontdesk/admin/api"
	"frontdesk/core"
)

var _ api.Packs = (*documents)(nil)

// Restore implements api.Packs.
func (d *documents) Restore(ctx context.Context, w core.WorkspaceID, bot string, from io.Reader, dry bool) ([]api.Restored, error) {
	done, err := d.Unpack(ctx, w, bot, from, dry)
	out := make([]api.Restored, len(done))
	for i, r := range done {
		out[i] = api.Restored(r)
	}
	return out, err
}

// Reread implements api.Packs.
func (d *documents) Reread(ctx context.Context, w core.WorkspaceID, bot string, dry bool) ([]api.Change, error) {
	changes, err := d.Reindex(ctx, w, bot, dry, func(int, int, string) {})
	out := make([]api.Change, len(changes))
	for i, c := range changes {
		out[i], _ = changed(c, nil)
	}
	return out, err
}
