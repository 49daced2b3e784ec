package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"frontdesk/channels/problem"
	"frontdesk/core"
)

// route is one path: what serves GET, and what serves POST.
type route struct{ get, post http.HandlerFunc }

func (c *Channel) table() map[string]route {
	return map[string]route{
		"/sessions":         {post: c.begin},
		"/sessions/refresh": {post: c.refresh},
		"/identify":         {post: c.identify},
		"/messages":         {get: c.history, post: c.post},
		"/events":           {get: c.events},
		"/ws":               {get: c.socket},
	}
}

func (r route) methods() string {
	var ms []string
	if r.get != nil {
		ms = append(ms, http.MethodGet)
	}
	if r.post != nil {
		ms = append(ms, http.MethodPost)
	}
	return strings.Join(append(ms, http.MethodOptions), ", ")
}

func (c *Channel) serve(w http.ResponseWriter, r *http.Request) {
	rt, ok := c.routes[r.URL.Path]
	if !ok {
		problem.Write(w, http.StatusNotFound, "no such route on a web channel")
		return
	}
	if !c.admit(w, r, rt) {
		return
	}
	h := rt.get
	if r.Method == http.MethodPost {
		h = rt.post
	}
	if h == nil || r.Method != http.MethodGet && r.Method != http.MethodPost {
		w.Header().Set("Allow", rt.methods())
		problem.Write(w, http.StatusMethodNotAllowed, "want "+rt.methods())
		return
	}
	h(w, r)
}

// bearer returns the session of the request's Authorization header.
func (c *Channel) bearer(w http.ResponseWriter, r *http.Request) (session, bool) {
	token, _ := cutBearer(r.Header.Get("Authorization"))
	return c.holder(w, r, token)
}

func cutBearer(header string) (string, bool) { return strings.CutPrefix(header, "Bearer ") }

// holder opens token, or answers for its holder.
func (c *Channel) holder(w http.ResponseWriter, r *http.Request, token string) (session, bool) {
	s, no := c.whose(r.Context(), token)
	if no != nil {
		no.write(w)
		return session{}, false
	}
	return s, true
}

func (c *Channel) whose(ctx context.Context, token string) (session, *refusal) {
	s, err := c.tokens.open(ctx, token, c.s.Now())
	switch {
	case err == nil:
		return s, nil
	case errors.Is(err, errExpired):
		return s, &refusal{status: http.StatusUnauthorized, detail: "the token has expired: begin a new session"}
	case errors.Is(err, errToken):
		return s, &refusal{status: http.StatusUnauthorized, detail: "no valid token: begin a session and send it as Authorization: Bearer"}
	}
	return s, c.trouble(ctx, "check a token", err)
}

// refusal is a no, as a problem document or a frame says it.
type refusal struct {
	status int
	detail string
}

// Error implements error.
func (r *refusal) Error() string { return r.detail }

func (r *refusal) document() problem.Document {
	return problem.Document{Title: http.StatusText(r.status), Status: r.status, Detail: r.detail}
}

// retryAfter is what a client is asked to wait when the house is busy.
const retryAfter = time.Second

func (r *refusal) write(w http.ResponseWriter) {
	switch r.status {
	case http.StatusServiceUnavailable:
		problem.Busy(w, retryAfter, r.detail)
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="web"`)
		problem.Write(w, r.status, r.detail)
	default:
		problem.Write(w, r.status, r.detail)
	}
}

func bad(detail string) *refusal { return &refusal{http.StatusBadRequest, detail} }

func busy(detail string) *refusal { return &refusal{http.StatusServiceUnavailable, detail} }

// refuse turns what the ledger said into what the client is told.
func (c *Channel) refuse(ctx context.Context, doing string, err error) *refusal {
	var conflict *core.ConflictError
	var input *core.InputError
	switch {
	case errors.As(err, &conflict):
		return &refusal{http.StatusConflict, "this message id was used before with another text: choose a new id"}
	case errors.As(err, &input):
		return bad(input.Msg)
	case errors.Is(err, core.ErrBusy):
		return busy("too much is waiting: send the same message again")
	case errors.Is(err, core.ErrDraining):
		return busy("this server is restarting: send the same message again")
	}
	return c.trouble(ctx, doing, err)
}

// trouble is for errors that are ours: logged, unless the client just left.
func (c *Channel) trouble(ctx context.Context, doing string, err error) *refusal {
	if ctx.Err() == nil {
		c.s.Log.ErrorContext(ctx, "web channel: "+doing, "err", err)
	}
	return busy("not possible right now: try again")
}
