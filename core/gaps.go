package core

import "time"

// Gap is a question that customers asked and the bot had no answer to.
type Gap struct {
	Bot      string    `json:"bot"`
	Question string    `json:"question"` // as it was asked last
	Count    int       `json:"count"`    // how often, in whatever spelling means the same
	Last     time.Time `json:"last"`
	// Conversation and Turn are where it was asked last.
	Conversation ConversationID `json:"conversation"`
	Turn         int64          `json:"turn"`
	// Verdict is what became of it then: abstained or handed_over.
	Verdict Verdict `json:"outcome"`
}

// GapQuery asks for the gaps of a workspace, of one bot unless Bot is "", since
// a time. At most Limit are wanted.
type GapQuery struct {
	Workspace WorkspaceID
	Bot       string
	Since     time.Time
	Limit     int
}

// Gaps are those found, the most frequent first. Complete is false where there
// were more conversations than are read for one report.
type Gaps struct {
	Items    []Gap `json:"items"`
	Complete bool  `json:"complete"`
}
