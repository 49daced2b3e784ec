package api

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"frontdesk/core"
)

// message is one line of a conversation: what the customer may see, or a note.
type message struct {
	ID         string          `json:"id"`  // unique in the conversation
	Seq        int64           `json:"seq"` // of a note: the one it was written after
	Turn       int64           `json:"turn,omitempty"`
	Kind       string          `json:"kind"` // message, note, taken, returned or resolved
	Role       core.Role       `json:"role"`
	Author     string          `json:"author,omitempty"`
	Internal   bool            `json:"internal"`
	Text       string          `json:"text"`
	Parts      []core.Part     `json:"parts,omitempty"`
	Citations  []core.Citation `json:"citations,omitempty"`
	Confidence *float64        `json:"confidence,omitempty"`
	Outcome    core.Verdict    `json:"outcome,omitempty"`
	At         time.Time       `json:"at"`
}

func said(ev core.Event) message {
	m := message{ID: "m" + strconv.FormatInt(ev.Seq, 10), Seq: ev.Seq, Turn: ev.Turn, Kind: "message", Role: ev.Role,
		Author: ev.Key, Text: ev.Text(), Citations: ev.Citations, Confidence: ev.Score, Outcome: ev.Verdict, At: ev.At.UTC()}
	if ev.Kind != core.Said {
		m.Kind = ev.Kind
	}
	for _, p := range ev.Parts {
		if p.Kind != core.Text {
			m.Parts = ev.Parts
		}
	}
	return m
}

func noted(i int, n core.Note) message {
	return message{ID: "n" + strconv.Itoa(i+1), Seq: n.After, Kind: "note", Role: core.Agent, Author: n.Agent,
		Internal: true, Text: n.Text, At: n.At.UTC()}
}

// merge puts each note behind the message it was written after. Of a page that
// is full the notes behind its last message come with the next.
func merge(evs []core.Event, notes []core.Note, after int64, full bool) []message {
	last := int64(math.MaxInt64)
	if full {
		last = evs[len(evs)-1].Seq - 1
	}
	var out []message
	i := 0
	upTo := func(seq int64) {
		for ; i < len(notes) && notes[i].After <= seq; i++ {
			if notes[i].After >= after {
				out = append(out, noted(i, notes[i]))
			}
		}
	}
	for _, ev := range evs {
		upTo(ev.Seq - 1)
		out = append(out, said(ev))
	}
	upTo(last)
	return out
}

// messages lists what was said and noted after a seq, in order. A client that
// keeps up asks again with the last seq it has, and knows notes by their id.
func (a *api) messages(c echo.Context) error {
	after, err := number(c, "after", 0, 0, math.MaxInt64)
	if err != nil {
		return err
	}
	limit, err := number(c, "limit", 200, 1, 500)
	if err != nil {
		return err
	}
	id, ctx := core.ConversationID(param(c, "id")), c.Request().Context()
	if _, err := a.Ledger.Conversation(ctx, id); err != nil {
		return err
	}
	evs, err := a.Ledger.Events(ctx, id, after, int(limit)+1)
	if err != nil {
		return fmt.Errorf("events: %w", err)
	}
	notes, err := a.Ledger.Notes(ctx, id)
	if err != nil {
		return fmt.Errorf("notes: %w", err)
	}
	full, next := len(evs) > int(limit), ""
	if full {
		evs = evs[:limit]
		next = strconv.FormatInt(evs[limit-1].Seq, 10)
	}
	return answer(c, list(merge(evs, notes, after, full), next))
}

// spoken is the answer to a person's message.
type spoken struct {
	ID       string `json:"id"`
	Seq      int64  `json:"seq"` // 0 of a note
	Internal bool   `json:"internal"`
}

// speak says something in a conversation. The id makes a repetition harmless.
func (a *api) speak(c echo.Context) error {
	var in struct {
		ID       string `json:"id"`
		Text     string `json:"text"`
		Internal bool   `json:"internal"`
	}
	if err := a.read(c, &in); err != nil {
		return err
	}
	switch {
	case in.ID == "" || len(in.ID) > 128 || !plain(in.ID, ""):
		return no(http.StatusBadRequest, "id must be 1 to 128 bytes without control characters: make one for each message")
	case shorten(in.Text) == "":
		return no(http.StatusBadRequest, "text is empty")
	case len(in.Text) > a.MaxText:
		return no(http.StatusRequestEntityTooLarge, "text is longer than %d bytes: send it in pieces", a.MaxText)
	case !plain(in.Text, "\n\r\t"):
		return no(http.StatusBadRequest, "text holds control characters")
	}
	id, ctx := core.ConversationID(param(c, "id")), c.Request().Context()
	seq, err := a.Ledger.Speak(ctx, core.Speech{Conversation: id, Surface: "web", Native: string(id) + "/" + in.ID,
		Agent: me(c).Name, Parts: []core.Part{{Text: in.Text}}, Internal: in.Internal})
	if err != nil {
		return err
	}
	v, err := a.Ledger.Conversation(ctx, id)
	if err != nil {
		return err
	}
	tag(c, v.State.Case.Epoch)
	return answer(c, spoken{in.ID, seq, in.Internal})
}
