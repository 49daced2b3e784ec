package api

import (
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"frontdesk/admin/auth"
	"frontdesk/core"
)

// session is who somebody is, as the API says it.
type session struct {
	User    string        `json:"user"`
	Role    core.UserRole `json:"role"`
	CSRF    string        `json:"csrf,omitempty"` // of a browser
	Expires *time.Time    `json:"expires"`        // null: never
	Bots    []string      `json:"bots"`
}

func (a *api) session(p auth.Principal) session {
	s := session{User: p.Name, Role: p.Role, CSRF: p.CSRF, Bots: a.Bots()}
	if !p.Expires.IsZero() {
		s.Expires = &p.Expires
	}
	if s.Bots == nil {
		s.Bots = []string{}
	}
	return s
}

func (a *api) signIn(c echo.Context) error {
	r := c.Request()
	if a.origin.Check(r) != nil {
		return no(http.StatusForbidden, "sign in from this server's own page")
	}
	var in struct {
		User     string `json:"user"`
		Password string `json:"password"`
	}
	if err := a.read(c, &in); err != nil {
		return err
	}
	if in.User == "" || in.Password == "" {
		return no(http.StatusBadRequest, "user and password are needed")
	}
	cookie, p, err := a.Auth.SignIn(r.Context(), in.User, in.Password, a.Address(r))
	if err != nil {
		a.refused(r, err)
		return err
	}
	a.Log.Info("signed in", "user", p.Name, "address", a.Address(r))
	c.SetCookie(a.cookie(r, cookie, 0))
	return answer(c, a.session(p))
}

// refused notes a sign-in that failed, without the name: people type passwords
// there.
func (a *api) refused(r *http.Request, err error) {
	var throttled *auth.ThrottledError
	if errors.Is(err, auth.ErrDenied) || errors.As(err, &throttled) {
		a.Log.Warn("sign-in refused", "address", a.Address(r), "throttled", throttled != nil)
	}
}

// cookie makes the session's cookie; age below 0 removes it. It ends with the
// browser, and on the server by idle and absolute expiry.
func (a *api) cookie(r *http.Request, value string, age int) *http.Cookie {
	return &http.Cookie{Name: cookieName, Value: value, Path: "/", MaxAge: age, HttpOnly: true,
		Secure: a.secure || r.TLS != nil, SameSite: http.SameSiteLaxMode}
}

func (a *api) whoAmI(c echo.Context) error { return answer(c, a.session(me(c))) }

func (a *api) signOut(c echo.Context) error {
	r := c.Request()
	if !me(c).Browser {
		return no(http.StatusBadRequest, "a token has no session: `frontdesk token revoke` ends it")
	}
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return auth.ErrUnknown
	}
	if err := a.Auth.SignOut(r.Context(), cookie.Value); err != nil {
		return err
	}
	c.SetCookie(a.cookie(r, "", -1))
	return c.NoContent(http.StatusNoContent)
}
