package core

import (
	"context"
	"time"
)

// DeskAction is what happened to a case, as its desk shows it.
type DeskAction string

// The desk actions.
const (
	DeskOpen   DeskAction = "open"   // a person is wanted: show the card
	DeskSay    DeskAction = "post"   // somebody spoke: add it to the thread
	DeskUpdate DeskAction = "update" // the case changed hands: redraw the card
	DeskClose  DeskAction = "close"  // it was resolved
)

// Card is what a person needs to know to take a case.
type Card struct {
	Conversation ConversationID `json:"conversation"`
	Case         CaseID         `json:"case"`
	Channel      string         `json:"channel"`
	Bot          string         `json:"bot"`
	Contact      Contact        `json:"contact,omitzero"`
	Mode         Mode           `json:"mode"`
	Epoch        int64          `json:"epoch"`
	Owner        string         `json:"owner,omitempty"`
	Reason       string         `json:"reason"` // one of the Reason… words
	// Signals are the numbers behind Reason, most telling first.
	Signals []Signalled `json:"signals,omitempty"`
	// Asked is the customer's last message, Tried what the bot would have said.
	Asked string            `json:"asked,omitempty"`
	Tried string            `json:"tried,omitempty"`
	Slots map[string]string `json:"slots,omitempty"`
	Tags  []string          `json:"tags,omitempty"` // given by rules
	Since time.Time         `json:"since,omitzero"`
}

// Signalled is a number behind a decision, with the threshold it was held to.
type Signalled struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Limit float64 `json:"limit,omitempty"`
}

// The reasons for a handoff. Metrics use them as labels: keep the set closed.
const (
	ReasonAsked    = "asked"    // the customer wants a person
	ReasonUnsure   = "unsure"   // confidence stayed below the threshold
	ReasonRepeated = "repeated" // the same question again and again
	ReasonFailed   = "failed"   // the bot failed again and again
	ReasonAngry    = "angry"
	ReasonFlow     = "flow" // a flow says so
	ReasonRule     = "rule"
	ReasonManual   = "manual" // a person took it
)

// DeskPost is one thing to show on a desk.
type DeskPost struct {
	Action DeskAction `json:"action"`
	Ref    DeskRef    `json:"ref"` // Thread is "" until the card is open
	Card   Card       `json:"card,omitzero"`
	// Role, Author and Parts are of what was said (DeskSay).
	Role   Role   `json:"role,omitempty"`
	Author string `json:"author,omitempty"`
	Parts  []Part `json:"parts,omitempty"`
}

// DeskRef is where a desk keeps a case: a room of a channel and the thread that
// began with the card. Thread is the platform's id of the
// thread's first message.
type DeskRef struct {
	Channel string `json:"channel"` // the configured channel that is the desk, "sl"
	Room    string `json:"room"`
	Thread  string `json:"thread,omitempty"`
}

// Desk shows cases to people on a platform they work in. Show is called in
// order per conversation, at least once; the thread it returns for DeskOpen is
// kept and given back in Ref. Errors are as for a channel's Send.
type Desk interface {
	Show(ctx context.Context, p DeskPost) (thread string, err error)
}

// DeskEvent is what a person did on a desk.
type DeskEvent struct {
	Workspace WorkspaceID
	Native    string  // unique in the desk: a repetition is ignored
	Ref       DeskRef // Thread names the case
	Do        DeskDo
	Agent     string // the person's id on the platform, then their name
	Name      string
	Text      string // of a reply or note
	// Epoch is the case's as the person saw it, for a button on a card; 0 acts
	// on the case as it is.
	Epoch int64
}

// DeskDo is an act of a person on a desk.
type DeskDo string

// The acts. A note stays inside; a reply goes to the customer and takes the case.
const (
	DoTake    DeskDo = "take"
	DoReturn  DeskDo = "return"
	DoResolve DeskDo = "resolve"
	DoReply   DeskDo = "reply"
	DoNote    DeskDo = "note"
)

// OnDesk acts on what a person did. It returns after it is safe. ErrNotFound:
// the thread is no case's; ErrStale: the case changed hands since.
type OnDesk func(ctx context.Context, ev DeskEvent) error
