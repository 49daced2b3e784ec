package llm

import (
	"net/http"
	"net/url"
	"time"
)

// HTTPClient makes the client a provider speaks with. It keeps connections
// alive for a busy hour, has no time limit of its own (every request has its
// turn's), and follows no redirect: a key must not go where it was not sent.
func HTTPClient() *http.Client { return ProxiedClient("") }

// ProxiedClient is HTTPClient through a proxy, a URL that was checked; "" is what
// the environment says.
func ProxiedClient(proxy string) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	if u, err := url.Parse(proxy); err == nil && proxy != "" {
		t.Proxy = http.ProxyURL(u)
	}
	t.MaxIdleConnsPerHost = 64
	t.IdleConnTimeout = 90 * time.Second
	t.TLSHandshakeTimeout = 10 * time.Second
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// LongestAnswer bounds, in bytes, what is taken of one answer: no model writes
// a book to a customer.
const LongestAnswer = 1 << 20
