package web

import (
	"net/http"
	"net/url"
	"slices"

	"frontdesk/channels/problem"
)

// admit enforces the origins, sets the CORS headers and answers preflights. It
// reports whether the request goes on. There are no cookies, so a foreign page
// gains nothing by calling us; refusing it keeps others from borrowing the chat.
func (c *Channel) admit(w http.ResponseWriter, r *http.Request, rt route) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true // not a browser, or a page of ours
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	if !c.allowed(origin, r.Host) {
		problem.Write(w, http.StatusForbidden, "this site is not among the channel's allowed_origins")
		return false
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", "Retry-After, X-Request-Id")
	if r.Method != http.MethodOptions {
		return true
	}
	h.Set("Access-Control-Allow-Methods", rt.methods())
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Last-Event-ID, X-Request-Id")
	h.Set("Access-Control-Max-Age", "7200") // Chromium's own limit
	w.WriteHeader(http.StatusNoContent)
	return false
}

func (c *Channel) allowed(origin, host string) bool {
	if c.c.anyOrigin() || slices.Contains(c.c.AllowedOrigins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && (u.Host == host || origin == originOf(c.s.PublicURL))
}

// originOf is the scheme and host of a URL, "" if it has none.
func originOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
