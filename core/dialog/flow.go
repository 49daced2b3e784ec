package dialog

import (
	"time"

	"frontdesk/core"
)

// Wording is a text by language, a primary BCP 47 tag: {"zh": "你好", "en":
// "Hello"}. A key may name a channel behind it, by id or type: "zh@web" is
// said there instead.
type Wording map[string]string

// In returns w in lang, else in the first of others that w has, else "".
func (w Wording) In(lang string, others ...string) string { return w.On("", "", lang, others...) }

// On is In for a channel of that id and type.
func (w Wording) On(id, kind, lang string, others ...string) string {
	for _, l := range append([]string{lang}, others...) {
		for _, key := range []string{l + "@" + id, l + "@" + kind, l} {
			if s := w[key]; s != "" {
				return s
			}
		}
	}
	return ""
}

// pick is w in the turn's language and for its channel.
func pick(t *core.Turn, w Wording) string {
	return w.On(t.Work.Envelope.Channel, t.Channel, t.Lang, t.Bot.Languages...)
}

// Flow is a conversation with a goal: it asks for what it needs and acts.
// Steps run in order; one that waits for an answer ends the turn.
type Flow struct {
	Name  string
	Title Wording // what a clarification calls it; without one it is never offered
	// Intents start the flow when understood, Keywords when the normalised text
	// contains one, Events when the platform reports one ("follow", "scan:spring"
	// for one scene of a code). A button with the value "flow:NAME" starts it
	// too, and so does one whose value is among Buttons.
	Intents  []string
	Keywords []string
	Events   []string
	Buttons  []string
	// Expires is how long the flow waits for an answer; 0 is DefaultFlowLife.
	Expires time.Duration
	Steps   []Step
}

// DefaultFlowLife is how long a flow waits for an answer, DefaultSlotLife how
// long a value counts, where nothing else is said.
const (
	DefaultFlowLife = time.Hour
	DefaultSlotLife = 24 * time.Hour
)

// StepKind is what a step does.
type StepKind string

// The kinds of step.
const (
	Ask     StepKind = "ask"     // ask for Slot, unless it is known already
	Say     StepKind = "say"     // say Text and go on
	Choose  StepKind = "choose"  // offer Options; the chosen one's value fills Slot
	Set     StepKind = "set"     // fill slots with Set
	Call    StepKind = "call"    // run Action with With; its results fill slots
	Answer  StepKind = "answer"  // answer Question from knowledge
	Prompt  StepKind = "prompt"  // ask a language model with a prompt of the library
	If      StepKind = "if"      // go to Next if When holds, to Else if not
	Jump    StepKind = "jump"    // go on with another flow, which keeps the slots
	Handoff StepKind = "handoff" // a person is wanted; Text, if any, is said first
	Done    StepKind = "done"    // the flow ends; Text, if any, is said first
)

// StepKinds are all of them.
func StepKinds() []StepKind {
	return []StepKind{Ask, Say, Choose, Set, Call, Answer, Prompt, If, Jump, Handoff, Done}
}

// Step is one step of a flow. Texts, Set and With are templates: "{order}".
type Step struct {
	ID   string // unique in the flow; "" is its number, "1" the first
	Do   StepKind
	Text Wording
	Slot string // of Ask and Choose
	// Entity validates the answer to an Ask: a name of the bot's entities or of
	// a built-in rule. "" takes the text as it is.
	Entity string
	Valid  Valid // and what else the value must be
	// Retry is said once when an answer does not do; then a person is wanted.
	Retry Wording
	// Confirm is asked, for yes or no, before a value counts; empty asks nothing.
	// With IfUnsure only values are confirmed that were taken over from before,
	// or are a guess.
	Confirm  Wording
	IfUnsure bool
	// Reuse is how old a value may be that the customer gave before this flow;
	// 0 asks anew. Expires is how long an answer counts; 0 is DefaultSlotLife.
	Reuse, Expires time.Duration
	Options        []Option          // of Choose
	Set            map[string]string // of Set: slot → template
	Action         string            // of Call: a key of Script.Actions
	Prompt         string            // of Prompt: a name of the library
	Question       Wording           // of Answer; empty is the customer's message
	// With are the arguments of Call and Prompt, name → template; nil gives a
	// Call all slots. Save names the slots that results fill, slot → result; nil
	// fills slots called like the results.
	With, Save map[string]string
	Timeout    time.Duration // of Call, Answer, Prompt; 0 is DefaultTimeout
	Flow       string        // of Jump
	// When runs the step only if it holds; of an If it is what is looked at.
	When Condition
	// Next is the id of the step that follows; "" is the next in order. An
	// option's own Next comes first. OnError is where a Call, Answer or Prompt
	// that failed goes on; "" wants a person. Else is of an If.
	Next, Else string
	OnError    string
}

// DefaultTimeout bounds what a step waits for.
const DefaultTimeout = 10 * time.Second

// Option is one answer of a Choose.
type Option struct {
	Value    string
	Label    Wording
	Synonyms []string // other ways customers say it
	Next     string   // id of the step to go to; "" is the step's own
}
