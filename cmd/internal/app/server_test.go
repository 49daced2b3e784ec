package app

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"frontdesk/core/store"
)

// awayStore is a store whose every answer is an error that names a path.
type awayStore struct{ store.Backend }

func (awayStore) Pending(context.Context) (turns, replies int, oldest time.Time, err error) {
	return 0, 0, time.Time{}, errors.New("open /srv/secret/frontdesk.db: no such file")
}

// bare is an App of which only the outside is there.
func bare(t *testing.T) *App {
	t.Helper()
	a := &App{log: slog.New(slog.NewTextHandler(io.Discard, nil)), metrics: newMetrics(awayStore{})}
	a.base, a.end = context.WithCancel(t.Context())
	t.Cleanup(a.end)
	return a
}

// serve runs h behind a's server and returns its address.
func serve(t *testing.T, a *App, h http.Handler) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := a.server(a.around(h))
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	t.Cleanup(func() {
		_ = srv.Close()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return ln.Addr().String()
}

// Who asks for much and takes none of it is cut off; a stream that bounds its
// own writes keeps its own time.
func TestSlowReader(t *testing.T) {
	a := bare(t)
	ended := make(chan error, 1)
	at := serve(t, a, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.(*statusWriter).patience = 100 * time.Millisecond
		_, err := w.Write(make([]byte, 64<<20)) // more than the kernel keeps
		ended <- err
	}))
	c, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err == nil {
			t.Error("64 MB were written to who reads nothing")
		}
	case <-time.After(20 * time.Second):
		t.Error("the answer still waits for its reader")
	}
}

// The deadline is for each piece: a long answer to a slow but steady reader
// arrives whole, and a handler's own deadline is left alone.
func TestSteadyReader(t *testing.T) {
	a := bare(t)
	at := serve(t, a, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(*statusWriter).patience = 150 * time.Millisecond
		if r.URL.Path == "/own" {
			if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
				t.Error(err)
			}
			w.(*statusWriter).patience = -time.Hour // would fail at once
		}
		_, _ = w.Write(make([]byte, 8<<20))
	}))
	for _, path := range []string{"/", "/own"} {
		res, err := http.Get("http://" + at + path)
		if err != nil {
			t.Fatal(err)
		}
		n, buf := 0, make([]byte, 256<<10)
		for err = nil; err == nil; {
			var k int
			k, err = io.ReadFull(res.Body, buf)
			n += k
			time.Sleep(10 * time.Millisecond) // in all longer than the patience
		}
		_ = res.Body.Close()
		if n != 8<<20 {
			t.Errorf("%s: %d bytes, %v", path, n, err)
		}
	}
}

// A deadline counts for its own answer, not for the next on the connection.
func TestDeadlineIsOfOneAnswer(t *testing.T) {
	a := bare(t)
	const patience = 50 * time.Millisecond
	at := serve(t, a, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(*statusWriter).patience = patience
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, "hello")
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	c, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	from := bufio.NewReader(c)
	for _, method := range []string{"GET", "OPTIONS"} {
		if _, err := io.WriteString(c, method+" / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		res, err := http.ReadResponse(from, nil)
		if err != nil {
			t.Fatalf("%s: %v", method, err)
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Fatalf("%s: %v", method, err)
		}
		time.Sleep(2 * patience) // the kernel's clock
	}
}

// An answer that broke off must not look whole.
func TestPanicInTheMiddle(t *testing.T) {
	a := bare(t)
	at := serve(t, a, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/before" {
			_, _ = io.WriteString(w, `{"items":[`)
		}
		if r.URL.Path == "/abort" {
			panic(http.ErrAbortHandler)
		}
		panic("half way")
	}))
	for _, path := range []string{"/middle", "/abort"} {
		if res, err := http.Get("http://" + at + path); err == nil {
			b, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if err == nil {
				t.Errorf("%s: %q passes for a whole answer", path, b)
			}
		}
	}
	res, err := http.Get("http://" + at + "/before")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if b, err := io.ReadAll(res.Body); err != nil || res.StatusCode != 500 || strings.Contains(string(b), "half way") {
		t.Errorf("status %d, %q, %v", res.StatusCode, b, err)
	}
}

// While the store is away the other figures are still told, and its errors are
// not: anybody may read them.
func TestMetricsWithoutStore(t *testing.T) {
	w := httptest.NewRecorder()
	bare(t).metrics.handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 || !strings.Contains(w.Body.String(), "go_goroutines") || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("status %d: %.300s", w.Code, w.Body)
	}
}
