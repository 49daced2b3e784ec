package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"frontdesk/core"
)

// maxWait is the longest a client may wait for an answer in one request.
const maxWait = time.Minute

type accepted struct {
	ID  string `json:"id"`
	Seq int64  `json:"seq"`
}

type answered struct {
	ID      string `json:"id"`
	Replies []said `json:"replies"`
}

// post serves POST /messages.
func (c *Channel) post(w http.ResponseWriter, r *http.Request) {
	s, ok := c.bearer(w, r)
	if !ok {
		return
	}
	wait, no := waitOf(r.URL)
	if no != nil {
		no.write(w)
		return
	}
	raw, no := c.body(w, r)
	if no != nil {
		no.write(w)
		return
	}
	m, no := parseMessage(raw, c.s.MaxText)
	if no != nil {
		no.write(w)
		return
	}
	rec, err := c.s.Gateway.Accept(r.Context(), c.envelope(s, m))
	if err != nil {
		c.refuse(r.Context(), "accept a message", err).write(w)
		return
	}
	c.fetch(w, r, m, rec, wait)
}

// fetch answers with what is said to the message within wait. Once accepted a
// message is safe, so whatever goes wrong from here on is "202, come back".
func (c *Channel) fetch(w http.ResponseWriter, r *http.Request, m message, rec core.Receipt, wait time.Duration) {
	if wait == 0 {
		answer(w, http.StatusAccepted, accepted{m.ID, rec.Turn.Seq})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), wait)
	defer cancel()
	evs, err := c.s.Gateway.Await(ctx, rec.Turn)
	if err == nil {
		answer(w, http.StatusOK, answered{m.ID, replies(rec.Turn.Conversation, evs)})
		return
	}
	if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, core.ErrDraining) && r.Context().Err() == nil {
		c.s.Log.WarnContext(ctx, "web channel: wait for an answer", "turn", rec.Turn.String(), "err", err)
	}
	answer(w, http.StatusAccepted, accepted{m.ID, rec.Turn.Seq})
}

// envelope is the message as the rest of the house knows it. Clients choose
// their ids, so the conversation is part of the native one.
func (c *Channel) envelope(s session, m message) core.Envelope {
	p := core.Part{Text: m.Text}
	if m.Choice != "" {
		p.Kind, p.Value = core.Choice, m.Choice
	}
	return core.Envelope{Workspace: c.s.Workspace, Channel: c.s.ID, Bot: c.s.Bot,
		Native: string(s.conv) + "/" + m.ID, Address: s.address(), Conversation: s.conv,
		Contact: s.contact(), Parts: []core.Part{p}, Pull: true}
}

// waitOf reads ?wait=, a Go duration; 0 if there is none. More than maxWait is
// cut to it: the client gets its 202 and asks again.
func waitOf(u *url.URL) (time.Duration, *refusal) {
	if u.RawQuery == "" {
		return 0, nil
	}
	v := u.Query().Get("wait")
	if v == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(v)
	if err != nil || d < 0 {
		return 0, bad(`wait: want a duration up to 60s, such as "10s"`)
	}
	return min(d, maxWait), nil
}

// cursorOf reads a seq; 0 if v is "".
func cursorOf(name, v string) (int64, *refusal) {
	if v == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 0 {
		return 0, bad(name + ": want the seq of the last message you have")
	}
	return n, nil
}

// answer writes v, encoded once, with its length.
func answer(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil { // our own structs of strings and numbers: a score that is NaN
		busy("the answer could not be written").write(w)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	_, _ = w.Write(b) // the client is gone, or it is not
}
