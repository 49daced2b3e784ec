package fetch_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/core/fetch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func client(t *testing.T, o fetch.Options) *fetch.Client {
	t.Helper()
	c, err := fetch.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// server counts who gets through.
func server(t *testing.T, h http.HandlerFunc) (*httptest.Server, *atomic.Int32) {
	t.Helper()
	var n atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { n.Add(1); h(w, r) }))
	t.Cleanup(s.Close)
	return s, &n
}

func hello(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }

func portOf(s *httptest.Server) string {
	return s.Listener.Addr().String()[strings.LastIndex(s.Listener.Addr().String(), ":"):]
}

// However this machine is spelled, it is not reached.
func TestSpellings(t *testing.T) {
	s, n := server(t, hello)
	c := client(t, fetch.Options{Timeout: 5 * time.Second})
	for _, host := range []string{
		"127.0.0.1", "127.1", "127.0.1", "127.000.000.001", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "0X7F000001", "2130706433", "017700000001", "0", "0.0.0.0", "00.00.00.00", "127.0.0.1.",
		"localhost", "LOCALHOST", "localhost.", "a.localhost", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
		"[2002:7f00:1::]", "[fe80::1%25lo]", "①②⑦.⓪.⓪.①", "１２７.0.0.1", "127。0。0。1", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "256.1", "1.2.3", "4294967296", "%31%32%37.0.0.1", "a..b", "-", "",
	} {
		res, err := c.Get(t.Context(), "http://"+host+portOf(s)+"/secret-path?token=t0p")
		if err == nil {
			t.Errorf("%s answered %s", host, res.Body)
			continue
		}
		if !errors.Is(err, fetch.ErrRefused) && !strings.Contains(err.Error(), "not found") {
			t.Errorf("%s: %v", host, err)
		}
		if strings.Contains(err.Error(), "secret-path") || strings.Contains(err.Error(), "t0p") {
			t.Errorf("%s: the error quotes the URL: %v", host, err)
		}
	}
	if n.Load() != 0 {
		t.Errorf("the server was reached %d times", n.Load())
	}
}

func TestBadAddresses(t *testing.T) {
	c := client(t, fetch.Options{})
	for _, a := range []string{"", "x", "/etc/passwd", "file:///etc/passwd", "gopher://a.example/", "ftp://a.example/", "http:a.example", "http://", "http:///x", "http://user:pw@a.example/", "javascript:alert(1)",
		"http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://10.0.0.1/", "https://192.168.1.1:8443/", "dict://127.0.0.1:6379/", "unix:///var/run/docker.sock", "http://a b/", "\x00"} {
		if err := c.Check(a); !errors.Is(err, fetch.ErrRefused) {
			t.Errorf("Check %q: %v", a, err)
		}
		if _, err := c.Get(t.Context(), a); !errors.Is(err, fetch.ErrRefused) {
			t.Errorf("Get %q: %v", a, err)
		} else if strings.Contains(err.Error(), "pw") {
			t.Errorf("%q: %v", a, err)
		}
	}
	for _, a := range []string{"https://shop.example/orders?x=1", "http://8.8.8.8/", "https://[2606:4700::1111]/", "https://商店.example/"} {
		if err := c.Check(a); err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
	https := client(t, fetch.Options{Schemes: []string{"https"}})
	if err := https.Check("http://shop.example"); !errors.Is(err, fetch.ErrRefused) || !strings.Contains(err.Error(), "use https") {
		t.Error(err)
	}
}

// A name is judged by the address it leads to, each time it is dialled: first
// public, then private is no way in.
func TestRebinding(t *testing.T) {
	s, n := server(t, hello)
	z := newZone(t, map[string][]string{
		"in.example.": {"10.1.2.3"}, "here.example.": {"127.0.0.1"}, "meta.example.": {"169.254.169.254"}, "twice.example.": {"127.0.0.9", "127.0.0.1"},
	})
	c := client(t, fetch.Options{Resolver: z.resolver(), Timeout: 5 * time.Second, Setting: "tools.allow"})
	for name, want := range map[string]string{"in.example": "10.1.2.3, a private address", "here.example": "127.0.0.1, this machine itself", "meta.example": "metadata", "none.example": "was not found"} {
		_, err := c.Get(t.Context(), "http://"+name+portOf(s)+"/")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
		if cure := err != nil && strings.Contains(err.Error(), fmt.Sprintf("add %q to tools.allow", name)); cure != (name == "in.example" || name == "here.example") {
			t.Errorf("%s: the cure: %v", name, err)
		}
	}
	// The first address is allowed and nobody listens there; the second is not.
	c = client(t, fetch.Options{Resolver: z.resolver(), Allow: []string{"127.0.0.9"}, Timeout: 5 * time.Second})
	for range 3 {
		if _, err := c.Get(t.Context(), "http://twice.example"+portOf(s)+"/"); err == nil {
			t.Error("the second address was reached")
		}
	}
	if n.Load() != 0 {
		t.Errorf("the server was reached %d times", n.Load())
	}
	if z.asked < 6 {
		t.Errorf("only %d questions: names were not resolved anew", z.asked)
	}
	c = client(t, fetch.Options{Resolver: z.resolver(), Allow: []string{"here.example"}, Timeout: 5 * time.Second})
	if res, err := c.Get(t.Context(), "http://here.example"+portOf(s)+"/"); err != nil || string(res.Body) != "hello" {
		t.Errorf("an allowed name: %v", err)
	}
	c = client(t, fetch.Options{Resolver: z.resolver(), Allow: []string{"meta.example", "169.254.0.0/16", "169.254.169.254"}, Timeout: 5 * time.Second})
	if _, err := c.Get(t.Context(), "http://meta.example/"); !errors.Is(err, fetch.ErrRefused) {
		t.Errorf("an allowance opens the metadata service: %v", err)
	}
}

func TestRedirects(t *testing.T) {
	inner, reached := server(t, hello)
	var got http.Header
	other, _ := server(t, func(w http.ResponseWriter, r *http.Request) { got = r.Header.Clone(); hello(w, r) })
	var to string
	var code int
	s, _ := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hop" {
			got = r.Header.Clone()
			hello(w, r)
			return
		}
		http.Redirect(w, r, to, code)
	})
	allow := []string{s.Listener.Addr().String(), other.Listener.Addr().String()}
	c := client(t, fetch.Options{Allow: allow, Timeout: 5 * time.Second})
	ask := func(method, target string, status int) error {
		to, code, got = target, status, nil
		r, err := http.NewRequestWithContext(t.Context(), method, s.URL, strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Api-Key", "s3cret")
		r.Header.Set("Authorization", "Bearer s3cret")
		_, err = c.Do(r)
		return err
	}
	for _, target := range []string{inner.URL, "http://localhost" + portOf(inner), "http://169.254.169.254/", "file:///etc/passwd", "http://user:pw@" + other.Listener.Addr().String(), "http://[::ffff:127.0.0.1]" + portOf(inner)} {
		if err := ask("GET", target, 302); !errors.Is(err, fetch.ErrRefused) {
			t.Errorf("to %s: %v", target, err)
		}
	}
	if reached.Load() != 0 {
		t.Error("a redirect got in")
	}
	if err := ask("GET", "/hop", 302); err != nil || got.Get("X-Api-Key") != "s3cret" {
		t.Errorf("the same host: %v, headers %v", err, got)
	}
	if err := ask("GET", other.URL, 302); err != nil || got.Get("X-Api-Key") != "" || got.Get("Authorization") != "" {
		t.Errorf("another host gets the credentials: %v, headers %v", err, got)
	}
	if err := ask("POST", other.URL, 307); !errors.Is(err, fetch.ErrRefused) {
		t.Errorf("a body goes to another host: %v", err)
	}
	if err := ask("GET", s.URL, 302); !errors.Is(err, fetch.ErrRefused) || !strings.Contains(err.Error(), "more than 5 redirects") {
		t.Errorf("a loop: %v", err)
	}
	c = client(t, fetch.Options{Allow: allow, Redirects: -1})
	if err := ask("GET", "/hop", 302); !errors.Is(err, fetch.ErrRefused) {
		t.Errorf("none allowed: %v", err)
	}
}

// From https a redirect does not lead to http.
func TestDowngrade(t *testing.T) {
	plain, n := server(t, hello)
	s := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	t.Cleanup(s.Close)
	c := client(t, fetch.Options{Allow: []string{"127.0.0.1"}, TLS: s.Client().Transport.(*http.Transport).TLSClientConfig})
	if _, err := c.Get(t.Context(), s.URL); !errors.Is(err, fetch.ErrRefused) || n.Load() != 0 {
		t.Error(err)
	}
}

func TestLimits(t *testing.T) {
	s, _ := server(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/gzip":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = z.Write(bytes.Repeat([]byte{'a'}, 5000))
			_ = z.Close()
		case "/slow":
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		default:
			_, _ = w.Write(bytes.Repeat([]byte{'a'}, len(r.URL.Path)))
		}
	})
	c := client(t, fetch.Options{Allow: []string{"127.0.0.1"}, MaxBody: 10, Timeout: 5 * time.Second})
	if res, err := c.Get(t.Context(), s.URL+"/123456789"); err != nil || len(res.Body) != 10 || res.Status != 200 {
		t.Errorf("a body that just fits: %v", err)
	}
	for _, path := range []string{"/1234567890", "/gzip"} {
		if _, err := c.Get(t.Context(), s.URL+path); !errors.Is(err, fetch.ErrTooLarge) {
			t.Errorf("%s: %v", path, err)
		}
	}
	c = client(t, fetch.Options{Allow: []string{"127.0.0.1"}, Timeout: 50 * time.Millisecond})
	if _, err := c.Get(t.Context(), s.URL+"/slow"); !errors.Is(err, fetch.ErrTimeout) {
		t.Errorf("slow: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Get(ctx, s.URL+"/slow"); !errors.Is(err, context.Canceled) {
		t.Errorf("the caller's end: %v", err)
	}
}

func TestErrorsNameTheCause(t *testing.T) {
	tlsServer := httptest.NewUnstartedServer(http.HandlerFunc(hello))
	tlsServer.Config.ErrorLog = log.New(io.Discard, "", 0)
	tlsServer.StartTLS()
	t.Cleanup(tlsServer.Close)
	plain, _ := server(t, hello)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	c := client(t, fetch.Options{Allow: []string{"127.0.0.1"}})
	for address, want := range map[string]string{
		tlsServer.URL: "certificate", "https://" + plain.Listener.Addr().String(): "does not speak TLS", "http://" + closed: "connection refused",
	} {
		_, err := c.Get(t.Context(), address+"/p?key=s3cret")
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// A proxy is used when it is given, never because the environment names one.
func TestProxy(t *testing.T) {
	proxy, n := server(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "through "+r.URL.Host) })
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	z := newZone(t, map[string][]string{"in.example.": {"127.0.0.1"}})
	if _, err := client(t, fetch.Options{Resolver: z.resolver()}).Get(t.Context(), "http://in.example/"); !errors.Is(err, fetch.ErrRefused) || n.Load() != 0 {
		t.Errorf("the environment's proxy: %v", err)
	}
	u, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := client(t, fetch.Options{Proxy: u})
	if res, err := c.Get(t.Context(), "http://shop.example/"); err != nil || string(res.Body) != "through shop.example" {
		t.Errorf("the given proxy: %v", err)
	}
	for _, a := range []string{"http://127.0.0.1/", "http://2130706433/", "http://localhost/", "http://169.254.169.254/"} {
		if _, err := c.Get(t.Context(), a); !errors.Is(err, fetch.ErrRefused) {
			t.Errorf("%s through the proxy: %v", a, err)
		}
	}
}
