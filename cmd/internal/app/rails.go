package app

import (
	"context"
	"time"

	"frontdesk/configs"
	"frontdesk/core"
	"frontdesk/core/bot"
	"frontdesk/core/guard"
	"frontdesk/core/llm"
	"frontdesk/core/llm/answer"
	"frontdesk/core/llm/cache"
	"frontdesk/core/nlu/rules"
)

// personal finds values by the rules that slots are filled by. They cannot fail:
// there are none of a bot's own.
func personal() guard.Finder {
	x, err := rules.New(nil)
	if err != nil {
		return nil
	}
	return x.Find
}

// Redactor hides all personal data, as logs want it.
func Redactor() *guard.Redactor { return guard.NewRedactor(personal(), guard.Kinds()) }

// railsOf are a bot's rules. quiet are the channels that leave the notice out.
func railsOf(g *configs.Guard, quiet []string) *guard.Rules {
	r := &guard.Rules{NoNoticeOn: quiet}
	if g == nil {
		return r
	}
	r.PII, r.Hosts = g.PII, g.Links
	r.NoNotice = g.Notice != nil && !*g.Notice
	r.FreeCommitments = g.Commitments != nil && !*g.Commitments
	r.Notice, r.Blocked = guard.Lines(g.NoticeText), guard.Lines(g.BlockedText)
	for _, w := range g.Words {
		l := guard.List{Name: w.Name, Words: w.Words, Action: guard.Action(w.Action)}
		for _, s := range w.In {
			l.In = append(l.In, guard.Side(s))
		}
		r.Words = append(r.Words, l)
	}
	return r
}

// quiet are the channels of cfg that leave the notice out.
func quiet(cfg *configs.Config) (ids []string) {
	for _, c := range cfg.Channels {
		if c.Notice != nil && !*c.Notice {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// redactor is a bot's; for an unknown one the strictest.
func (a *App) redactor() func(bot string) *guard.Redactor {
	strictest := Redactor()
	return func(id string) *guard.Redactor {
		if b, ok := a.bots.Get(id); ok && b.Guard != nil {
			return b.Guard.Redactor()
		}
		return strictest
	}
}

// vet judges what a model wrote by the rails of the turn's bot.
func (a *App) vet(t *core.Turn, said string) (why, finding string, person bool) {
	b, ok := a.bots.Get(t.Bot.ID)
	if !ok || b.Guard == nil {
		return "no rails", "the bot is not known", false
	}
	why, finding = b.Guard.Vet(t, said)
	return why, finding, why == guard.WhyCommitment
}

// remembering keeps g's answers for questions of the same meaning, for bots that
// want it.
func (a *App) remembering(g core.Generator) core.Generator {
	strictest := Redactor()
	return cache.NewAnswers(cache.Options{Next: g, Embedder: a.meaning.embedder, Now: a.o.Now,
		Settings: func(bot string) cache.Settings {
			if b := a.cfg.Bot(bot); b != nil {
				return cache.Settings(b.AnswerCache)
			}
			return cache.Settings{}
		},
		Personal: func(_, text string) bool { return strictest.Holds(text) },
		Knowledge: func(ctx context.Context, t *core.Turn) (int64, error) {
			return a.store.KnowledgeVersion(ctx, t.Work.Envelope.Workspace, t.Bot.ID)
		},
		Kept: func(d *core.Draft) bool { return d.By == answer.By }})
}

// budget is the time the customer of t gives us: what suits the channel's type,
// or what the configuration says of the channel; and never more than the bot's.
func (a *App) budget(t *core.Turn) (b llm.Budget) {
	b = patience(a.cfg, t.Work.Envelope.Channel)
	if s := a.cfg.Bot(t.Bot.ID); s != nil {
		b.FirstToken = least(b.FirstToken, s.AnswerTime.FirstToken)
		b.Total = least(b.Total, s.AnswerTime.Total)
	}
	b.FirstToken = least(b.FirstToken, b.Total)
	return b
}

// least is the smaller of two durations of which 0 is not written.
func least(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// railed adds the rails of b to d.
func (a *App) railed(d bot.Definition, b *configs.Bot) bot.Definition {
	d.Guard = railsOf(b.Guard, a.quiet)
	return d
}
