package api

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"frontdesk/admin/auth"
	"frontdesk/core"
)

const (
	cookieName = "fd_session"
	requestID  = "X-Request-Id"
	csrfHeader = "X-CSRF-Token"
	whoKey     = "principal"
)

// dress gives every answer its id and the headers that keep browsers careful,
// and turns a panic into an error.
func (a *api) dress(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		h, r := c.Response().Header(), c.Request()
		id := h.Get(requestID) // of the server around us
		if id == "" {
			id = nameRequest(r.Header.Get(requestID), a.Now)
			h.Set(requestID, id)
		}
		r.Header.Set(requestID, id)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Cache-Control", "no-store")
		defer func() {
			switch p := recover(); p {
			case nil:
			case http.ErrAbortHandler:
				panic(p)
			default:
				a.Log.Error("panic", "route", c.Path(), "request_id", id, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				err = no(http.StatusInternalServerError, "something went wrong here; the server's log has the request id")
			}
		}()
		if err := legible(r.URL); err != nil {
			return err
		}
		return next(c)
	}
}

// nameRequest keeps a client's request id if it is safe to log.
func nameRequest(given string, now clock) string {
	safe := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_' || r == '.'
	}
	if given != "" && len(given) <= 64 && strings.TrimFunc(given, safe) == "" {
		return given
	}
	return core.NewID(now())
}

// legible refuses an address that is no text.
func legible(u *url.URL) error {
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return no(http.StatusBadRequest, "the query is not well formed")
	}
	ok := utf8.ValidString(u.Path)
	for k, vs := range q {
		ok = ok && utf8.ValidString(k+strings.Join(vs, ""))
	}
	if !ok || strings.ContainsRune(u.Path, 0) {
		return no(http.StatusBadRequest, "the address is not valid UTF-8")
	}
	return nil
}

// guard lets those through who may.
func (a *api) guard(r route) echo.HandlerFunc {
	if r.need == "" {
		return r.do
	}
	return func(c echo.Context) error {
		p, err := a.who(c.Request(), a.Auth.ByCookie)
		if err != nil {
			return err
		}
		if err := a.sameSite(c.Request(), p); err != nil {
			return err
		}
		if !p.Role.May(r.need) {
			return no(http.StatusForbidden, "this needs the role %s, and %s has %s", r.need, p.Name, p.Role)
		}
		c.Set(whoKey, p)
		return r.do(c)
	}
}

// who finds out who asks. A token counts before a cookie.
func (a *api) who(r *http.Request, byCookie func(context.Context, string) (auth.Principal, error)) (auth.Principal, error) {
	if h := r.Header.Get(echo.HeaderAuthorization); h != "" {
		scheme, secret, _ := strings.Cut(h, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return auth.Principal{}, auth.ErrUnknown
		}
		return a.Auth.ByToken(r.Context(), strings.TrimSpace(secret))
	}
	c, err := r.Cookie(cookieName)
	if err != nil {
		return auth.Principal{}, auth.ErrUnknown
	}
	return byCookie(r.Context(), c.Value)
}

// sameSite refuses a browser's write that another site may have caused.
func (a *api) sameSite(r *http.Request, p auth.Principal) error {
	if !p.Browser || r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	if a.origin.Check(r) != nil || !auth.SameCSRF(p, r.Header.Get(csrfHeader)) {
		return no(http.StatusForbidden, "send the csrf of GET %s/session as %s", Prefix, csrfHeader)
	}
	return nil
}

// me is who was let through.
func me(c echo.Context) auth.Principal {
	p, _ := c.Get(whoKey).(auth.Principal)
	return p
}
