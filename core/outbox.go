package core

import (
	"context"
	"time"
)

// Reply is an outbound message: a visible event, durable before it is sent.
// One with Desk set goes to the people's desk instead of the customer.
type Reply struct {
	ID           int64 // of its outbox row
	Turn         TurnID
	Workspace    WorkspaceID
	Channel      string // where it goes: the customer's channel, or the desk's
	Address      string // the customer's chat there
	Conversation ConversationID
	Event        Event
	Meta         map[string]string // of the message it answers
	// Done is how many pieces of a long reply have arrived already: a channel
	// that splits starts with piece Done.
	Done int
	Desk *DeskPost
	// Draft is the platform's id of a message that showed the answer while it was
	// being written, and becomes it; "" mostly. It is not stored.
	Draft string
}

// OutState is where a reply stands.
type OutState string

// The states of an outbox row. Sent, Dropped and Buried are final.
const (
	Queued  OutState = "queued"
	Held    OutState = "held"    // until the customer writes again
	Taking  OutState = "claimed" // by a sender, until its time is up
	Sent    OutState = "sent"
	Dropped OutState = "dropped" // its epoch went stale before it was sent
	Buried  OutState = "buried"  // given up; the note says why
)

// Delivery is a claimed reply.
type Delivery struct {
	Reply   Reply
	Token   int64 // proves the claim
	Attempt int   // 1 the first time
}

// Settlement is how a claim ended.
type Settlement struct {
	To   OutState  // Sent, Queued (again), Held or Buried
	At   time.Time // when To is Queued: not before this
	Done int       // pieces that have arrived, this claim's included
	// Native is the platform's id of what was sent, or, for a desk card that
	// was opened, the thread's.
	Native string
	Note   string // a cause a person can read
}

// Outbox sends at least once, one reply a conversation and line at a time, in
// order. There are two lines: to the customer and to the desk.
type Outbox interface {
	// Claim takes the next due reply for d; ErrNotFound if there is none.
	Claim(ctx context.Context, d time.Duration) (Delivery, error)

	// ClaimTurn takes, in order, the conversation's unsent replies to the
	// customer up to those of turn t, though their not_before lies ahead: the
	// webhook handler that can answer passively. None if a sender has one of them.
	ClaimTurn(ctx context.Context, t TurnID, d time.Duration) ([]Delivery, error)

	// Passive returns what a handler wrote as t's passive reply before, in order.
	// Settle with Native = PassiveNative(t) made it so.
	Passive(ctx context.Context, t TurnID) ([]Reply, error)

	// Settle ends a claim. ErrFenced if it ran out and another holds the reply.
	Settle(ctx context.Context, d Delivery, s Settlement) error

	// Due has a value when something may have become due. Claim finds what is.
	Due() <-chan struct{}

	// Outgoing counts c's rows by state, for the panel and the tests.
	Outgoing(ctx context.Context, c ConversationID) (map[OutState]int, error)
}

// PassiveNative is the Settlement.Native of a reply written as t's passive one.
func PassiveNative(t TurnID) string { return "passive:" + t.String() }
