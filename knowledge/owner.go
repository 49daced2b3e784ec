package knowledge

import (
	"context"

	"frontdesk/core"
)

type ownerKey struct{}

// Owner is the workspace and the bot a file is read for, within Parser.Parse:
// what reading costs is theirs. Both are "" elsewhere.
func Owner(ctx context.Context) (core.WorkspaceID, string) {
	k, _ := ctx.Value(ownerKey{}).(key)
	return k.workspace, k.bot
}

func withOwner(ctx context.Context, d core.Document) context.Context {
	return context.WithValue(ctx, ownerKey{}, key{d.Workspace, d.Bot})
}
