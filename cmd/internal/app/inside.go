package app

import (
	"context"

	"frontdesk/core"
	"frontdesk/core/bot"
	"frontdesk/knowledge"
)

// Bot is the bot of that id as it answers now, for programs that ask it without
// a channel; false if there is none.
func (a *App) Bot(id string) (*bot.Bot, bool) { return a.bots.Get(id) }

// Ingest makes data the new version of a bot's document name, as an upload does.
func (a *App) Ingest(ctx context.Context, bot, name, file string, data []byte) (knowledge.Change, error) {
	return a.docs.Service.Ingest(ctx, core.DefaultWorkspace, bot, name, file, data)
}
