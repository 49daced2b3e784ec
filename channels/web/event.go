package web

import (
	"net/url"
	"strings"
	"time"

	"frontdesk/core"
)

// The types of frames and stored events, as clients see them.
const (
	typeMessage   = "message"
	typeJoined    = "agent_joined"
	typeLeft      = "agent_left"
	typeClosed    = "closed"
	typeTyping    = "typing"
	typeDelta     = "delta"
	typeReady     = "ready"
	typeAck       = "ack"
	typeError     = "error"
	typeReconnect = "reconnect"
	typePong      = "pong"
)

// said is a visible event as clients see it. In the replies of POST /messages
// Type and At are left out.
type said struct {
	Type       string          `json:"type,omitempty"`
	ID         string          `json:"id"`
	Seq        int64           `json:"seq"`
	Turn       int64           `json:"turn,omitempty"`
	Role       core.Role       `json:"role"`
	Text       string          `json:"text"`
	Agent      string          `json:"agent,omitempty"` // the person's name
	Choices    []choice        `json:"choices,omitempty"`
	Parts      []part          `json:"parts,omitempty"` // only where there is more than text
	Citations  []core.Citation `json:"citations,omitzero"`
	Confidence *float64        `json:"confidence,omitempty"`
	Outcome    core.Verdict    `json:"outcome,omitempty"`
	At         time.Time       `json:"at,omitzero"`
}

type choice struct {
	Text  string `json:"text"`
	Value string `json:"value"`
}

type part struct {
	Kind core.PartKind `json:"kind"`
	Text string        `json:"text"`
	URL  string        `json:"url,omitempty"`
	MIME string        `json:"mime,omitempty"`
	Name string        `json:"name,omitempty"`
}

// show turns a visible event of conversation c into what clients see.
func show(c core.ConversationID, ev core.Event) said {
	s := said{Type: typeOf(ev.Kind), ID: core.TurnID{Conversation: c, Seq: ev.Seq}.String(), Seq: ev.Seq,
		Turn: ev.Turn, Role: ev.Role, Confidence: ev.Score, Outcome: ev.Verdict, At: ev.At}
	if ev.Role == core.Agent || ev.Kind != core.Said {
		s.Agent = ev.Key
	}
	if ev.Role == core.BotRole {
		s.Citations = append([]core.Citation{}, ev.Citations...) // [] rather than null
	}
	s.Text, s.Choices, s.Parts = divide(ev.Parts, ev.Role)
	return s
}

func typeOf(kind string) string {
	switch kind {
	case core.Taken:
		return typeJoined
	case core.Returned:
		return typeLeft
	case core.Resolved:
		return typeClosed
	}
	return typeMessage
}

// divide sorts ps into the text to show, the choices offered with it, and what
// is more than text. A customer's own choice is text: it was said, not offered.
func divide(ps []core.Part, by core.Role) (string, []choice, []part) {
	var lines []string
	var choices []choice
	var more []part
	for _, p := range ps {
		switch {
		case p.Kind == core.Text, p.Kind == core.Choice && by == core.Customer:
		case p.Kind == core.Choice:
			choices = append(choices, choice{p.Text, p.Value})
			continue
		default:
			more = append(more, part{p.Kind, p.Text, safeURL(p.URL), p.MIME, p.Name})
		}
		if p.Text != "" {
			lines = append(lines, p.Text)
		}
	}
	return strings.Join(lines, "\n"), choices, more
}

// safeURL keeps links a browser may follow: no javascript:, no data:.
func safeURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return raw
}

// replies is what was said to a message, without the message itself.
func replies(c core.ConversationID, evs []core.Event) []said {
	out := make([]said, 0, len(evs))
	for _, ev := range evs {
		if ev.Kind != core.Said || ev.Role == core.Customer {
			continue
		}
		s := show(c, ev)
		s.Type, s.At = "", time.Time{}
		out = append(out, s)
	}
	return out
}
