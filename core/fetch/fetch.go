// Package fetch asks web servers that somebody named in a form, a file or a
// chat: it goes out to the public internet and to what the owner allowed, and
// never to a machine that merely can be reached from here (server-side request
// forgery).
//
// What counts is the address a connection is made to, looked at after the name
// was resolved and before the first byte is sent: a name that points elsewhere
// the second time gains nothing. Redirects pass the same gate.
package fetch

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"frontdesk/core"
)

// What holds where Options are silent.
const (
	DefaultTimeout   = 20 * time.Second
	DefaultMaxBody   = 10 << 20 // bytes
	DefaultRedirects = 5
)

// Options of a Client. The zero value reaches the public internet alone.
type Options struct {
	// Allow names places that may be reached though they are private, by the
	// owner's own word: "erp.internal", "*.corp.example", "10.1.2.3:8080",
	// "10.1.0.0/16". A cloud's metadata service stays closed.
	Allow []string
	// Setting is what errors call the list of Allow, "tools.allow": the cure
	// they name. "" names none.
	Setting string
	Schemes []string // nil is https and http
	// MaxBody bounds an answer's body, in bytes after decompression.
	MaxBody   int64
	Timeout   time.Duration // for the whole exchange
	Redirects int           // followed at most; negative is none
	// Proxy is asked instead of the server itself; nil is none: proxies of the
	// environment are not used unless somebody passes them on here. A proxy
	// resolves names itself: it, not this program, decides where they lead, and
	// only addresses in URLs are checked here.
	Proxy     *url.URL
	UserAgent string
	Resolver  *net.Resolver // nil is the system's
	TLS       *tls.Config   // nil trusts the system's authorities
}

// Client fetches. Safe for concurrent use.
type Client struct {
	o     Options
	allow []allowance
	http  *http.Client
}

// New makes a client; the error names the mistake in o.
func New(o Options) (*Client, error) {
	o.MaxBody, o.Timeout = cmp.Or(o.MaxBody, DefaultMaxBody), cmp.Or(o.Timeout, DefaultTimeout)
	o.Redirects, o.UserAgent = cmp.Or(o.Redirects, DefaultRedirects), cmp.Or(o.UserAgent, "frontdesk")
	if len(o.Schemes) == 0 {
		o.Schemes = []string{"https", "http"}
	}
	c := &Client{o: o}
	for _, s := range o.Allow {
		a, err := parseAllow(s)
		if err != nil {
			return nil, err
		}
		c.allow = append(c.allow, a)
	}
	t := &http.Transport{DialContext: c.dial, TLSClientConfig: o.TLS, ForceAttemptHTTP2: true, MaxIdleConns: 32, MaxIdleConnsPerHost: 4,
		IdleConnTimeout: 60 * time.Second, TLSHandshakeTimeout: 10 * time.Second, MaxResponseHeaderBytes: 64 << 10}
	if o.Proxy != nil {
		t.Proxy = http.ProxyURL(o.Proxy)
	}
	c.http = &http.Client{Transport: &gate{c, t}, CheckRedirect: c.redirect, Timeout: o.Timeout}
	return c, nil
}

// HTTP is the guarded client for a library that wants an *http.Client: the
// gate, the redirects, the body's and the time limit hold. Its errors may quote
// the URL; Do's do not.
func (c *Client) HTTP() *http.Client { return c.http }

// Close closes idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Response is an answer read to its end.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	URL    *url.URL // that answered, after redirects
}

// Get fetches a URL.
func (c *Client) Get(ctx context.Context, address string) (*Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, refuse("the address is no URL: write it as https://host/path")
	}
	return c.Do(r)
}

// Do sends r and reads the answer; any status is an answer. Errors name the
// host, the cause and the cure, and hold no path, query, header or body. They
// are an ErrRefused, ErrTooLarge or ErrTimeout where they can be.
func (c *Client) Do(r *http.Request) (*Response, error) {
	res, err := c.http.Do(r)
	if err != nil {
		return nil, explain(r.Context(), r.URL, err)
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close() // it was read, or is given up
	if err != nil {
		return nil, explain(r.Context(), r.URL, err)
	}
	return &Response{Status: res.StatusCode, Header: res.Header, Body: body, URL: res.Request.URL}, nil
}

// Check reports whether address may be asked, as far as that can be told
// without asking: for forms, before anything is saved.
func (c *Client) Check(address string) error {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return refuse("the address is no URL: write it as https://host/path")
	}
	return c.look(u)
}

// look refuses what is wrong with u itself.
func (c *Client) look(u *url.URL) error {
	switch {
	case u.Host == "" || u.Hostname() == "" || u.Opaque != "":
		return refuse("the address names no host: write it as https://host/path")
	case !slices.Contains(c.o.Schemes, u.Scheme):
		return refuse("%s is not allowed here: use %s", cmp.Or(u.Scheme, "an address without scheme"), strings.Join(c.o.Schemes, " or "))
	case u.User != nil:
		return refuse("%s: name and password do not belong in an address: use the settings for them", place(u))
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil {
		return c.pass(u.Hostname(), port(u), a)
	}
	host := canonical(u.Hostname())
	if ascii(host) && !isName(host) {
		return refuse("%s is no well-formed host: write a name, or an address as 192.0.2.1 or [2001:db8::1]", u.Host)
	}
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return c.pass(host, port(u), netip.AddrFrom4([4]byte{127, 0, 0, 1}))
	}
	return nil
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7f })
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

// pass refuses a connection to addr, which host led to, unless it is public or
// allowed.
func (c *Client) pass(host, port string, addr netip.Addr) error {
	what := private(addr)
	if what == "" {
		return nil
	}
	host = canonical(host)
	open := slices.ContainsFunc(c.allow, func(a allowance) bool { return a.opens(host, port, addr) })
	if open && !isMetadata(addr) {
		return nil
	}
	cure := ""
	if c.o.Setting != "" && !isMetadata(addr) {
		cure = fmt.Sprintf(": if it is your own system, add %q to %s", host, c.o.Setting)
	}
	if host == addr.String() {
		return refuse("%s is %s%s", host, what, cure)
	}
	return refuse("%s leads to %s, %s%s", host, addr, what, cure)
}

// dial connects, looking at each address before it is connected to.
func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, core.Invalid("%q names no port", address)
	}
	d := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Resolver: c.o.Resolver}
	if !c.isProxy(host, port) {
		d.Control = func(_, dialled string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(dialled)
			if err != nil {
				return refuse("%s leads to no address", host)
			}
			return c.pass(host, port, to.Addr())
		}
	}
	return d.DialContext(ctx, network, address)
}

// isProxy reports whether a connection is to the owner's proxy.
func (c *Client) isProxy(host, p string) bool {
	return c.o.Proxy != nil && canonical(host) == canonical(c.o.Proxy.Hostname()) && p == proxyPort(c.o.Proxy)
}

func proxyPort(u *url.URL) string {
	if strings.HasPrefix(u.Scheme, "socks5") && u.Port() == "" {
		return "1080"
	}
	return port(u)
}
