package wechat

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

func TestInstallOnce(t *testing.T) {
	before := util.DefaultHTTPClient
	Install()
	if util.DefaultHTTPClient != before || !installed() {
		t.Error("the client was replaced again")
	}
}

func TestTransportRefusesCallsOfNobody(t *testing.T) {
	if _, err := util.HTTPGet("https://api.weixin.qq.com/cgi-bin/token"); err == nil || !strings.Contains(err.Error(), "no account") {
		t.Errorf("%v", err)
	}
}

func TestTransportRewrites(t *testing.T) {
	var got *http.Request
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		http.Redirect(w, r, "http://elsewhere.invalid/", http.StatusFound)
	}))
	defer srv.Close()
	base, err := url.Parse(srv.URL + "/proxy/")
	if err != nil {
		t.Fatal(err)
	}
	ctx := withRoute(context.Background(), route{base: base, next: srv.Client().Transport, token: "t&1"})
	_, err = util.HTTPGetContext(ctx, "https://api.weixin.qq.com/cgi-bin/x?a=b")
	if err == nil || !strings.Contains(err.Error(), "statusCode=302") || strings.Contains(err.Error(), "t&1") || strings.Contains(err.Error(), "t%261") {
		t.Errorf("a redirect: %v", err)
	}
	if got.URL.Path != "/proxy/cgi-bin/x" || got.URL.Query().Get("access_token") != "t&1" || got.URL.Query().Get("a") != "b" || got.Host != base.Host {
		t.Errorf("called %s at %s", got.URL, got.Host)
	}
}

func TestTransportBoundsAnswers(t *testing.T) {
	endless := roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: io.NopCloser(zeroes{})}, nil
	})
	base, _ := url.Parse(defaultBase)
	b, err := util.HTTPGetContext(withRoute(context.Background(), route{base: base, next: endless}), defaultBase)
	if err != nil || len(b) != maxAnswer {
		t.Errorf("%d bytes read, %v", len(b), err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type zeroes struct{}

// Read implements io.Reader.
func (zeroes) Read(p []byte) (int, error) { return len(p), nil }

// Callers of a token whose fetcher gives up make their own call.
func TestTokenOutlivesItsFetcher(t *testing.T) {
	first, begun := make(chan struct{}), make(chan struct{})
	ts := &tokens{now: time.Now, fetch: func(ctx context.Context) (string, time.Duration, error) {
		select {
		case <-first:
			return "second", time.Hour, nil
		default:
			close(begun)
			<-ctx.Done()
			close(first)
			return "", 0, ctx.Err()
		}
	}}
	ctx, cancel := context.WithCancel(context.Background())
	got := make(chan error, 2)
	go func() { _, err := ts.get(ctx); got <- err }()
	<-begun
	go func() { _, err := ts.get(context.Background()); got <- err }()
	cancel()
	a, b := <-got, <-got
	if (a == nil) == (b == nil) || !errors.Is(errors.Join(a, b), context.Canceled) {
		t.Errorf("%v, %v: want the first cancelled and the second served", a, b)
	}
}
