package wechat

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"frontdesk/channels/problem"
	"frontdesk/core"
)

const (
	// patience is how long a call waits for its turn; the platform cuts the
	// connection after 5 s.
	patience = 4500 * time.Millisecond
	// hangup is when a call that shall get no answer ends at the latest, counted
	// from its beginning: the platform has cut it by then.
	hangup = 6 * time.Second
	// busyFor is what Retry-After asks for.
	busyFor = 2 * time.Second
)

// serve is the webhook.
func (c *Channel) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if r.URL.Path != "/" && r.URL.Path != "" {
		problem.Write(w, http.StatusNotFound, "The webhook of a WeChat account has one address; nothing follows the channel's id.")
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		problem.Write(w, http.StatusMethodNotAllowed, "WeChat calls with GET, to verify the address, and POST.")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	q := callOf(r.URL.Query())
	if err := c.verify(&q); err != nil {
		c.refuse(w, err)
		return
	}
	if r.Method == http.MethodGet {
		c.echo(w, r)
		return
	}
	c.receive(ctx, w, r, q)
}

// echo proves to the platform that the address is ours.
func (c *Channel) echo(w http.ResponseWriter, r *http.Request) {
	s := r.URL.Query().Get("echostr")
	if s == "" || r.URL.Query().Get("signature") == "" {
		problem.Write(w, http.StatusBadRequest, "A GET carries signature, timestamp, nonce and echostr: this is how WeChat verifies the address.")
		return
	}
	writeText(w, s)
}

// receive takes a message in and answers it.
func (c *Channel) receive(ctx context.Context, w http.ResponseWriter, r *http.Request, q call) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, c.MaxBody))
	if err != nil {
		c.refuse(w, err)
		return
	}
	in, sealed, err := c.open(q, body)
	if err != nil {
		c.refuse(w, err)
		return
	}
	e, ok := c.envelope(in)
	if !ok {
		writeText(w, success)
		return
	}
	receipt, err := c.Gateway.Accept(ctx, e)
	if err != nil {
		c.refuse(w, err)
		return
	}
	if e.Window == 0 {
		writeText(w, success) // nothing to fetch: what there is to say is sent
		return
	}
	d := delivery{c: c, w: w, gone: r.Context(), query: q, in: in, sealed: sealed, receipt: receipt, last: c.last(q, in)}
	d.answer(ctx)
}

// refuse says no in the one way each reason has. What is refused is not stored.
func (c *Channel) refuse(w http.ResponseWriter, err error) {
	var tooBig *http.MaxBytesError
	var conflict *core.ConflictError
	switch {
	case errors.Is(err, errForbidden):
		c.Log.Warn("webhook call refused", "err", err)
		problem.Write(w, http.StatusForbidden, "The call is not proven to come from WeChat. Compare token, encoding_aes_key, app_id and the clock with the account's server settings.")
	case errors.As(err, &tooBig):
		problem.Write(w, http.StatusRequestEntityTooLarge, "The body is larger than limits.body allows.")
	case errors.Is(err, errMalformed):
		c.Log.Warn("webhook call malformed", "err", err)
		problem.Write(w, http.StatusBadRequest, "The body is not a WeChat message: XML in UTF-8 without a document type is expected.")
	case errors.As(err, &conflict):
		problem.Write(w, http.StatusConflict, "This MsgId was used before, for another message.")
	case errors.Is(err, io.ErrUnexpectedEOF):
		problem.Write(w, http.StatusBadRequest, "The body ended early.")
	default:
		c.Log.Error("message not stored", "err", err)
		problem.Busy(w, busyFor, "The message could not be stored now. Please deliver it again.")
	}
}

// last guesses whether this is the last of the platform's deliveries of a
// message: they come 0, 5 and 10 s after it was sent. The platform's own clock
// is believed as much as ours.
func (c *Channel) last(q call, in inbound) bool {
	age := max(c.Now().Sub(in.sentAt()), q.at.Sub(in.sentAt()))
	return age >= 8*time.Second
}
