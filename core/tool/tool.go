// Package tool is what a bot can do besides talking: look an order up, ask the
// business's own systems, file something there. A flow calls tools as actions,
// a language model by asking for them; both pass the same gate.
//
// The gate is a Set. It knows which tools a bot has, whether the customer of
// the turn is known well enough for one, whether the arguments fit, and what
// the turn was answered before: a turn that is run again does nothing twice.
// Who the customer is comes from the turn, never from the arguments.
package tool

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"frontdesk/core"
)

// Identity is how well a customer must be known for a tool.
type Identity string

// The identities, weakest first. Matched stands apart: whoever knows two facts
// that belong together, an order's number and its phone number, is taken for
// the order's owner, whatever the channel knows.
const (
	Anonymous Identity = "anonymous"
	Claimed   Identity = "claimed"  // the customer says who they are
	Verified  Identity = "verified" // a signature, a code or the platform proves it
	Matched   Identity = "matched"  // the tool compares at least two facts
)

// Spec describes a tool.
type Spec struct {
	Name        string          // letters, digits, "_" and "-", at most 64
	Description string          // for models and people
	Schema      json.RawMessage // JSON schema of the arguments, an object
	Identity    Identity        // "" is Verified
	// Writes: the tool changes something. It is done at most once a turn, and a
	// model gets it only with Models set.
	Writes bool
	// Repeats: a write that may be sent again under the same key, as its system
	// knows the key.
	Repeats bool
	Models  *bool         // offered to models; nil: unless it writes
	Timeout time.Duration // of one call; 0 is DefaultTimeout
	// Channels are those whose customers it is for; nil is all. An id that one
	// channel verifies may be somebody else's on another.
	Channels []string
	// Proven are arguments that come from a one-time code the customer typed:
	// argument → the code's name. They cannot be given otherwise.
	Proven map[string]string
	// Results are the values it may return; nil: that is not known.
	Results []string
	// Facts are the arguments that a Matched tool compares, two or more; the
	// first is the key it looks by. Attempts are how many wrong ones an hour a
	// conversation has; 0 is DefaultAttempts.
	Facts    []string
	Attempts int
}

// DefaultTimeout bounds a call.
const DefaultTimeout = 8 * time.Second

// ForModels reports whether models are offered the tool.
func (s Spec) ForModels() bool {
	if s.Models != nil {
		return *s.Models
	}
	return !s.Writes
}

// Tool does one thing. Safe for concurrent use.
type Tool interface {
	// Spec describes the tool; it may change while a Source is connected anew.
	Spec() Spec
	// Call does it. Errors are one of this package's where they can be, and
	// hold no secret and no word of the other side.
	Call(ctx context.Context, c Call) (Result, error)
}

// Call is one call of a tool. Args fit the schema.
type Call struct {
	Args     map[string]any
	Customer Customer
	// Key names the call: equal however often the turn is run. Systems that
	// write can tell a repetition by it.
	Key string
	Now time.Time
}

// Customer is who the turn is for.
type Customer struct {
	Workspace, Conversation, Channel string
	ID, Native, Name, Email          string
	Level                            core.Level
}

// customer is the turn's.
func customer(t *core.Turn) Customer {
	e := t.Work.Envelope
	return Customer{Workspace: string(e.Workspace), Conversation: string(t.Work.Turn.Conversation), Channel: e.Channel,
		ID: string(e.Contact.ID), Native: e.Contact.Native, Name: e.Contact.Name, Email: e.Contact.Email, Level: e.Contact.Level}
}

// May reports whether a customer is known well enough for s.
func (c Customer) May(s Spec) bool {
	if len(s.Channels) > 0 && !slices.Contains(s.Channels, c.Channel) {
		return false
	}
	switch s.Identity {
	case Anonymous, Matched: // a Matched tool compares by itself
		return true
	case Claimed:
		return c.Level == core.Claimed || c.Level == core.Verified
	}
	return c.Level == core.Verified
}

// Result is what a tool found or did.
type Result struct {
	// Values fill a flow's slots.
	Values map[string]string `json:"values,omitempty"`
	// Text is what a model reads; "" is Values, a line each.
	Text string `json:"text,omitempty"`
}

var (
	// ErrNotAllowed means that the bot has no such tool, or not for this caller.
	ErrNotAllowed = errors.New("this tool is not allowed here")
	// ErrIdentity means that the customer is not known well enough.
	ErrIdentity = errors.New("the customer is not known well enough")
	// ErrArguments means that the arguments do not fit; it wraps what is wrong.
	ErrArguments = errors.New("the arguments do not fit")
	// ErrNoMatch means that nothing was found that fits everything given. It
	// does not say what did fit.
	ErrNoMatch = errors.New("nothing found that matches")
	// ErrTooOften means that too many attempts failed before.
	ErrTooOften = errors.New("too many attempts")
	// ErrUnavailable means that the other system did not do its part.
	ErrUnavailable = errors.New("the system did not answer as it should")
	// ErrUndone is an ErrUnavailable after which nothing was changed for certain.
	ErrUndone = errors.New("nothing was changed")
	// ErrUnclear means that the turn began this before, and whether it was done
	// is not known, or that it was done otherwise: a person has to look.
	ErrUnclear = errors.New("it was begun before, and how it ended is not known")
)

// word is the outcome as slots, traces and models read it.
func word(err error) string {
	switch {
	case err == nil:
		return "found"
	case errors.Is(err, ErrNoMatch):
		return "none"
	case errors.Is(err, ErrTooOften):
		return "limited"
	case errors.Is(err, ErrIdentity):
		return "identity"
	case errors.Is(err, ErrArguments):
		return "arguments"
	case errors.Is(err, ErrNotAllowed):
		return "denied"
	case errors.Is(err, ErrUnclear):
		return "unclear"
	}
	return "failed"
}
