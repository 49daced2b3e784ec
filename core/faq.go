package core

import (
	"slices"
	"time"
)

// FAQEntry is a question people wrote an answer to.
type FAQEntry struct {
	ID       string      `json:"id"`
	Question string      `json:"question"`           // as it is shown
	Variants []string    `json:"variants,omitempty"` // other ways to ask it
	Answers  []FAQAnswer `json:"answers"`            // the first that fits best is given
	Updated  time.Time   `json:"updated,omitzero"`
}

// FAQAnswer is one answer, and for whom and when it holds.
type FAQAnswer struct {
	Text     string    `json:"text"`               // given word for word
	Lang     string    `json:"lang,omitempty"`     // of the customer, "zh"; "" for all
	Channels []string  `json:"channels,omitempty"` // ids; none for all
	From     time.Time `json:"from,omitzero"`      // no limit if zero
	Until    time.Time `json:"until,omitzero"`     // from then on it does not hold; no limit if zero
}

// Curated is what a passage made of an entry keeps of it.
type Curated struct {
	ID      string
	Answers []FAQAnswer
}

// Pick returns the answer for a customer: one made for the channel before one
// for all, then one in the language before one for all before one in another.
// False if none holds there and then.
func (c *Curated) Pick(lang, channel string, at time.Time) (text string, ok bool) {
	best := -1
	for _, a := range c.Answers {
		if rank := a.rank(lang, channel, at); rank > best {
			best, text = rank, a.Text
		}
	}
	return text, best >= 0
}

// rank is how well an answer fits; -1 if it must not be given.
func (a FAQAnswer) rank(lang, channel string, at time.Time) int {
	if !a.From.IsZero() && at.Before(a.From) || !a.Until.IsZero() && !at.Before(a.Until) {
		return -1
	}
	rank := 0
	switch {
	case slices.Contains(a.Channels, channel) && channel != "":
		rank += 10
	case len(a.Channels) > 0:
		return -1
	}
	switch a.Lang {
	case lang:
		rank += 2
	case "":
		rank++
	}
	return rank
}
