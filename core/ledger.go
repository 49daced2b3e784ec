package core

import (
	"cmp"
	"context"
	"time"
)

// Work is an inbound message handed to its conversation's only worker,
// together with the state it meets.
type Work struct {
	Turn     TurnID
	Envelope Envelope
	State    State
	Fence    int64     // of the partition; proves ownership at Commit
	Attempt  int       // 1 the first time
	At       time.Time // when it was accepted
}

// Outcome is what a turn wants written.
type Outcome struct {
	Events []Event
	At     time.Time
	Desk   []DeskPost // for the case's desk, in order; Ref.Channel and Room say which
	Trace  []byte     // JSON, see Trace
}

// Inbox takes messages in and hands them over, in order, one a conversation.
type Inbox interface {
	// Accept stores e unless (Workspace, Channel, Native) is known: then it
	// returns the first one's receipt, or a *ConflictError if the content
	// differs. It returns only after the message is safe. ErrBusy: too much is
	// waiting, nothing was stored.
	Accept(ctx context.Context, e Envelope) (Receipt, error)

	// Locate finds the conversation of a chat, or begins it.
	Locate(ctx context.Context, e Envelope) (ConversationID, error)

	// Lease renews the caller's partitions until now+d and takes free ones
	// until it holds want. It returns how many it holds.
	Lease(ctx context.Context, d time.Duration, want int) (int, error)

	// Drain makes Await return ErrDraining for turns not begun here; nothing is
	// handed over any more.
	Drain()

	// Release gives all partitions up.
	Release(ctx context.Context) error

	// Next waits for a turn of a leased partition. It writes nothing.
	Next(ctx context.Context) (Work, error)

	// Commit settles w: events, replies and "done", all or nothing. ErrFenced:
	// another owner has the turn; forget it. ErrStale: w.State is not the
	// latest (the case changed hands); w is handed over again with that.
	Commit(ctx context.Context, w Work, o Outcome) error

	// Retry hands w over again at or after at, before any later message.
	Retry(w Work, at time.Time)

	// Await returns what was said to t, once it is committed, on any replica.
	// ErrDraining: t was not begun and this replica is stopping.
	Await(ctx context.Context, t TurnID) ([]Event, error)
}

// Move is a case changing hands.
type Move struct {
	Conversation ConversationID
	Epoch        int64  // as the mover saw it; 0 moves the case as it is
	Kind         string // Taken, Returned or Resolved
	Agent        string // who moves it: their name
	Person       string // and who that is, unique; Agent if ""
}

// Speech is what a person says in a conversation.
type Speech struct {
	Conversation ConversationID
	Surface      string // where it was said, "web" or a desk's channel; scopes Native
	Native       string // its id there: a repetition is ignored
	Agent        string // the person's name
	Person       string // and who that is, unique; Agent if ""
	Parts        []Part
	Internal     bool // a note: the customer never sees it, nothing changes hands
}

// Who is the person who moves m.
func (m Move) Who() string { return cmp.Or(m.Person, m.Agent) }

// Who is the person who says s.
func (s Speech) Who() string { return cmp.Or(s.Person, s.Agent) }

// Note is what people said among themselves about a conversation.
type Note struct {
	After int64 // the seq it was written after
	Agent string
	Text  string
	At    time.Time
}

// Conversation is a chat as lists show it.
type Conversation struct {
	ID      ConversationID
	Channel string
	Address string
	Bot     string
	Contact Contact
	State   State
	LastSeq int64
	Updated time.Time // of the last message or change of hands
	Desk    DeskRef   // of the open case, if it has one
}

// ListFilter picks conversations, newest first.
type ListFilter struct {
	Workspace WorkspaceID
	Mode      Mode   // "" for all
	Cursor    string // of the page before; "" for the first
	Limit     int    // at most 200
}

// Cases moves a case between the bot and people.
type Cases interface {
	// Move changes hands. ErrStale if m.Epoch is not the current one. It returns
	// the new epoch. What the bot had queued is dropped.
	Move(ctx context.Context, m Move) (int64, error)

	// Speak says s; unless Internal it takes the case for s.Agent first, if
	// another held it. A known Native is not said again. It returns the event's
	// seq (0 for a note).
	Speak(ctx context.Context, s Speech) (int64, error)

	// Conversation returns c as it is.
	Conversation(ctx context.Context, c ConversationID) (Conversation, error)

	// Conversations lists a page and the cursor of the next, "" at the end.
	Conversations(ctx context.Context, f ListFilter) ([]Conversation, string, error)

	// ByThread finds the conversation whose case a desk keeps at ref.
	ByThread(ctx context.Context, w WorkspaceID, ref DeskRef) (ConversationID, error)
}

// History is what was said.
type History interface {
	// Events returns what the customer may see, by seq, from after+1 on.
	Events(ctx context.Context, c ConversationID, after int64, limit int) ([]Event, error)
	// Notes returns people's internal notes, oldest first.
	Notes(ctx context.Context, c ConversationID) ([]Note, error)
	// Trace returns how t's answer came about; nil while it is open.
	Trace(ctx context.Context, t TurnID) ([]byte, error)
}

// Feed tells of news without carrying them: readers ask History.
type Feed interface {
	// Watch returns a channel that has a value after c changed, or any
	// conversation if c is "": then the value says which, or is "" for many. It
	// may tell too often, never too seldom. stop frees it.
	Watch(c ConversationID) (news <-chan ConversationID, stop func())
}

// Ledger is the durable heart: inbox, events and outbox in one store, so that
// one transaction can move all three. Each implementation passes storetest.Run.
type Ledger interface {
	Inbox
	Cases
	History
	Outbox
	Feed
}
