package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"frontdesk/admin/auth"
	"frontdesk/core"
)

// problem is an RFC 9457 problem document, and an error. Detail is for people
// and names the cure; it never holds an internal error's text.
type problem struct {
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail,omitempty"`
	RequestID string `json:"request_id,omitempty"`

	after time.Duration // Retry-After
}

// Error implements error.
func (p *problem) Error() string { return fmt.Sprintf("%d %s: %s", p.Status, p.Title, p.Detail) }

func no(status int, format string, args ...any) *problem {
	return &problem{Status: status, Detail: fmt.Sprintf(format, args...)}
}

// fail is echo's error handler: every error of every route leaves here.
func (a *api) fail(err error, c echo.Context) {
	p := a.problem(err, c.Request())
	w := c.Response()
	if w.Committed { // a stream or an answer had begun: the connection tells the rest
		return
	}
	h := w.Header()
	p.Title, p.RequestID = http.StatusText(p.Status), h.Get(requestID)
	h.Set(echo.HeaderContentType, "application/problem+json")
	h.Del(echo.HeaderContentLength)
	if p.Status == http.StatusUnauthorized {
		h.Set(echo.HeaderWWWAuthenticate, "Bearer")
	}
	if p.after > 0 {
		h.Set(echo.HeaderRetryAfter, strconv.Itoa(int((p.after+time.Second-1)/time.Second)))
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client is gone, or it is not
}

// problem finds the words for err. What it does not know is ours: it is logged
// and not told.
func (a *api) problem(err error, r *http.Request) *problem {
	var p *problem
	var httpErr *echo.HTTPError
	if errors.As(err, &p) {
		return &problem{Status: p.Status, Detail: p.Detail, after: p.after}
	}
	if p := known(err); p != nil {
		return p
	}
	if errors.As(err, &httpErr) && httpErr.Code < 500 {
		return no(httpErr.Code, "%s", routing(httpErr.Code))
	}
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return no(http.StatusServiceUnavailable, "the request was given up")
	}
	a.Log.Error("request failed", "method", r.Method, "route", r.URL.Path, "request_id", r.Header.Get(requestID), "err", err)
	return no(http.StatusInternalServerError, "something went wrong here; the server's log has the request id")
}

func known(err error) *problem {
	var input *core.InputError
	var conflict *core.ConflictError
	var throttled *auth.ThrottledError
	var large *http.MaxBytesError
	var away *core.AwayError
	switch {
	case errors.As(err, &away):
		return &problem{Status: http.StatusServiceUnavailable, Detail: away.Error(), after: 10 * time.Second}
	case errors.As(err, &input):
		return no(http.StatusBadRequest, "%s", input.Msg)
	case errors.As(err, &conflict):
		return no(http.StatusConflict, "this id was used before for another message: use a new one")
	case errors.As(err, &throttled):
		return &problem{Status: http.StatusTooManyRequests, Detail: throttled.Error(), after: throttled.After}
	case errors.As(err, &large):
		return no(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", large.Limit)
	case errors.Is(err, auth.ErrUnknown):
		return no(http.StatusUnauthorized, "sign in, or send a valid token as Authorization: Bearer fd_…")
	case errors.Is(err, auth.ErrDenied):
		return no(http.StatusUnauthorized, "%s", auth.ErrDenied)
	case errors.Is(err, core.ErrNotFound):
		return no(http.StatusNotFound, "there is no such thing")
	case errors.Is(err, core.ErrStale):
		return no(http.StatusConflict, "the case changed hands since: read the conversation again, its epoch is the new If-Match")
	case errors.Is(err, core.ErrFull):
		return no(http.StatusInsufficientStorage, "%s", core.ErrFull)
	case errors.Is(err, core.ErrBusy), errors.Is(err, core.ErrDraining):
		return &problem{Status: http.StatusServiceUnavailable, Detail: "too much at once: try again shortly", after: time.Second}
	}
	return nil
}

func routing(code int) string {
	switch code {
	case http.StatusNotFound:
		return "there is no such route: /api/v1/openapi.yaml lists all"
	case http.StatusMethodNotAllowed:
		return "the route has no such method: the Allow header lists those it has"
	}
	return ""
}
