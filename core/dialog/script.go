// Package dialog decides what the bot says: it greets, follows flows, answers
// from knowledge, asks back once when it is unsure, and says so when it does
// not know. Each step of that is a stage of the pipeline; a Script makes them.
//
// A turn without words ends at Receive. State reads what the words refer to (a
// choice offered before, a repetition) and notes what was asked. Flow answers
// and ends the turn if a flow wants it. Knowledge finds passages, Answer makes
// a draft, and Confidence says it, asks back, or wants a person.
package dialog

import (
	"context"
	"maps"
	"time"

	"frontdesk/core"
)

// Script is what a bot has to say. It is not altered after its stages are made.
type Script struct {
	Texts   Texts   // complete: DefaultTexts().Over(the bot's)
	Topics  []Topic // the bot's intents
	Flows   []Flow
	Media   Media
	Rules   []Rule            // small ones beside the flows, tried in order
	Actions map[string]Action // what Call steps run
	// Retriever and Generator answer Answer steps; Generator may be nil.
	Retriever core.Retriever
	Generator core.Generator
	Prompter  Prompter // runs Prompt steps; nil: they fail
	Rewriter  Rewriter // of questions that lean on others; nil: rules alone
	// Approved says only what people wrote for it: pairs of question and answer,
	// intents' answers, flows and rules. What they do not answer, a person does.
	Approved bool
	// Open reports whether the house is open; nil is always. Mood is one of Moods;
	// nil is always "neutral".
	Open func(at time.Time) bool
	Mood func(t *core.Turn) string
	// ChannelType is the type of a channel, "web" of "site"; nil leaves
	// Turn.Channel as it is.
	ChannelType func(id string) string
	// Errand, if set, reports whether a normalised text asks for something to be
	// done rather than told: what no flow does then needs a person.
	Errand func(norm string) bool
	// Policy chooses what to do with what no flow takes; nil is Thresholds.
	Policy Policy
}

// Topic is the side of an intent that speaks.
type Topic struct {
	Name      string
	Title     Wording
	Answer    Wording
	SmallTalk bool
	Handoff   bool
}

// Action does something for a flow: looks an order up, files a return. Safe
// for concurrent use.
type Action interface {
	// Call returns values for slots. An error sends the flow to its OnError
	// step; what is returned with it fills slots too. It must be harmless to repeat: a turn that died is run again.
	Call(ctx context.Context, t *core.Turn, slots map[string]string) (map[string]string, error)
}

// ActionFunc is a function as an Action.
type ActionFunc func(ctx context.Context, t *core.Turn, slots map[string]string) (map[string]string, error)

// Call implements Action.
func (f ActionFunc) Call(ctx context.Context, t *core.Turn, slots map[string]string) (map[string]string, error) {
	return f(ctx, t, slots)
}

func (s *Script) topic(name string) (Topic, bool) {
	for _, tp := range s.Topics {
		if tp.Name == name {
			return tp, true
		}
	}
	return Topic{}, false
}

// in is w in the turn's language, else in one of the bot's.
func in(t *core.Turn, w Wording) string {
	return fill(pick(t, w), builtin(t))
}

// line is one of the bot's sentences for t.
func (s *Script) line(t *core.Turn, key TextKey) string { return in(t, s.Texts[key]) }

// lineWith is line with one more variable.
func (s *Script) lineWith(t *core.Turn, key TextKey, name, value string) string {
	values := builtin(t)
	maps.Copy(values, map[string]string{name: value})
	return fill(pick(t, s.Texts[key]), values)
}

// HandoffLine is what the customer is told when a person is fetched; use it as
// handoff.Say. danger reports whether t is about somebody's safety.
func (s *Script) HandoffLine(danger func(norm string) bool) func(t *core.Turn) string {
	return func(t *core.Turn) string {
		switch {
		case t.Handoff == core.ReasonRule && danger(t.Norm):
			return s.line(t, TextSafety)
		case t.Handoff == core.ReasonAsked, t.Handoff == core.ReasonFlow, t.Handoff == core.ReasonRule:
			return s.line(t, TextHandoff)
		}
		return s.line(t, TextApology)
	}
}

// say is what the bot says, with what became of the turn.
func say(t *core.Turn, v core.Verdict, parts ...core.Part) {
	t.Note(core.Event{Role: core.BotRole, Parts: parts, Verdict: v})
}

func text(s string) core.Part { return core.Part{Text: s} }
