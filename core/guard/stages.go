package guard

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// Lines are what a bot says of its rails, by language. {bot} is its name.
type Lines map[string]string

// In is the line in lang, else in one of the others, else in English.
func (l Lines) In(lang string, others ...string) string {
	for _, c := range append(append([]string{lang}, others...), "en") {
		if l[c] != "" {
			return l[c]
		}
	}
	for _, k := range slices.Sorted(maps.Keys(l)) {
		return l[k]
	}
	return ""
}

func (l Lines) or(o Lines) Lines {
	both := maps.Clone(o)
	maps.Copy(both, l)
	return both
}

// DefaultNotice says that the bot is a machine, and how to reach a person.
func DefaultNotice() Lines {
	return Lines{
		"zh": "我是 AI 智能助手{bot}，需要人工客服时，发“转人工”即可。",
		"en": "I am {bot}, an AI assistant. Write “talk to a person” whenever you want a colleague.",
	}
}

// DefaultBlocked is said instead of what a word list blocks.
func DefaultBlocked() Lines {
	return Lines{
		"zh": "抱歉，这个内容我无法处理。请换个说法，或发“转人工”。",
		"en": "Sorry, I cannot deal with that. Please put it in other words, or write “talk to a person”.",
	}
}

func line(l Lines, t *core.Turn) string {
	return strings.ReplaceAll(l.In(t.Lang, t.Bot.Languages...), "{bot}", t.Bot.Name)
}

// Incoming applies the word lists to what the customer wrote. It belongs behind
// preprocessing: what it masks, no later stage reads.
func (g *Guard) Incoming() core.Stage {
	return core.NewStage("words", func(_ context.Context, t *core.Turn) error {
		hits := g.words.find(t.Text, FromCustomer)
		action, list := g.words.gravest(hits)
		if action == "" {
			return nil
		}
		t.Trace.Add("word list", map[string]any{"list": list, "action": string(action)})
		switch action {
		case Block:
			t.Note(core.Event{Role: core.BotRole, Parts: []core.Part{{Text: line(g.rules.Blocked, t)}}, Verdict: core.VerdictAbstained})
			t.Settle("word list: " + list)
		case HandOff:
			wantPerson(t, "word list "+list)
		}
		t.Text = g.words.mask(t.Text, hits)
		t.Norm = nlu.Normalize(t.Text)
		return nil
	})
}

func wantPerson(t *core.Turn, why string) {
	t.Handoff = core.ReasonRule
	t.Signals = append(t.Signals, core.Signalled{Name: why, Value: 1, Limit: 1})
}

// Outgoing applies the word lists to what the bot is about to say. It belongs
// before the stage that hands cases over.
func (g *Guard) Outgoing() core.Stage {
	return core.Always(core.NewStage("words out", func(_ context.Context, t *core.Turn) error {
		person := ""
		t.Rewrite(func(ev core.Event) (core.Event, bool) {
			action, list := g.outgoing(&ev, t)
			if action == "" {
				return ev, true
			}
			t.Trace.Add("word list", map[string]any{"list": list, "action": string(action)})
			if action == HandOff {
				person = list
			}
			return ev, action != HandOff
		})
		if person != "" && !t.State().Case.Mode.Held() {
			wantPerson(t, "word list "+person)
			t.Settle("") // the handoff stage goes on
		}
		return nil
	}))
}

// outgoing alters what ev says as the gravest of its words wants it.
func (g *Guard) outgoing(ev *core.Event, t *core.Turn) (action Action, list string) {
	parts := slices.Clone(ev.Parts)
	for i, p := range parts {
		hits := g.words.find(p.Text, FromBot)
		a, l := g.words.gravest(hits)
		if a == "" {
			continue
		}
		if action == "" || a != Mask {
			action, list = a, l
		}
		parts[i].Text = g.words.mask(p.Text, hits)
	}
	ev.Parts = parts
	if action == Block {
		ev.Parts, ev.Citations, ev.Verdict = []core.Part{{Text: line(g.rules.Blocked, t)}}, nil, core.VerdictAbstained
	}
	return action, list
}

// discloses finds words that say already what the notice says.
var discloses = regexp.MustCompile(`(?i)(?:\bAI\b|人工智能|智能(?:助手|客服)|机器人|機器人|digital assistant|virtual assistant|\bbot\b|\bmachine\b)[\s\S]*(?:人工|真人|同事|a person|human|colleague)|(?:转人工|人工客服|a person|human|colleague)[\s\S]*(?:\bAI\b|人工智能|智能(?:助手|客服)|机器人|digital assistant|virtual assistant|\bbot\b)`)

// Notice puts the line that the bot is a machine, and how a person is reached,
// before the first words of each case. It belongs at the very end.
func (g *Guard) Notice() core.Stage {
	return core.Always(core.NewStage("notice", func(_ context.Context, t *core.Turn) error {
		if g.rules.NoNotice || slices.Contains(g.rules.NoNoticeOn, t.Work.Envelope.Channel) || t.State().Noticed {
			return nil
		}
		told := false
		t.Rewrite(func(ev core.Event) (core.Event, bool) {
			if told {
				return ev, true
			}
			told = true
			if !discloses.MatchString(ev.Text()) {
				ev.Parts = append([]core.Part{{Text: line(g.rules.Notice, t)}}, ev.Parts...)
			}
			return ev, true
		})
		if told {
			t.Note(core.Event{Kind: core.Noticed})
		}
		return nil
	}))
}
