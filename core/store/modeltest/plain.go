package modeltest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"pgregory.net/rapid"

	"frontdesk/core"
)

// kind is what an error is to those who get it.
func kind(err error) string {
	var conflict *core.ConflictError
	if errors.As(err, &conflict) {
		return "conflict"
	}
	for _, known := range []error{core.ErrFenced, core.ErrStale, core.ErrNotFound, core.ErrBusy} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	if err != nil {
		return "other: " + err.Error()
	}
	return ""
}

// same compares what the two sides saw.
func same[T any](r *rapid.T, what string, got [2]T) {
	a, err := json.Marshal(got[0])
	b, err2 := json.Marshal(got[1])
	if err != nil || err2 != nil {
		r.Fatalf("%s: %v, %v", what, err, err2)
	}
	if string(a) != string(b) {
		r.Fatalf("%s:\nthe model %s\nthe store %s", what, a, b)
	}
}

func each[T any](all []T, f func(T) any) []any {
	out := make([]any, len(all))
	for i, x := range all {
		out[i] = f(x)
	}
	return out
}

func compare(a, b core.TurnID) int {
	return cmp.Or(cmp.Compare(a.Conversation, b.Conversation), cmp.Compare(a.Seq, b.Seq))
}

func compareReplies(a, b core.Reply) int {
	return cmp.Or(cmp.Compare(a.Conversation, b.Conversation), cmp.Compare(line(a), line(b)), cmp.Compare(a.ID, b.ID))
}

// line is 1 for the desk's.
func line(r core.Reply) int {
	if r.Desk != nil {
		return 1
	}
	return 0
}

// The plain forms leave out what each side makes up itself: ids of cases and of
// rows.

func plainState(s core.State) any {
	s.Case.ID = ""
	return [3]any{s, s.Settled, s.Case.Epoch}
}

func plainWork(w core.Work) any {
	e := w.Envelope
	return []any{w.Turn, e.Workspace, e.Channel, e.Address, e.Native, e.Text(), e.Pull, e.Window, e.Expires.UnixMicro(), e.Meta,
		plainState(w.State), w.Fence, w.Attempt, w.At.UnixMicro()}
}

func plainEvents(all []core.Event) []any {
	return each(all, func(e core.Event) any { return []any{e.Seq, e.Turn, e.Kind, e.Role, e.Key, e.Person, e.Text()} })
}

func plainDelivery(d core.Delivery) any {
	r := d.Reply
	out := []any{r.Workspace, r.Channel, r.Address, r.Conversation, r.Done, r.Meta, d.Token, d.Attempt}
	if r.Desk == nil {
		return append(out, r.Turn, plainEvents([]core.Event{r.Event}))
	}
	p := *r.Desk
	p.Card.Case = ""
	return append(out, p)
}

// look compares all that can be read.
func (w *world) look(r *rapid.T) {
	var got [2][]any
	for i, s := range w.sides {
		for _, c := range chats {
			v, err := s.Conversation(bg, c.Conversation)
			evs, err2 := s.Events(bg, c.Conversation, 0, 10_000)
			notes, err3 := s.Notes(bg, c.Conversation)
			out, err4 := s.Outgoing(bg, c.Conversation)
			if errors.Is(err, core.ErrNotFound) {
				err = nil
			}
			if err := errors.Join(err, err2, err3, err4); err != nil {
				r.Fatal(err)
			}
			w.numbered(r, c.Conversation, evs)
			got[i] = append(got[i], plainState(v.State), v.LastSeq, v.Desk, v.Updated.UnixMicro(), plainEvents(evs), len(notes), out)
		}
		turns, replies, oldest, err := s.Pending(bg)
		if err != nil {
			r.Fatal(err)
		}
		got[i] = append(got[i], fmt.Sprint(turns, replies, oldest.Unix())) // a gauge: within the second any is right
	}
	same(r, "what is stored", got)
}
