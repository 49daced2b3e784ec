package core

import (
	"crypto/sha256"
	"encoding/json"
	"strings"
	"time"
)

// Role says who spoke.
type Role string

// The four voices of a conversation.
const (
	Customer Role = "customer"
	BotRole  Role = "bot"
	Agent    Role = "agent"
	System   Role = "system"
)

// PartKind tags a Part.
type PartKind string

// What a message may be made of.
const (
	Text     PartKind = "" // left out in JSON: nearly every part is text
	Image    PartKind = "image"
	Voice    PartKind = "voice" // Text is the recognised speech, "" if the platform recognised nothing
	Video    PartKind = "video"
	File     PartKind = "file"
	Location PartKind = "location" // Value is "latitude,longitude" in degrees (WGS 84)
	Link     PartKind = "link"
	Choice   PartKind = "choice" // inbound: a pressed button or menu entry; outbound: one to offer
	Signal   PartKind = "signal" // a platform event: Value is one of the Signal… words
)

// The values of a Signal part.
const (
	SignalFollow   = "follow"   // the customer subscribed, opened or started the chat
	SignalUnfollow = "unfollow" // and left it
	SignalScan     = "scan"     // scanned a code; Text is its scene
	SignalView     = "view"     // opened a menu's link
	SignalReceipt  = "receipt"  // the platform reports on a template message
)

// Part is one piece of a message. Text is always set to something a text-only
// channel can show, so degrading needs no special case.
type Part struct {
	Kind  PartKind `json:"kind,omitempty"`
	Text  string   `json:"text"`
	Value string   `json:"value,omitempty"` // of a choice, location or signal: what a machine reads
	URL   string   `json:"url,omitempty"`
	MIME  string   `json:"mime,omitempty"`
	Name  string   `json:"name,omitempty"`  // of a file
	Media string   `json:"media,omitempty"` // the platform's id for the file
	Size  int64    `json:"size,omitempty"`  // bytes
}

// Level says how sure we are of who a contact is.
type Level string

// The identity levels, weakest first.
const (
	Anonymous Level = ""
	Claimed   Level = "claimed"  // the customer says so
	Verified  Level = "verified" // proven by a signature, a code, or the platform itself
)

// Contact is who writes, as far as the channel knows.
type Contact struct {
	ID     ContactID `json:"id,omitempty"` // given when a contact record is linked
	Native string    `json:"native,omitempty"`
	Name   string    `json:"name,omitempty"`
	Email  string    `json:"email,omitempty"`
	Locale string    `json:"locale,omitempty"` // BCP 47
	Level  Level     `json:"level,omitempty"`
}

// Envelope is an inbound message after a channel has normalised it.
type Envelope struct {
	Workspace WorkspaceID `json:"-"`
	Channel   string      `json:"-"` // configured instance, "tg-support", not the kind
	// Native is the message's id, unique in the channel: where the platform
	// counts per chat, or clients choose, the adapter prefixes the chat.
	Native string `json:"-"`
	// Address is the chat's name on the platform; replies are sent to it. The
	// ledger finds or begins its conversation, unless Conversation is given.
	Address      string         `json:"-"`
	Conversation ConversationID `json:"-"`
	Bot          string         `json:"bot"`
	Contact      Contact        `json:"contact,omitzero"`
	Parts        []Part         `json:"-"`
	SentAt       time.Time      `json:"sent_at,omitzero"`
	Pull         bool           `json:"pull,omitempty"`   // answers are fetched: commit is delivery
	Window       time.Duration  `json:"window,omitempty"` // a passive reply is left alone this long
	Expires      time.Time      `json:"expires,omitzero"` // after it, a reply helps nobody
	// Meta carries what the channel needs again at Send, such as the message to
	// quote. Nothing else reads it.
	Meta map[string]string `json:"meta,omitempty"`
}

// Text joins the textual parts.
func (e Envelope) Text() string { return JoinText(e.Parts) }

// JoinText joins the texts of ps, a line each.
func JoinText(ps []Part) string {
	if len(ps) == 1 {
		return ps[0].Text
	}
	ts := make([]string, 0, len(ps))
	for _, p := range ps {
		if p.Text != "" {
			ts = append(ts, p.Text)
		}
	}
	return strings.Join(ts, "\n")
}

// Digest is equal for equal contents. A platform's retry repeats the content,
// not the time it was sent, nor anything the gateway added.
func (e Envelope) Digest() []byte {
	b, _ := json.Marshal(struct { // strings and numbers only: it cannot fail
		C ConversationID
		P []Part
	}{e.Conversation, e.Parts})
	sum := sha256.Sum256(b)
	return sum[:8]
}

// Receipt says what became of an accepted message. Fresh is false when it was
// known already: Turn is then the first one's.
type Receipt struct {
	Turn  TurnID
	Fresh bool
}
