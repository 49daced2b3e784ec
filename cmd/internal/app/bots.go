package app

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"frontdesk/channels/web"
	"frontdesk/configs"
	"frontdesk/core"
	"frontdesk/core/bot"
	"frontdesk/core/dialog"
	"frontdesk/core/engine"
	"frontdesk/core/handoff"
	"frontdesk/core/nlu"
	"frontdesk/core/nlu/linear"
	nlullm "frontdesk/core/nlu/llm"
	"frontdesk/core/nlu/remote"
	"frontdesk/core/nlu/rules"
	"frontdesk/core/nlu/tagger"
	"frontdesk/knowledge/extract"
	"frontdesk/knowledge/graph"
)

func (a *App) openBots(ctx context.Context) error {
	bots, err := a.buildBots(ctx, a.cfg)
	if err != nil {
		return err
	}
	a.setBots(a.cfg, bots)
	return nil
}

// built is a bot and what its chat page says before anybody has spoken.
type built struct {
	*bot.Bot
	look web.Look
}

// setBots makes bots the ones that answer, and gives the chat page on "/" the
// look of the first web channel's.
func (a *App) setBots(cfg *configs.Config, bots []built) {
	all := make([]*bot.Bot, len(bots))
	for i, b := range bots {
		all[i] = b.Bot
	}
	a.bots.Set(all...)
	a.closeBoxes(cfg)
	for _, c := range cfg.Channels {
		i := slices.IndexFunc(bots, func(b built) bool { return b.Info.ID == c.Bot })
		if c.Type == "web" && i >= 0 {
			page := bots[i].look.Page(c.ID)
			a.front.Store(&page)
			return
		}
	}
	a.front.Store(nil)
}

// lookOf takes a bot's own words: its name, its greeting, and three questions it
// can be asked.
func lookOf(b *configs.Bot) web.Look {
	l := web.Look{Title: map[string]string{}, Greet: map[string]string{}, Examples: map[string][]string{}}
	for _, lang := range b.Languages {
		l.Title[lang] = b.Name
		if greet := b.Texts[string(dialog.TextGreeting)][lang]; greet != "" {
			l.Greet[lang] = strings.ReplaceAll(greet, "{bot}", b.Name)
		}
		var asks []string
		for _, in := range b.Intents {
			if ex := in.Examples[lang]; len(in.Title) > 0 && !in.SmallTalk && !in.Handoff && len(ex) > 0 {
				asks = append(asks, nlu.ReadMarks(ex[0]).Text)
			}
		}
		l.Examples[lang] = spread(asks, 3)
	}
	return l
}

// spread picks n of all, evenly: neighbours are about the same thing.
func spread(all []string, n int) []string {
	if len(all) <= n {
		return all
	}
	out := make([]string, n)
	for i := range out {
		out[i] = all[i*len(all)/n]
	}
	return out
}

// buildBots builds all bots of cfg, and takes their folders' documents in.
func (a *App) buildBots(ctx context.Context, cfg *configs.Config) ([]built, error) {
	out := make([]built, 0, len(cfg.Bots))
	a.quiet = quiet(cfg)
	for _, s := range cfg.Bots {
		one, err := a.buildBot(ctx, cfg, s)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// buildBot builds one bot of its folder, if it has one, under what the
// configuration says about it. A link in the folder leads nowhere outside: what
// is in it, customers are told, and it may come from others.
func (a *App) buildBot(ctx context.Context, cfg *configs.Config, s configs.BotSettings) (out built, err error) {
	b, fsys := configs.NewBot(), fs.FS(nil)
	if s.Dir != "" {
		root, err := os.OpenRoot(s.Dir)
		if err != nil {
			return out, fmt.Errorf("bot %s, read its folder: %w", s.ID, err)
		}
		defer func() { _ = root.Close() }() // it was only read
		fsys = root.FS()
		if b, err = configs.LoadBot(fsys); err != nil {
			return out, fmt.Errorf("bot %s, folder %s: %w", s.ID, s.Dir, err)
		}
	}
	b = b.Under(s)
	set, err := a.toolsOf(ctx, cfg, s, b)
	if err != nil {
		return out, err
	}
	if out.Bot, err = bot.Build(ctx, a.railed(definition(s.ID, b), b), a.equip(a.parts(), set)); err != nil {
		return out, located(err, s.Dir, b.Places)
	}
	out.look = lookOf(b)
	if fsys == nil {
		return out, nil
	}
	return out, a.shelve(ctx, s.ID, fsys, b)
}

// parts are what every bot is built of. A recogniser of one's own is one line
// here.
func (a *App) parts() bot.Parts {
	return bot.Parts{
		Recognizers: map[string]bot.NewRecognizer{
			"linear": linear.New,
			"remote": remote.Over(linear.New, remote.Options{Now: a.o.Now}),
			"llm":    nlullm.Over(linear.New, a.classifier()),
		},
		Entities:    rules.Open,
		Tagger:      tagger.Open,
		Split:       nlu.Split,
		Retriever:   a.docs,
		Generator:   graph.Over(a.generator(extract.New(nlu.Normalize, a.docs.Weight, a.meaning.embedder)), graph.FromDocuments(a.store, nlu.Normalize), nlu.Normalize, a.meaning.embedder),
		Embedder:    a.meaning.embedder(),
		Later:       a.later.Do,
		Personal:    personal(),
		CPU:         a.cpu,
		ChannelType: a.channelType,
		Prompter:    a.prompter(),
		Rewriter:    a.rewriter(),
	}
}

// definition is a bot's folder as the core knows it.
func definition(id string, b *configs.Bot) bot.Definition {
	d := bot.Definition{ID: id, Name: b.Name, Version: b.Version, Languages: b.Languages, TimeZone: b.TimeZone, Persona: b.Persona,
		Recognizer: b.Recognizer, RecognizerURL: b.RecognizerURL, Threshold: b.Threshold, Desk: core.DeskRef{Channel: b.Desk.Channel, Room: b.Desk.Room}, Approved: b.Approved, Hours: b.Hours, Holidays: b.Holidays,
		Handoff: handoff.Rules{Limits: handoff.Limits(b.Handoff.Limits)}, Texts: dialog.Texts{}, Media: dialog.Media{}}
	for _, in := range b.Intents {
		d.Intents = append(d.Intents, bot.Intent{Name: in.Name, Title: dialog.Wording(in.Title), Examples: in.Examples,
			Answer: dialog.Wording(in.Answer), SmallTalk: in.SmallTalk, Handoff: in.Handoff})
	}
	for _, e := range b.Entities {
		own := bot.Entity{Name: e.Name, Rule: e.Rule, Pattern: e.Pattern, Learn: e.Learn}
		for _, v := range e.Values {
			own.Values = append(own.Values, bot.Value(v))
		}
		d.Entities = append(d.Entities, own)
	}
	for _, f := range b.Flows {
		d.Flows = append(d.Flows, flow(f))
	}
	for _, r := range b.Rules {
		d.Rules = append(d.Rules, dialog.Rule{Name: r.Name, When: condition(r.When), Tags: r.Tags, Say: dialog.Wording(r.Say), Start: r.Start,
			Handoff: r.Handoff, Continue: r.Continue, Once: r.Once})
	}
	for key, w := range b.Texts {
		d.Texts[dialog.TextKey(key)] = dialog.Wording(w)
	}
	for kind, do := range b.Media {
		d.Media[core.PartKind(kind)] = dialog.MediaDo(do)
	}
	for _, k := range b.Handoff.Keywords {
		d.Handoff.Keywords = append(d.Handoff.Keywords, handoff.Keyword(k))
	}
	return d
}

// sorry is what the customer reads when the engine ends a turn by itself.
var sorry = map[engine.Failure]dialog.Wording{
	engine.Broken: {"zh": "抱歉，我这边出了点问题，没能处理您的消息。请再发一次，或回复“转人工”。",
		"en": "Sorry, something went wrong on our side and your message was not handled. Please send it again, or reply \"human\"."},
	engine.Late: {"zh": "抱歉，我们刚才中断了一段时间，没能及时回复您。如果仍需要帮助，请再告诉我一次。",
		"en": "Sorry, we were interrupted and could not answer in time. If you still need help, please tell me again."},
}

// bot is how the engine finds a bot in the current snapshot.
func (a *App) bot(id string) (*engine.Bot, bool) {
	b, ok := a.bots.Get(id)
	if !ok {
		return nil, false
	}
	return &engine.Bot{Info: b.Info, Pipeline: b.Pipeline, Sorry: func(lang string, f engine.Failure) string {
		return sorry[f].In(lang, append(b.Info.Languages, "en")...)
	}}, true
}
