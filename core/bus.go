package core

import (
	"context"
	"time"
)

// Glimpse is a piece of an answer shown while it is being written. It is never
// stored: the answer itself follows as an Event, or the text is started over.
type Glimpse struct {
	Conversation ConversationID `json:"conversation"`
	Turn         int64          `json:"turn"`  // the seq of the message that is answered
	Rev          int            `json:"rev"`   // a higher one starts the text over
	Index        int            `json:"index"` // of the piece within its rev, from 0: a gap is a piece lost
	Text         string         `json:"text"`
	Last         bool           `json:"last,omitempty"` // there is no text: the answer is stored now
}

// Bus joins replicas with what is worth nothing a moment later. It owns nothing:
// what it loses is found in the store, a little later. Safe for concurrent use;
// none of it waits for another replica. Each implementation passes bustest.
type Bus interface {
	// Publish shows g to whoever looks at its conversation, on any replica. A
	// follower that is far behind misses pieces.
	Publish(g Glimpse)
	// Follow gets what is published about c from now on; stop frees it.
	Follow(c ConversationID) (glimpses <-chan Glimpse, stop func())

	// Changed tells the other replicas that c changed.
	Changed(c ConversationID)
	// Changes gets what other replicas told, "" for "look at all": some may have
	// been missed. stop frees it.
	Changes() (changes <-chan ConversationID, stop func())

	// Allow counts an event of key, and reports whether there were at most limit
	// of them within window, over all replicas. Without the others it counts
	// this replica's own.
	Allow(ctx context.Context, key string, limit int, window time.Duration) bool

	Close() error
}
