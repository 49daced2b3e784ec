package configs

import (
	"cmp"
	"slices"
)

// Bot is what a bot's folder says. Its fields carry the names of the bot's
// definition in the core, so that turning one into the other is copying.
type Bot struct {
	Version   string // changes whenever a file other than a document does
	Name      string
	Languages []string // at least one; the first is spoken when in doubt
	TimeZone  string   // IANA name
	Persona   string   // who the bot is, for language models; may be ""
	// Recognizer and RecognizerURL choose what understands customers.
	Recognizer    string
	RecognizerURL string
	Threshold     float64 // confidence in [0,1] below which a person is wanted
	Desk          Desk    // comes with the configuration only
	Intents       []Intent
	Entities      []Entity
	Flows         []Flow
	Texts         map[string]Wording // the bot's own sentences by key
	Media         map[string]string  // kind of part → "line" or "person"
	Handoff       Rules
	FAQ           []Pair         // of faq.csv
	Documents     []string       // paths in the folder to be ingested: faq.csv and knowledge/…
	Tests         []Conversation // of tests/
}

// Wording is a text by language: {zh: 你好, en: Hello}.
type Wording map[string]string

// Intent is something customers want, learnt from examples. A file in intents/
// is a list of them.
type Intent struct {
	Name      string              `yaml:"name"`
	Title     Wording             `yaml:"title"`    // what a clarification calls it; without one it is never offered
	Examples  map[string][]string `yaml:"examples"` // by language
	Answer    Wording             `yaml:"answer"`
	SmallTalk bool                `yaml:"small_talk"` // answers without counting as a question
	Handoff   bool                `yaml:"handoff"`    // wants a person as soon as it is understood
}

// Entity is a kind of value to find in texts. A file in entities/ is a list of
// them. Exactly one of Rule, Pattern and Values is given.
type Entity struct {
	Name    string  `yaml:"name"`
	Rule    string  `yaml:"rule"`    // a built-in one: order_id, phone, date, …
	Pattern string  `yaml:"pattern"` // RE2; its first group, if it has one, is the value
	Values  []Value `yaml:"values"`
}

// Value is one value of a listed entity.
type Value struct {
	Value    string   `yaml:"value"`
	Synonyms []string `yaml:"synonyms"`
}

// Flow is a conversation with a goal. A file in flows/ is one.
type Flow struct {
	Name     string   `yaml:"name"`
	Title    Wording  `yaml:"title"`
	Intents  []string `yaml:"intents"`  // that start it
	Keywords []string `yaml:"keywords"` // that start it too
	Steps    []Step   `yaml:"steps"`
}

// Step is one step of a flow.
type Step struct {
	ID      string            `yaml:"id"` // "" is its number, from 1
	Do      string            `yaml:"do"` // ask, say, choose, call, handoff, done
	Text    Wording           `yaml:"text"`
	Slot    string            `yaml:"slot"`    // of ask and choose
	Entity  string            `yaml:"entity"`  // that an answer to ask must hold; "" takes it as it is
	Retry   Wording           `yaml:"retry"`   // said once when an answer does not do
	Options []Option          `yaml:"options"` // of choose
	Action  string            `yaml:"action"`  // of call
	When    map[string]string `yaml:"when"`    // slots that must have these values; "" is not filled
	Next    string            `yaml:"next"`    // id of the step that follows; "" is the next in order
	OnError string            `yaml:"on_error"`
}

// Option is one answer of a choose step.
type Option struct {
	Value    string   `yaml:"value"`
	Label    Wording  `yaml:"label"`
	Synonyms []string `yaml:"synonyms"`
	Next     string   `yaml:"next"`
}

// Rules are a bot's own reasons to fetch a person.
type Rules struct {
	Limits   HandoffLimits `yaml:"limits"`
	Keywords []Keyword     `yaml:"keywords"`
}

// HandoffLimits are where numbers become reasons; zero is the core's default.
type HandoffLimits struct {
	Repeats int     `yaml:"repeats"` // times in a row the same was asked again
	Misses  int     `yaml:"misses"`  // turns in a row without an answer
	Anger   float64 `yaml:"anger"`   // in [0,1]
}

// Keyword fetches a person when a message contains one of Words.
type Keyword struct {
	Name  string   `yaml:"name"` // what the card calls it
	Words []string `yaml:"words"`
}

// botFile is bot.yaml. Its keys are those of a bot in the configuration, where
// both have them.
type botFile struct {
	Name      string             `yaml:"name"`
	Languages []string           `yaml:"languages"`
	TimeZone  string             `yaml:"time_zone"`
	Persona   string             `yaml:"persona"`
	NLU       NLU                `yaml:"nlu"`
	Handoff   botHandoff         `yaml:"handoff"`
	Texts     map[string]Wording `yaml:"texts"`
	Media     map[string]string  `yaml:"media"`
}

type botHandoff struct {
	Threshold float64 `yaml:"threshold"`
	Rules     `yaml:",inline"`
}

// DefaultThreshold is the confidence below which a person is wanted, where
// neither the configuration nor the folder says another.
const DefaultThreshold = 0.45

// NewBot is a bot that starts empty.
func NewBot() *Bot {
	return &Bot{
		Languages: []string{"zh", "en"}, TimeZone: "UTC",
		Recognizer: "linear", Threshold: DefaultThreshold,
	}
}

// Under returns b with what the configuration says about it, which comes first
// wherever it was written.
func (b *Bot) Under(s BotSettings) *Bot {
	out := *b
	out.Name = cmp.Or(s.Name, b.Name, s.ID)
	out.TimeZone = cmp.Or(s.TimeZone, b.TimeZone)
	if len(s.Languages) > 0 {
		out.Languages = slices.Clone(s.Languages)
	}
	if s.NLU.Recognizer != "" {
		out.Recognizer, out.RecognizerURL = s.NLU.Recognizer, s.NLU.URL
	}
	if s.Handoff.Threshold != nil {
		out.Threshold = *s.Handoff.Threshold
	}
	out.Desk = s.Handoff.Desk
	return &out
}
