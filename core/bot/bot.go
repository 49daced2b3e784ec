package bot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"frontdesk/core"
	"frontdesk/core/dialog"
	"frontdesk/core/guard"
	"frontdesk/core/handoff"
	"frontdesk/core/nlu"
)

// Bot is a built bot. It is immutable and safe for concurrent use.
type Bot struct {
	Info     core.BotInfo
	Pipeline core.Pipeline
	Persona  string
	Guard    *guard.Guard
}

// Run answers one turn.
func (b *Bot) Run(ctx context.Context, t *core.Turn) error {
	t.Bot = b.Info
	t.Trace.Bot, t.Trace.Version, t.Trace.Attempt = b.Info.ID, b.Info.Version, t.Work.Attempt
	return b.Pipeline.Run(ctx, t)
}

// Build checks d and builds its bot; learning its examples takes most of the
// time. The error names every mistake it found and where.
func Build(ctx context.Context, d Definition, p Parts) (*Bot, error) {
	d = d.withDefaults()
	info, err := d.check(p)
	if err != nil {
		return nil, fmt.Errorf("bot %q: %w", d.ID, err)
	}
	xs, err := d.extractors(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("bot %q: %w", d.ID, err)
	}
	rails, err := d.rails(p)
	if err != nil {
		return nil, fmt.Errorf("bot %q: %w", d.ID, err)
	}
	p.Prompter = guarded(p.Prompter, rails)
	script := d.script(p)
	if err := script.Check(dialog.Known{Languages: d.Languages, Entities: d.entityNames(xs), Intents: d.intentNames()}); err != nil {
		return nil, fmt.Errorf("bot %q: %w", d.ID, err)
	}
	task := nlu.Task{Bot: d.ID, Languages: d.Languages, Topics: d.topics(), Examples: d.examples(), URL: d.RecognizerURL, Embedder: p.Embedder, Later: p.Later}
	r, err := p.Recognizers[d.Recognizer](ctx, task)
	if err != nil {
		return nil, fmt.Errorf("bot %q: recogniser %q: %w", d.ID, d.Recognizer, err)
	}
	return &Bot{Info: info, Persona: d.Persona, Guard: rails, Pipeline: d.pipeline(script, r, xs, rails, p)}, nil
}

// pipeline is the way of a message through the bot. Stages that only compute
// share p.CPU; those that may wait for a model or a store do not hold it.
func (d Definition) pipeline(s *dialog.Script, r nlu.IntentRecognizer, xs []nlu.EntityExtractor, rails *guard.Guard, p Parts) core.Pipeline {
	single := core.Pipeline{ // the way of a message that asks for one thing
		d.limitRecognizer(p, nlu.Intents(r)),
		core.Limited(p.CPU, nlu.Entities(xs...)),
		s.State(),
		core.Limited(p.CPU, handoff.Sense(handoff.NewPolicy(d.Handoff.Normalized(nlu.Normalize)))),
		s.Rule(),
		s.Flow(),
		s.Knowledge(d.retriever(p)),
		s.Answer(d.generator(p)),
		s.Confidence(),
	}
	return slices.Concat(core.Pipeline{
		handoff.Guard(),
		core.Limited(p.CPU, nlu.Preprocess()),
		rails.Incoming(),
		s.Receive(),
		s.Parts(p.Split, single),
	}, single, core.Pipeline{
		rails.Outgoing(),
		handoff.Route(s.HandoffLine(handoff.Danger)),
		rails.Notice(),
	})
}

// limitRecognizer bounds the recogniser that computes here; others wait for a
// service or an embedder, and are bounded by that.
func (d Definition) limitRecognizer(p Parts, s core.Stage) core.Stage {
	if d.Recognizer != DefaultRecognizer || p.Embedder != nil {
		return s
	}
	return core.Limited(p.CPU, s)
}

func (d Definition) script(p Parts) *dialog.Script {
	s := &dialog.Script{Texts: dialog.DefaultTexts().Over(d.Texts), Flows: slices.Clone(d.Flows), Rules: d.Rules, Media: d.Media, Actions: p.Actions,
		Errand: handoff.Errand, Policy: p.Policy, Retriever: d.retriever(p), Generator: d.generator(p), Prompter: p.Prompter, Rewriter: p.Rewriter, Approved: d.Approved, Mood: mood, ChannelType: p.kind()}
	if open, err := d.open(); err == nil && len(d.Hours) > 0 { // a mistake is told by check
		s.Open = open
	}
	for _, in := range d.Intents {
		s.Topics = append(s.Topics, dialog.Topic{Name: in.Name, Title: in.Title, Answer: in.Answer,
			SmallTalk: in.SmallTalk || slices.Contains(dialog.SmallTalkNames(), in.Name), Handoff: in.Handoff})
	}
	for i := range s.Flows {
		words := slices.Clone(s.Flows[i].Keywords)
		for j := range words {
			words[j] = nlu.Normalize(words[j])
		}
		s.Flows[i].Keywords = words
	}
	return s
}

// retriever is p's, of pairs alone where people approve every answer.
func (d Definition) retriever(p Parts) core.Retriever {
	if d.Approved {
		return dialog.Pairs(p.Retriever)
	}
	return p.Retriever
}

// generator is p's, none where people approve every answer.
func (d Definition) generator(p Parts) core.Generator {
	if d.Approved {
		return nil
	}
	return p.Generator
}

func (d Definition) topics() []nlu.Topic {
	out := make([]nlu.Topic, len(d.Intents))
	for i, in := range d.Intents {
		out[i] = nlu.Topic{Name: in.Name, About: in.Title.In("", d.Languages...)}
	}
	return out
}

func (d Definition) examples() []nlu.Example {
	var out []nlu.Example
	for _, in := range d.Intents {
		for _, lang := range d.Languages {
			for _, e := range in.Examples[lang] {
				out = append(out, nlu.Example{Text: nlu.ReadMarks(e).Text, Intent: in.Name, Lang: lang})
			}
		}
	}
	return out
}

func (d Definition) lexicons() []nlu.Lexicon {
	var out []nlu.Lexicon
	for _, e := range d.Entities {
		if e.Learn && len(e.Values) == 0 {
			continue
		}
		l := nlu.Lexicon{Name: e.Name, Rule: e.Rule, Pattern: e.Pattern}
		for _, v := range e.Values {
			l.Values = append(l.Values, nlu.Value(v))
		}
		out = append(out, l)
	}
	return out
}

// entityNames are the bot's entities and those the extractors know by themselves.
func (d Definition) entityNames(xs []nlu.EntityExtractor) []string {
	var names []string
	for _, e := range d.Entities {
		names = append(names, e.Name)
	}
	return append(names, named(xs)...)
}

func (d Definition) intentNames() []string {
	names := dialog.SmallTalkNames()
	for _, in := range d.Intents {
		names = append(names, in.Name)
	}
	return names
}

// location is the time zone, UTC if none is named.
func (d Definition) location() (*time.Location, error) {
	loc, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return nil, core.Invalid("time zone %q is not known; use an IANA name such as Asia/Shanghai", d.TimeZone)
	}
	return loc, nil
}
