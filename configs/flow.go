package configs

import (
	"slices"
	"time"

	"frontdesk/configs/internal/strict"
)

// Flow is a conversation with a goal. A file in flows/ is one.
type Flow struct {
	Name     string        `yaml:"name"`
	Title    Wording       `yaml:"title"`
	Intents  Texts         `yaml:"intents"`  // that start it
	Keywords Texts         `yaml:"keywords"` // that start it too
	Events   Texts         `yaml:"events"`   // of the platform: follow, scan, "scan:spring", …
	Buttons  Texts         `yaml:"buttons"`  // values of buttons and menu entries
	Expires  time.Duration `yaml:"expires"`  // how long it waits for an answer
	Steps    []Step        `yaml:"steps"`
}

// Step is one step of a flow. docs/flows.md says what each key does.
type Step struct {
	ID       string            `yaml:"id"` // "" is its number, from 1
	Do       string            `yaml:"do"` // a key of needs
	Text     Wording           `yaml:"text"`
	Slot     string            `yaml:"slot"`   // of ask and choose
	Entity   string            `yaml:"entity"` // that an answer to ask must hold; "" takes it as it is
	Valid    Valid             `yaml:"valid"`
	Retry    Wording           `yaml:"retry"`        // said once when an answer does not do
	Confirm  Wording           `yaml:"confirm"`      // asked, for yes or no, before a value counts
	Confirms string            `yaml:"confirm_when"` // "always" or "unsure": taken over, or a guess
	Reuse    time.Duration     `yaml:"reuse"`        // how old a value from before this flow may be
	Expires  time.Duration     `yaml:"expires"`      // how long an answer counts
	Options  []Option          `yaml:"options"`      // of choose
	Set      map[string]string `yaml:"set"`          // of set: slot → text
	Action   string            `yaml:"action"`       // of call
	Prompt   string            `yaml:"prompt"`       // of prompt
	Question Wording           `yaml:"question"`
	With     map[string]string `yaml:"with"`    // of call and prompt: argument → text
	Save     Saved             `yaml:"save"`    // slot → result
	Timeout  time.Duration     `yaml:"timeout"` // of call, answer and prompt
	Flow     string            `yaml:"flow"`    // of jump
	When     Condition         `yaml:"when"`
	Next     string            `yaml:"next"` // id of the step that follows; "" is the next in order
	Else     string            `yaml:"else"` // of if
	OnError  string            `yaml:"on_error"`
}

// Condition is what must hold: names of slots and other words, each with the
// values that do.
type Condition map[string]Texts

// Valid is what else a value must be.
type Valid struct {
	Pattern   string `yaml:"pattern"` // RE2, of the whole value
	Min       string `yaml:"min"`     // a number, or a date: 2026-01-31, today, today+30
	Max       string `yaml:"max"`
	MinLength int    `yaml:"min_length"` // characters
	MaxLength int    `yaml:"max_length"`
}

// Option is one answer of a choose step.
type Option struct {
	Value    string   `yaml:"value"`
	Label    Wording  `yaml:"label"`
	Synonyms []string `yaml:"synonyms"`
	Next     string   `yaml:"next"`
}

// Rule is a small "when … then …" beside the flows. rules.yaml is a list of
// them.
type Rule struct {
	Name     string    `yaml:"name"`
	When     Condition `yaml:"when"`
	Tags     Texts     `yaml:"tags"`
	Say      Wording   `yaml:"say"`
	Start    string    `yaml:"start"`    // a flow
	Handoff  bool      `yaml:"handoff"`  // a person is wanted
	Continue bool      `yaml:"continue"` // answer the message too
	Once     bool      `yaml:"once"`     // at most once a case
}

// Saved names the slots that results fill. A list fills slots called like the
// results.
type Saved map[string]string

// Fill implements strict.Filler.
func (s *Saved) Fill(d *strict.Decoder, n *strict.Node) {
	out := map[string]string{}
	if n.Kind == strict.Map {
		d.Fill(n, &out)
	} else {
		var names Texts
		names.Fill(d, n)
		for _, name := range names {
			out[name] = name
		}
	}
	*s = out
}

// FlowNames are the bot's flows, in the order of their files.
func (b *Bot) FlowNames() []string {
	names := make([]string, len(b.Flows))
	for i, f := range b.Flows {
		names[i] = f.Name
	}
	return names
}

// HasFlow reports whether there is a flow of that name.
func (b *Bot) HasFlow(name string) bool { return slices.Contains(b.FlowNames(), name) }
