package core

// Glimpse is a piece of an answer shown while it is being written. It is never
// stored: the answer itself follows as an Event, or the text is started over.
type Glimpse struct {
	Conversation ConversationID `json:"conversation"`
	Turn         int64          `json:"turn"`  // the seq of the message that is answered
	Rev          int            `json:"rev"`   // a higher one starts the text over
	Index        int            `json:"index"` // of the piece within its rev, from 0: a gap is a piece lost
	Text         string         `json:"text"`
}

// Live carries glimpses to whoever looks at a conversation just now. It owns
// nothing: what it loses is seen a little later, when the answer is committed.
// Safe for concurrent use.
type Live interface {
	// Publish never waits for a follower; one that is far behind misses pieces.
	Publish(g Glimpse)
	// Follow gets what is published about c from now on; stop frees it.
	Follow(c ConversationID) (glimpses <-chan Glimpse, stop func())
}
