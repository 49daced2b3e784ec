package configs

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"frontdesk/configs/internal/strict"
)

// Conversation is a test: what a customer says, turn by turn, and what must
// come of it. A file holds one, or a list of them.
type Conversation struct {
	Name  string `yaml:"name"`
	Turns []Turn `yaml:"turns"`
	// Place is where it is written, "tests/returns.yaml:3:1".
	Place string `yaml:"-"`
}

// Turn is one message and what is expected of the answer to it. What is not
// written is not looked at.
type Turn struct {
	User   string            `yaml:"user"`   // what the customer says
	Intent string            `yaml:"intent"` // the best intent's name
	Slots  map[string]string `yaml:"slots"`  // among the slots filled so far; "" is not filled
	// Contains must all be in the answer, Lacks none; letters' case does not
	// count.
	Contains Texts `yaml:"contains"`
	Lacks    Texts `yaml:"lacks"`
	Cites    Texts `yaml:"cites"` // documents among the citations, by file name
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

func (c *Conversation) check(errs *strict.Errors, n *strict.Node) {
	if c.Name == "" {
		errs.Add(n.Pos, "a conversation needs a name")
	}
	if len(c.Turns) == 0 {
		errs.Add(n.Pos, "conversation %q has no turns", c.Name)
	}
	for i, t := range c.Turns {
		at := n.Get("turns").Items[i]
		if t.User == "" {
			errs.Add(at.Pos, "a turn needs user: what the customer says")
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
