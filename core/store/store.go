// Package store turns a database into a core.Ledger.
//
// What differs between databases is Backend: short transactions. What is alike
// is here: the hand-over of turns in memory, in order, one a conversation;
// waiting for answers; noticing what other replicas stored.
package store

import (
	"context"
	"time"

	"frontdesk/core"
)

// Item is an open turn. It may run when Prev, the message before it, is settled.
type Item struct {
	Work core.Work
	Prev int64
}

// Accepted is what Backend.Accept did.
type Accepted struct {
	Item
	Fresh bool
}

// Committed is what a transaction of Backend wrote.
type Committed struct {
	State  core.State
	Said   []core.Event // with their seq
	Queued bool         // something waits to be sent
}

// Moved is what Backend.Move and Backend.Speak wrote.
type Moved struct {
	Epoch  int64
	Seq    int64 // of the event; 0 for a note
	Queued bool  // something waits to be sent
}

// Lease is a partition held.
type Lease struct {
	Part  int
	Fence int64
}

// Backend is one database. Each method is one transaction; times are given.
// Writers finish what they began even if ctx ends meanwhile, so that what the
// caller is told is what happened.
type Backend interface {
	// Locate finds the conversation of e's workspace, channel and address, or
	// begins it under the id fresh.
	Locate(ctx context.Context, e core.Envelope, fresh core.ConversationID, now time.Time) (core.ConversationID, error)
	Accept(ctx context.Context, e core.Envelope, now time.Time) (Accepted, error)
	Commit(ctx context.Context, w core.Work, o core.Outcome) (Committed, error)

	// Lease renews owner's partitions, takes free ones up to want, and lists all.
	// Where several live it takes no more than its share, and gives up what it
	// holds beyond, but none of busy: a turn that runs there would run twice.
	// A lapsed lease is freed first: its owner died, so the first open turn of
	// each of its conversations, which may have been running, counts an attempt.
	Lease(ctx context.Context, owner string, now, until time.Time, want int, busy []int) ([]Lease, error)
	Release(ctx context.Context, owner string) error
	// Unclaim lets every claim lapse: whoever made them is known to be dead.
	Unclaim(ctx context.Context) error
	// Open lists the open turns of parts.
	Open(ctx context.Context, parts []int) ([]Item, error)

	// Answer returns what was said to t; done is false while it is open.
	Answer(ctx context.Context, t core.TurnID) (said []core.Event, done bool, err error)
	Move(ctx context.Context, m core.Move, now time.Time) (Moved, error)
	Speak(ctx context.Context, s core.Speech, now time.Time) (Moved, error)
	State(ctx context.Context, c core.ConversationID) (core.State, error)
	Conversation(ctx context.Context, c core.ConversationID) (core.Conversation, error)
	Conversations(ctx context.Context, f core.ListFilter) ([]core.Conversation, string, error)
	ByThread(ctx context.Context, w core.WorkspaceID, ref core.DeskRef) (core.ConversationID, error)

	Claim(ctx context.Context, now, until time.Time) (core.Delivery, error)
	ClaimTurn(ctx context.Context, t core.TurnID, now, until time.Time) ([]core.Delivery, error)
	Passive(ctx context.Context, t core.TurnID) ([]core.Reply, error)
	Settle(ctx context.Context, d core.Delivery, s core.Settlement) error
	core.History
	Outgoing(ctx context.Context, c core.ConversationID) (map[core.OutState]int, error)
	// Pending counts what is not done: open turns, live outbox rows, and when the
	// oldest open turn was accepted (zero if there is none).
	Pending(ctx context.Context) (turns, replies int, oldest time.Time, err error)
	Close() error
}
