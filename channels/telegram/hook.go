package telegram

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"frontdesk/channels/problem"
	"frontdesk/core"
)

// secretHeader carries the secret_token given to setWebhook.
const secretHeader = "X-Telegram-Bot-Api-Secret-Token"

// busyFor is how long Telegram is asked to wait when an update was not stored.
const busyFor = 2 * time.Second

// Hook implements channels.Hooked: Telegram posts one update at a time to "/".
func (c *Channel) Hook() http.Handler { return http.HandlerFunc(c.serve) }

func (c *Channel) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path != "/" && r.URL.Path != "":
		problem.Write(w, http.StatusNotFound, "a Telegram channel has one route: POST to its own address")
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		problem.Write(w, http.StatusMethodNotAllowed, "Telegram delivers updates by POST")
	case c.cfg.SecretToken == "":
		problem.Write(w, http.StatusForbidden, "this channel has no secret_token: webhooks are refused")
	case !c.trusted(r):
		problem.Write(w, http.StatusForbidden, "missing or wrong "+secretHeader)
	default:
		c.receive(w, r)
	}
}

// trusted compares digests, so that neither content nor length shows in time.
func (c *Channel) trusted(r *http.Request) bool {
	got, want := sha256.Sum256([]byte(r.Header.Get(secretHeader))), sha256.Sum256([]byte(c.cfg.SecretToken))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

func (c *Channel) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, c.s.MaxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		problem.Write(w, http.StatusRequestEntityTooLarge, "the update is larger than this gateway takes")
		return
	case err != nil:
		problem.Write(w, http.StatusBadRequest, "the body could not be read")
		return
	}
	u, err := parseUpdate(body)
	if err != nil {
		problem.Write(w, http.StatusBadRequest, err.Error())
		return
	}
	if err := c.take(r.Context(), u); err != nil {
		c.s.Log.Warn("update not stored, Telegram will deliver it again", "update", *u.ID, "err", err)
		problem.Busy(w, busyFor, "the message could not be stored now")
		return
	}
	acknowledge(w, u)
}

// acknowledge answers 200. The body may carry one call of the Bot API: the
// pressed button stops spinning without a request of our own.
func acknowledge(w http.ResponseWriter, u update) {
	if u.Callback == nil {
		w.WriteHeader(http.StatusOK)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{ // the client is gone, or it is not
		"method": "answerCallbackQuery", "callback_query_id": u.Callback.ID})
}

// take hands u over. When it returns nil, u is safe or nobody's concern.
func (c *Channel) take(ctx context.Context, u update) error {
	var username string
	if u.needsName() {
		var err error
		if username, err = c.username(ctx); err != nil {
			return err
		}
	}
	e, ok := c.envelope(u, username)
	if !ok {
		return nil
	}
	if u.Callback != nil {
		if err := c.expand(ctx, &e); err != nil {
			return err
		}
	}
	return c.accept(ctx, e)
}

// accept stores e. After a week without updates Telegram goes on with a random
// update_id, which may have been used: such a message gets an id of its own.
func (c *Channel) accept(ctx context.Context, e core.Envelope) error {
	_, err := c.s.Gateway.Accept(ctx, e)
	var conflict *core.ConflictError
	if !errors.As(err, &conflict) {
		return err
	}
	e.Native += "@" + strconv.FormatInt(e.SentAt.Unix(), 10)
	if _, err = c.s.Gateway.Accept(ctx, e); errors.As(err, &conflict) {
		c.s.Log.Error("update dropped: its id was used twice before", "native", e.Native)
		return nil // another delivery would change nothing
	}
	return err
}
