package configs

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"frontdesk/configs/internal/strict"
)

// Conversation is a test: what a customer says, turn by turn, and what must
// come of it. A file holds one, or a list of them.
type Conversation struct {
	Name string `yaml:"name"`
	// Channel is the type or id of the channel the customer writes on; At is when
	// the conversation begins, "2026-05-01 22:00" in the bot's time zone.
	Channel string `yaml:"channel"`
	At      string `yaml:"at"`
	Turns   []Turn `yaml:"turns"`
	// Place is where it is written, "tests/returns.yaml:3:1".
	Place string `yaml:"-"`
}

// Turn is one message and what is expected of the answer to it. What is not
// written is not looked at.
type Turn struct {
	User  string `yaml:"user"`  // what the customer says
	Press string `yaml:"press"` // or the value, or words, of the button they press
	Event string `yaml:"event"` // or what the platform reports: follow, "scan:spring"
	// After is how long they wait with it.
	After  time.Duration     `yaml:"after"`
	Intent string            `yaml:"intent"` // the best intent's name
	Slots  map[string]string `yaml:"slots"`  // among the slots filled so far; "" is not filled
	// Contains must all be in the answer, Lacks none; letters' case does not
	// count.
	Contains Texts `yaml:"contains"`
	Lacks    Texts `yaml:"lacks"`
	Offers   Texts `yaml:"offers"` // buttons, by their words or values
	// Flow is the one that waits for an answer now, "none" if none may. Tags are
	// among those of the case.
	Flow  string `yaml:"flow"`
	Tags  Texts  `yaml:"tags"`
	Cites Texts  `yaml:"cites"` // documents among the citations, by file name
	// Outcome is answered, clarified, abstained or handed_over.
	Outcome string `yaml:"outcome"`
	// Handoff is "true" or a reason (asked, unsure, flow, …) where a person must
	// be wanted after this turn, "false" where none may be.
	Handoff string `yaml:"handoff"`
}

// Texts is a list of texts; a single one need not be in a list.
type Texts []string

// Fill implements strict.Filler.
func (t *Texts) Fill(d *strict.Decoder, n *strict.Node) {
	if n.Kind == strict.Scalar {
		*t = Texts{n.Text}
		return
	}
	var many []string
	d.Fill(n, &many)
	*t = many
}

// ParseConversations reads a file of conversation tests; name is how errors
// call it. An error in the file is an Errors.
func ParseConversations(name string, r io.Reader) ([]Conversation, error) {
	n, err := strict.Read(name, r)
	if err != nil {
		return nil, asErrors(err)
	}
	var errs strict.Errors
	out := conversations(&errs, n)
	return out, errs.Err()
}

func conversations(errs *strict.Errors, n *strict.Node) []Conversation {
	items := []*strict.Node{n}
	if n.Kind == strict.List {
		items = n.Items
	}
	var out []Conversation
	for _, item := range items {
		c := Conversation{Place: item.Pos.String()}
		if err := strict.Decode(item, &c); err != nil {
			var many strict.Errors
			errors.As(err, &many)
			*errs = append(*errs, many...)
			continue
		}
		c.check(errs, item)
		out = append(out, c)
	}
	return out
}

// outcomes and reasons are the words of the core.
var (
	outcomes = []string{"answered", "clarified", "abstained", "handed_over"}
	handoffs = []string{"true", "false", "asked", "unsure", "repeated", "failed", "angry", "flow", "rule", "manual"}
)

// maxAfter bounds how long a test's customer waits.
const maxAfter = 90 * 24 * time.Hour

// AtLayout is how Conversation.At is written.
const AtLayout = "2006-01-02 15:04"

func (c *Conversation) check(errs *strict.Errors, n *strict.Node) {
	if _, err := time.Parse(AtLayout, c.At); c.At != "" && err != nil {
		errs.Add(n.Get("at").Pos, "%q is no time: write one like 2026-05-01 22:00", c.At)
	}
	if c.Name == "" {
		errs.Add(n.Pos, "a conversation needs a name")
	}
	if len(c.Turns) == 0 {
		errs.Add(n.Pos, "conversation %q has no turns", c.Name)
	}
	for i, t := range c.Turns {
		at := n.Get("turns").Items[i]
		given := 0
		for _, has := range []bool{t.User != "", t.Press != "", t.Event != ""} {
			if has {
				given++
			}
		}
		if given != 1 {
			errs.Add(at.Pos, "a turn needs user: what the customer says (or one of press and event)")
		}
		if t.After < 0 || t.After > maxAfter {
			errs.Add(at.Get("after").Pos, "after must be from 0s to %s", maxAfter)
		}
		oneOf(errs, at.Get("outcome"), t.Outcome, outcomes)
		oneOf(errs, at.Get("handoff"), t.Handoff, handoffs)
	}
}

func oneOf(errs *strict.Errors, n *strict.Node, got string, words []string) {
	if got == "" || n == nil || slices.Contains(words, got) {
		return
	}
	hint := fmt.Sprintf("it is one of %s", strings.Join(words, ", "))
	if near := strict.Nearest(got, words); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	errs.Add(n.Pos, "%q is no word known here: %s", got, hint)
}
