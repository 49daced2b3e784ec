// Package nlu makes sense of single messages: it normalises text for matching,
// tells the language, and holds the two interfaces that understanding hangs
// on. Implementations live in folders of their own and do not know each other.
package nlu

import (
	"context"
	"fmt"

	"frontdesk/core"
)

// IntentRecognizer guesses what the customer wants. Safe for concurrent use.
type IntentRecognizer interface {
	// Recognize ranks intents for t (its Norm, Text and Lang are set), best
	// first. Scores are calibrated probabilities in [0,1] that sum to at most 1;
	// what is missing to 1 is the chance that it is none of them. An empty
	// result means "no idea" and is not an error. An error beside intents says
	// why they are second best (a service was away, time was short): they count,
	// and the trace tells. It does not alter t.
	Recognize(ctx context.Context, t *core.Turn) ([]core.Intent, error)
}

// Explainer is a recogniser that can say why.
type Explainer interface {
	// Explain names the pieces of text that speak most for intent, or against it,
	// strongest first; none where it cannot tell.
	Explain(text, intent string) []Reason
}

// Reason is a piece of a text and how much it speaks for an intent: above 0
// for, below 0 against; the scale is the recogniser's own.
type Reason struct {
	Words  string  `json:"words"`
	Weight float64 `json:"weight"`
}

// EntityExtractor finds values in the text. Safe for concurrent use.
type EntityExtractor interface {
	// Extract returns the entities of t.Text in order of Start, without
	// overlaps of the same name. It does not alter t.
	Extract(ctx context.Context, t *core.Turn) ([]core.Entity, error)
}

// Example is a sentence a customer might write, and what it means.
type Example struct {
	Text   string
	Intent string
	Lang   string // primary BCP 47 tag; "" if not known
}

// Topic is an intent as people call it.
type Topic struct {
	Name  string
	About string // its title, in the bot's first language that has one; may be ""
}

// Task is what a recogniser is made for.
type Task struct {
	Bot       string
	Languages []string
	Topics    []Topic // all intents, also those without examples
	Examples  []Example
	URL       string        // of a model that is served elsewhere; "" if none is named
	Embedder  core.Embedder // what sentences mean, as vectors; nil if there is none
	// Later runs work that may take long after the recogniser is in use, and
	// waits for it when the program ends; nil runs it at once.
	Later func(work func(ctx context.Context))
}

// Preprocess fills in Text with the customer's words alone, Norm and Lang.
func Preprocess() core.Stage {
	return core.NewStage("preprocess", func(_ context.Context, t *core.Turn) error {
		t.Text = Words(t.Work.Envelope.Parts)
		t.Norm = Normalize(t.Text)
		t.Lang = turnLanguage(t)
		t.Trace.Add("norm", t.Norm)
		t.Trace.Add("lang", t.Lang)
		return nil
	})
}

// Words joins what the customer wrote, spoke or pressed. The text that stands
// in for an image or a place is the channel's, not theirs.
func Words(ps []core.Part) string {
	var said []core.Part
	for _, p := range ps {
		switch p.Kind {
		case core.Text, core.Voice, core.Choice:
			said = append(said, p)
		}
	}
	return core.JoinText(said)
}

// turnLanguage is the language of what was written if that is clear, else of
// the conversation, else the likelier one, else the contact's, else the bot's.
func turnLanguage(t *core.Turn) string {
	lang, sure := Language(t.Norm, t.Bot.Languages)
	if sure {
		return lang
	}
	for _, l := range []string{t.Work.State.Lang, lang, Primary(t.Work.Envelope.Contact.Locale)} {
		if l != "" && allowed(l, t.Bot.Languages) {
			return l
		}
	}
	if len(t.Bot.Languages) > 0 {
		return t.Bot.Languages[0]
	}
	return lang
}

// Intents runs r over texts that say something. A failure of r costs the
// guess, or its quality, not the turn: "no idea" is a state of its own.
func Intents(r IntentRecognizer) core.Stage {
	return core.NewStage("intent", func(ctx context.Context, t *core.Turn) error {
		if !Wordy(t.Norm) {
			return nil
		}
		in, err := r.Recognize(ctx, t)
		if ctx.Err() != nil {
			return fmt.Errorf("recognise: %w", ctx.Err())
		}
		if err != nil {
			t.Trace.Add("error", err.Error())
		}
		t.Intents = in
		t.Trace.Add("intents", in[:min(len(in), 3)])
		if x, ok := r.(Explainer); ok && len(in) > 0 && len(t.Norm) <= explained {
			t.Trace.Add("because", x.Explain(t.Norm, in[0].Name))
		}
		return nil
	})
}

// explained is the longest text whose trace says why, in bytes: of longer ones
// no single piece decides.
const explained = 300

// Entities runs xs in order and keeps what they find; where two overlap under
// the same name, the first one's counts.
func Entities(xs ...EntityExtractor) core.Stage {
	return core.NewStage("entities", func(ctx context.Context, t *core.Turn) error {
		for _, x := range xs {
			found, err := x.Extract(ctx, t)
			if err != nil {
				return fmt.Errorf("extract: %w", err)
			}
			t.Entities = merge(t.Entities, found)
		}
		if len(t.Entities) > 0 {
			t.Trace.Add("entities", t.Entities)
		}
		return nil
	})
}

func merge(have, found []core.Entity) []core.Entity {
	for _, e := range found {
		if !clashes(have, e) {
			have = append(have, e)
		}
	}
	return have
}

func clashes(have []core.Entity, e core.Entity) bool {
	for _, h := range have {
		if h.Name == e.Name && h.Start < e.End && e.Start < h.End {
			return true
		}
	}
	return false
}

// Lexicon is a kind of value that one bot looks for. One of Rule, Pattern and
// Values is given.
type Lexicon struct {
	Name    string  // what the entities found are called
	Rule    string  // a rule of the extractor's own, under another name
	Pattern string  // RE2, on text of half width; its first group is the value
	Values  []Value // a list
}

// Value is one value of a list, and how customers write it.
type Value struct {
	Value    string
	Synonyms []string
}

// Named is an extractor that finds some entities without being told: by these
// names flows may ask for them.
type Named interface{ Names() []string }
