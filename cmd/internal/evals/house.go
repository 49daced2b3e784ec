package evals

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"frontdesk/cmd/internal/app"
	"frontdesk/cmd/internal/settings"
	"frontdesk/configs"
	"frontdesk/core"
	"frontdesk/core/bot"
)

// house is the whole gateway without its doors: a bot that knows nothing but
// the documents it is given, asked turn by turn.
type house struct {
	app *app.App
	bot *bot.Bot
	dir string
	n   int
}

// botID is the only bot's.
const botID = "default"

// openHouse builds the gateway in a folder of its own, which close removes.
func openHouse(ctx context.Context, e Embedding, models []configs.Provider) (h *house, err error) {
	dir, err := os.MkdirTemp("", "frontdesk-eval-")
	if err != nil {
		return nil, err
	}
	h = &house{dir: dir}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	cfg, err := settings.Load("")
	if err != nil {
		return h, err
	}
	cfg.DataDir, cfg.Channels = dir, nil
	cfg.Embedding.URL, cfg.Embedding.Model = cmp.Or(e.URL, cfg.Embedding.URL), e.Model
	cfg.Embedding.APIKey = configs.NewSecret(os.Getenv(KeyVariable))
	cfg.LLM.Providers = models
	cfg.Bots = []configs.BotSettings{{ID: botID, Languages: []string{"zh", "en"}}}
	h.app, err = app.New(ctx, app.Options{Config: cfg, Version: "eval", Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		return h, err
	}
	h.bot, _ = h.app.Bot(botID)
	return h, nil
}

func (h *house) close() error {
	var err error
	if h.app != nil {
		err = h.app.Close()
	}
	return errors.Join(err, os.RemoveAll(h.dir))
}

// load takes a file in as the document of that name.
func (h *house) load(ctx context.Context, path, name string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read a document: %w", err)
	}
	file := filepath.Base(path)
	_, err = h.app.Ingest(ctx, botID, cmp.Or(name, file), file, data)
	return err
}

// loadAll takes in the files of a folder, except one, in order of their names.
func (h *house) loadAll(ctx context.Context, dir, except string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("read the documents: %w", err)
	}
	n := 0
	for _, f := range files {
		path := filepath.Join(dir, f.Name())
		if f.IsDir() || strings.HasPrefix(f.Name(), ".") || f.Name() == filepath.Base(except) {
			continue
		}
		if err := h.load(ctx, path, ""); err != nil {
			return err
		}
		n++
	}
	if n == 0 {
		return core.Invalid("%s holds no documents", dir)
	}
	return nil
}

// talk is one conversation.
type talk struct {
	h     *house
	state core.State
	seq   int64
	id    core.ConversationID
}

func (h *house) talk() *talk {
	h.n++
	return &talk{h: h, id: core.ConversationID(fmt.Sprint("eval-", h.n)), state: core.State{Case: core.Case{ID: "1", Mode: core.ByBot}}}
}

// say runs one turn of the customer's and remembers what it changes.
func (t *talk) say(ctx context.Context, text string) (*core.Turn, error) {
	t.seq++
	turn := core.NewTurn(core.Work{
		Turn: core.TurnID{Conversation: t.id, Seq: t.seq}, State: t.state, Attempt: 1, At: time.Now(),
		Envelope: core.Envelope{Workspace: core.DefaultWorkspace, Channel: "eval", Conversation: t.id, Bot: botID,
			Parts: []core.Part{{Text: text}}},
	}, time.Now)
	err := t.h.bot.Run(ctx, turn)
	t.state = t.state.Fold(turn.Events()...)
	return turn, err
}

// recall plays a turn that was answered elsewhere: what was asked is kept, and
// that it was answered.
func (t *talk) recall(ctx context.Context, text string) error {
	before := t.state
	turn, err := t.say(ctx, text)
	t.state = before
	for _, ev := range turn.Events() {
		if ev.Kind == core.Asked {
			t.state = t.state.Apply(ev)
		}
	}
	return err
}
