// Package llm speaks with language models: one interface for all of them, and a
// Fallback that keeps a turn within its time whatever a model does.
package llm

import (
	"context"
	"encoding/json"
	"time"
)

// Provider is one language model behind one API. Safe for concurrent use.
type Provider interface {
	// Name is how traces and metrics call it; unique among a Fallback's members.
	Name() string
	// Generate asks the model. on, unless nil, gets each piece of the text as it
	// comes, from one goroutine at a time and never after Generate returned; the
	// pieces of the last Rev joined are Answer.Text. Generate returns soon after
	// ctx ends. Every error is an *Error, or wraps ctx's.
	Generate(ctx context.Context, r Request, on func(Delta)) (Answer, error)
}

// Role says who speaks in a Message.
type Role string

// The roles.
const (
	System    Role = "system" // instructions; they come first
	User      Role = "user"
	Assistant Role = "assistant"
	Tool      Role = "tool" // the result of a call
)

// Request is what a model is asked.
type Request struct {
	Messages    []Message
	Tools       []Function // the model may call
	JSON        bool       // the answer must be one JSON object
	MaxTokens   int        // of the answer; 0 is the provider's default
	Temperature float64    // in [0,2]; 0 repeats itself best
	// Budget is the turn's. A single provider leaves it to its caller's context.
	Budget Budget
	For    For
}

// For says on whose behalf a request is made: guard rails and budgets are
// theirs. No provider is told. Who leaves it empty gets the strictest.
type For struct {
	Workspace, Bot, Contact string
}

// Budget is the time a turn has. Zero is no limit.
type Budget struct {
	FirstToken time.Duration // until the first piece of an answer
	Total      time.Duration // until the answer is whole
}

// Message is one utterance.
type Message struct {
	Role   Role
	Text   string
	Images []Image // of a User
	Calls  []Call  // that an Assistant made
	CallID string  // of a Tool: the call whose result Text is
}

// Image is a picture for models that see.
type Image struct {
	MIME string // image/png, image/jpeg, image/gif or image/webp
	Data []byte
}

// Function is a tool the model may call.
type Function struct {
	Name        string // letters, digits, "_" and "-", at most 64
	Description string
	Schema      json.RawMessage // JSON schema of the arguments, an object
}

// Call is the model's wish to have a tool called.
type Call struct {
	ID, Name  string
	Arguments json.RawMessage // valid JSON, not checked against the schema
}

// Delta is a piece of text as it comes. A Rev higher than the one before starts
// the text over: another model took the turn.
type Delta struct {
	Rev  int
	Text string
}

// Stop says why an answer ended.
type Stop string

// The ways an answer ends.
const (
	StopEnd    Stop = "end"
	StopLength Stop = "length" // MaxTokens or the context were full
	StopCalls  Stop = "calls"  // it waits for tool results
)

// Usage counts tokens. Known is false where the provider did not say: unknown
// is not 0.
type Usage struct {
	In, Out int
	Known   bool
}

// Cost is what an answer cost, in micro-units of Currency. Known is false where
// nobody knows the price.
type Cost struct {
	Micros   int64
	Currency string
	Known    bool
}

// Answer is what a model said.
type Answer struct {
	Text     string
	Calls    []Call
	Stop     Stop
	Usage    Usage
	Cost     Cost
	Provider string // that answered
	Model    string // as the provider names what it ran
	Tries    []Try  // of a Fallback: all attempts of the turn, in the order begun
}
