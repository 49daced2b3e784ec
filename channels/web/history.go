package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"frontdesk/core"
)

// Events of one page: what a client gets at most, and what a stream reads at once.
const (
	pageSize = 100
	maxPage  = 500
)

type page struct {
	Items []said `json:"items"`
	Next  string `json:"next"` // the cursor of the next page; "" at the end
}

// history serves GET /messages: ?after= the last seq known, or ?cursor= from
// the page before, and ?limit=.
func (c *Channel) history(w http.ResponseWriter, r *http.Request) {
	s, ok := c.bearer(w, r)
	if !ok {
		return
	}
	after, limit, no := rangeOf(r)
	if no != nil {
		no.write(w)
		return
	}
	evs, err := c.read(r.Context(), s.conv, after, limit+1)
	if err != nil {
		c.refuse(r.Context(), "read a conversation", err).write(w)
		return
	}
	p := page{Items: make([]said, 0, len(evs))}
	if len(evs) > limit {
		evs = evs[:limit]
		p.Next = strconv.FormatInt(evs[limit-1].Seq, 10)
	}
	for _, ev := range evs {
		p.Items = append(p.Items, show(s.conv, ev))
	}
	answer(w, http.StatusOK, p)
}

func rangeOf(r *http.Request) (after int64, limit int, no *refusal) {
	q := r.URL.Query()
	name := "after"
	if q.Has("cursor") {
		name = "cursor"
	}
	if after, no = cursorOf(name, q.Get(name)); no != nil {
		return 0, 0, no
	}
	limit = pageSize
	if v := q.Get("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > maxPage {
			return 0, 0, bad("limit: want 1 to " + strconv.Itoa(maxPage))
		}
		limit = n
	}
	return after, limit, nil
}

// read returns events of a conversation; one that does not exist yet has none.
func (c *Channel) read(ctx context.Context, conv core.ConversationID, after int64, limit int) ([]core.Event, error) {
	evs, err := c.s.Gateway.Events(ctx, conv, after, limit)
	if errors.Is(err, core.ErrNotFound) {
		return nil, nil
	}
	return evs, err
}
