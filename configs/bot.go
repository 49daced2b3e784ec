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
	Rules         []Rule             // of rules.yaml: small ones beside the flows
	Approved      bool               // only what people wrote is said
	Hours         Texts              // when the house is open: mon-fri 09:00-18:00
	Holidays      Texts              // days it is not: 2026-10-01, 2026-10-01/2026-10-07
	Texts         map[string]Wording // the bot's own sentences by key
	Media         map[string]string  // kind of part → "line" or "person"
	Guard         *Guard             // nil: the strictest rails
	Handoff       HandoffRules
	FAQ           []Pair         // of faq.csv
	Tables        []Table        // of tables/: look-up tables
	Documents     []string       // paths in the folder to be ingested: faq.csv and knowledge/…
	Tests         []Conversation // of tests/
	// Places says where things are written, by path: "flow returns/order/text",
	// "rule night/say", "intent fee/answer", "text greeting".
	Places map[string]Pos
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
// them. One of Rule, Pattern, Values and Learn is given, Learn also with Values.
type Entity struct {
	Name    string  `yaml:"name"`
	Rule    string  `yaml:"rule"`    // a built-in one: order_id, phone, date, …
	Pattern string  `yaml:"pattern"` // RE2; its first group, if it has one, is the value
	Values  []Value `yaml:"values"`
	Learn   bool    `yaml:"learn"` // from examples of intents that mark it: "[red](colour) shoes"
}

// Value is one value of a listed entity.
type Value struct {
	Value    string   `yaml:"value"`
	Synonyms []string `yaml:"synonyms"`
}

// HandoffRules are a bot's own reasons to fetch a person.
type HandoffRules struct {
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
	Guard     *Guard             `yaml:"guard"`
	Answers   string             `yaml:"answers"` // "any" or "approved"
	Hours     Texts              `yaml:"hours"`
	Holidays  Texts              `yaml:"holidays"`
}

type botHandoff struct {
	Threshold    float64 `yaml:"threshold"`
	HandoffRules `yaml:",inline"`
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
	if s.Guard != nil {
		out.Guard = s.Guard
	}
	return &out
}
