package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"frontdesk/core"
)

// conversation is a chat as the API shows it.
type conversation struct {
	ID          core.ConversationID `json:"id"`
	Channel     string              `json:"channel"`
	Bot         string              `json:"bot"`
	Mode        core.Mode           `json:"mode"`
	Epoch       int64               `json:"epoch"`
	Owner       string              `json:"owner"`
	Contact     core.Contact        `json:"contact"`
	LastSeq     int64               `json:"last_seq"`
	Updated     time.Time           `json:"updated"`
	Reason      string              `json:"reason"`
	Lang        string              `json:"lang"`
	Preview     string              `json:"preview"` // of what was said last
	PreviewRole core.Role           `json:"preview_role"`
}

const (
	previewLook  = 8   // events back that are searched for words
	previewRunes = 140 // shown
)

func (a *api) show(ctx context.Context, v core.Conversation) (conversation, error) {
	out := conversation{ID: v.ID, Channel: v.Channel, Bot: v.Bot, Mode: v.State.Case.Mode, Epoch: v.State.Case.Epoch,
		Owner: v.State.Case.Owner, Contact: v.Contact, LastSeq: v.LastSeq, Updated: v.Updated.UTC(),
		Reason: v.State.Case.Reason, Lang: v.State.Lang}
	evs, err := a.Ledger.Events(ctx, v.ID, max(0, v.LastSeq-previewLook), previewLook)
	if err != nil {
		return out, fmt.Errorf("preview: %w", err)
	}
	for i := len(evs) - 1; i >= 0 && out.Preview == ""; i-- {
		if evs[i].Kind == core.Said {
			out.Preview, out.PreviewRole = shorten(evs[i].Text()), evs[i].Role
		}
	}
	return out, nil
}

// shorten returns the beginning of s as one line.
func shorten(s string) string {
	rs := []rune(strings.Join(strings.Fields(s), " "))
	if len(rs) > previewRunes {
		return string(rs[:previewRunes-1]) + "…"
	}
	return string(rs)
}

func (a *api) conversations(c echo.Context) error {
	limit, err := number(c, "limit", 50, 1, 200)
	if err != nil {
		return err
	}
	mode := core.Mode(c.QueryParam("mode"))
	switch mode {
	case "", core.ByBot, core.Waiting, core.ByAgent, core.Closed:
	default:
		return no(http.StatusBadRequest, "mode must be bot, waiting, agent or closed")
	}
	ctx := c.Request().Context()
	vs, next, err := a.Ledger.Conversations(ctx, core.ListFilter{Workspace: me(c).Workspace, Mode: mode,
		Cursor: c.QueryParam("cursor"), Limit: int(limit)})
	if err != nil {
		return err
	}
	items := make([]conversation, len(vs))
	for i, v := range vs {
		if items[i], err = a.show(ctx, v); err != nil {
			return err
		}
	}
	return answer(c, list(items, next))
}

func (a *api) conversation(c echo.Context) error {
	return a.current(c, core.ConversationID(param(c, "id")))
}

// current answers with the conversation as it is; ETag is its epoch.
func (a *api) current(c echo.Context, id core.ConversationID) error {
	ctx := c.Request().Context()
	v, err := a.Ledger.Conversation(ctx, id)
	if err != nil {
		return err
	}
	out, err := a.show(ctx, v)
	if err != nil {
		return err
	}
	tag(c, out.Epoch)
	return answer(c, out)
}

func tag(c echo.Context, epoch int64) {
	c.Response().Header().Set("ETag", `"`+strconv.FormatInt(epoch, 10)+`"`)
}

// move makes the handler that changes a case's hands.
func (a *api) move(kind string) echo.HandlerFunc {
	return func(c echo.Context) error {
		id, ctx := core.ConversationID(param(c, "id")), c.Request().Context()
		epoch, err := seen(c.Request())
		if err != nil {
			return err
		}
		v, err := a.Ledger.Conversation(ctx, id)
		if err != nil {
			return err
		}
		m := core.Move{Conversation: id, Epoch: epoch, Kind: kind, Agent: me(c).Name}
		if !done(v.State.Case, m) {
			if _, err := a.Ledger.Move(ctx, m); err != nil {
				return err
			}
		}
		return a.current(c, id)
	}
}

// done reports whether the case is where m wants it already: a second click
// must not tell the customer again.
func done(k core.Case, m core.Move) bool {
	if m.Epoch != 0 && m.Epoch != k.Epoch {
		return false // Move says what is wrong
	}
	switch m.Kind {
	case core.Taken:
		return k.Mode == core.ByAgent && k.Person == m.Who()
	case core.Returned:
		return k.Mode == core.ByBot
	}
	return k.Mode == core.Closed
}

// seen reads the epoch the client saw, from If-Match: 3, "3", or * for any.
func seen(r *http.Request) (int64, error) {
	s := strings.TrimSpace(r.Header.Get("If-Match"))
	if s == "" {
		return 0, no(http.StatusPreconditionRequired, "send the conversation's epoch as If-Match")
	}
	if s == "*" {
		return 0, nil
	}
	if len(s) > 2 && s[0] == '"' && s[len(s)-1] == '"' {
		s = s[1 : len(s)-1]
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return 0, no(http.StatusBadRequest, "If-Match must be the conversation's epoch, a whole number from 1")
	}
	return n, nil
}

func (a *api) trace(c echo.Context) error {
	seq, err := strconv.ParseInt(param(c, "seq"), 10, 64)
	if err != nil || seq < 1 {
		return core.ErrNotFound
	}
	t := core.TurnID{Conversation: core.ConversationID(param(c, "id")), Seq: seq}
	b, err := a.Ledger.Trace(c.Request().Context(), t)
	if err != nil && !errors.Is(err, core.ErrNotFound) {
		return err
	}
	if len(b) == 0 {
		return no(http.StatusNotFound, "message %d has no trace: it is not a customer's, or not answered yet", seq)
	}
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, b)
}
