package dialog

// Wording is a text by language, a primary BCP 47 tag: {"zh": "你好", "en": "Hello"}.
type Wording map[string]string

// In returns w in lang, else in the first of others that w has, else "".
func (w Wording) In(lang string, others ...string) string {
	if s := w[lang]; s != "" {
		return s
	}
	for _, l := range others {
		if s := w[l]; s != "" {
			return s
		}
	}
	return ""
}

// Flow is a conversation with a goal: it asks for what it needs and acts.
// Steps run in order; one that waits for an answer ends the turn.
type Flow struct {
	Name  string
	Title Wording // what a clarification calls it; without one it is never offered
	// Intents start the flow when understood, Keywords when the normalised text
	// contains one. A Choice part with the value "flow:NAME" starts it too.
	Intents  []string
	Keywords []string
	Steps    []Step
}

// StepKind is what a step does.
type StepKind string

// The kinds of step.
const (
	Ask     StepKind = "ask"     // ask for Slot, unless it is known already
	Say     StepKind = "say"     // say Text and go on
	Choose  StepKind = "choose"  // offer Options; the chosen one's value fills Slot
	Call    StepKind = "call"    // run Action; its results fill slots
	Handoff StepKind = "handoff" // a person is wanted; Text, if any, is said first
	Done    StepKind = "done"    // the flow ends; Text, if any, is said first
)

// Step is one step of a flow. Texts may name slots in braces: "{order}".
type Step struct {
	ID   string // unique in the flow; "" is its number, "1" the first
	Do   StepKind
	Text Wording
	Slot string // of Ask and Choose
	// Entity validates the answer to an Ask: a name of the bot's entities or of
	// a built-in rule. "" takes the text as it is.
	Entity string
	// Retry is said once when an answer does not do; then a person is wanted.
	Retry   Wording
	Options []Option // of Choose
	Action  string   // of Call: a key of Parts.Actions
	// When runs the step only if each named slot has the given value; the value
	// "" means that the slot is not filled.
	When map[string]string
	// Next is the id of the step that follows; "" is the next in order. An
	// option's own Next comes first. OnError is where a failed Call goes on; ""
	// wants a person.
	Next    string
	OnError string
}

// Option is one answer of a Choose.
type Option struct {
	Value    string
	Label    Wording
	Synonyms []string // other ways customers say it
	Next     string   // id of the step to go to; "" is the step's own
}
