package fetch

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// gate looks at each request before it leaves, redirected ones too, and bounds
// each answer.
type gate struct {
	c    *Client
	next *http.Transport
}

// RoundTrip implements http.RoundTripper.
func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := g.c.look(r.URL); err != nil {
		if r.Body != nil {
			_ = r.Body.Close() // the contract of RoundTripper; it is not sent
		}
		return nil, err
	}
	if r.Header.Get("User-Agent") == "" {
		r = r.Clone(r.Context())
		r.Header.Set("User-Agent", g.c.o.UserAgent)
	}
	res, err := g.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	res.Body = &bounded{res.Body, g.c.o.MaxBody}
	return res, nil
}

// CloseIdleConnections is what http.Client.CloseIdleConnections looks for.
func (g *gate) CloseIdleConnections() { g.next.CloseIdleConnections() }

// bounded fails when more is read than it may hold: a cut body would look whole.
type bounded struct {
	io.ReadCloser
	left int64
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}

// carried are the headers that go along to another host: none that may hold a
// credential, whatever it is called.
var carried = []string{"Accept", "Accept-Language", "User-Agent"}

// redirect is http.Client.CheckRedirect.
func (c *Client) redirect(r *http.Request, via []*http.Request) error {
	first, last := via[0].URL, via[len(via)-1].URL
	switch {
	case len(via) > max(c.o.Redirects, 0):
		return refuse("%s: more than %d redirects: use the address it leads to", place(first), max(c.o.Redirects, 0))
	case last.Scheme == "https" && r.URL.Scheme != "https":
		return refuse("%s leads from https to http: use an address that stays encrypted", place(first))
	}
	if sameOrigin(first, r.URL) {
		return nil
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return refuse("%s passes a %s on to another host: use the address it leads to", place(first), r.Method)
	}
	for name := range r.Header {
		if !slices.Contains(carried, name) {
			r.Header.Del(name)
		}
	}
	return nil
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}
