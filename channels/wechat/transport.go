package wechat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/silenceper/wechat/v2/util"
)

// maxAnswer is how many bytes of an API's answer are read; they have hundreds.
const maxAnswer = 1 << 20

// install guards the SDK's global, and is as global as that.
var install sync.Once

// Install replaces the SDK's process-wide HTTP client by one that serves every
// account. Call it before channels are opened; another call changes nothing.
func Install() {
	install.Do(func() {
		util.DefaultHTTPClient = &http.Client{Transport: transport{}, CheckRedirect: stay}
	})
}

func installed() bool {
	_, ok := util.DefaultHTTPClient.Transport.(transport)
	return ok
}

// stay follows no redirect: it might take a token elsewhere.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// route is where the calls of one account go. It travels in their context.
type route struct {
	base *url.URL
	next http.RoundTripper
	// token, if set, is added to the query, so that the SDK, which quotes URLs in
	// its errors, never sees it.
	token string
}

type routeKey struct{}

func withRoute(ctx context.Context, r route) context.Context {
	return context.WithValue(ctx, routeKey{}, r)
}

// transport sends the SDK's calls along the route in their context. A call
// without one belongs to nobody and is refused.
type transport struct{}

// RoundTrip implements http.RoundTripper.
func (transport) RoundTrip(req *http.Request) (*http.Response, error) {
	r, ok := req.Context().Value(routeKey{}).(route)
	if !ok {
		return nil, errors.New("the call belongs to no account")
	}
	req = req.Clone(req.Context())
	req.URL.Scheme, req.URL.Host = r.base.Scheme, r.base.Host
	req.URL.Path = strings.TrimRight(r.base.Path, "/") + req.URL.Path
	req.Host = ""
	if r.token != "" {
		q := req.URL.Query()
		q.Set("access_token", r.token)
		req.URL.RawQuery = q.Encode()
	}
	resp, err := r.next.RoundTrip(req)
	if err != nil {
		return nil, fmt.Errorf("reach %s: %w", r.base.Host, err)
	}
	resp.Body = limited{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	return resp, nil
}

// limited reads no more than it should, and closes what it reads from.
type limited struct {
	io.Reader
	io.Closer
}
