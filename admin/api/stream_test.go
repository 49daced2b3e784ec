package api_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"frontdesk/admin/api"
	"frontdesk/core"
)

// listen opens a stream and returns its lines; stop ends it from this side.
func (d desk) listen(url string, header map[string]string) (lines <-chan string, stop func()) {
	d.Helper()
	ctx, stop := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, "GET", url+"/api/v1/admin/events", nil)
	if err != nil {
		d.Fatal(err)
	}
	for k, v := range header {
		r.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		d.Fatal(err)
	}
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		d.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	out := make(chan string, 1000)
	go func() {
		defer close(out)
		defer func() { _ = res.Body.Close() }()
		for s := bufio.NewScanner(res.Body); s.Scan(); {
			out <- s.Text()
		}
	}()
	return out, stop
}

// until reads lines up to one that holds text.
func (d desk) until(lines <-chan string, text string) string {
	d.Helper()
	limit := time.After(10 * time.Second)
	for {
		select {
		case l, ok := <-lines:
			if !ok {
				d.Fatalf("the stream ended before %q", text)
			}
			if strings.Contains(l, text) {
				return l
			}
		case <-limit:
			d.Fatalf("no line with %q", text)
		}
	}
}

// ends waits for the stream's end.
func (d desk) ends(lines <-chan string) {
	d.Helper()
	limit := time.After(10 * time.Second)
	for {
		select {
		case _, ok := <-lines:
			if !ok {
				return
			}
		case <-limit:
			d.Fatal("the stream goes on")
		}
	}
}

func serve(t *testing.T, d desk) string {
	t.Helper()
	s := httptest.NewServer(d.h)
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		s.Close() // waits for its handlers
	})
	return s.URL
}

func TestStream(t *testing.T) {
	d := newDesk(t, func(p *api.Parts) { p.KeepAlive = 20 * time.Millisecond })
	url := serve(t, d)
	lines, stop := d.listen(url, map[string]string{"Authorization": "Bearer " + d.Tokens[core.RoleViewer], "Last-Event-ID": "17, or <nothing>"})
	defer stop()
	d.until(lines, "event: ready")
	d.until(lines, ": keep-alive")
	id := d.waiting("li")
	d.until(lines, "event: conversation")
	if l := d.until(lines, `"mode":"waiting"`); !strings.Contains(l, string(id)) || !strings.HasPrefix(l, "data: {") {
		t.Fatal(l)
	}
	d.want(d.as(core.RoleAgent, "POST", path(id, "/take"), "", "If-Match", "*"), 200, nil)
	d.until(lines, `"owner":"agent-program"`)
	stop()
	d.ends(lines)
}

// TestStreamsEndWithTheServer: a drain must not wait for browsers to leave.
func TestStreamsEndWithTheServer(t *testing.T) {
	d := newDesk(t)
	url := serve(t, d)
	lines, stop := d.listen(url, d.browser("viewer"))
	defer stop()
	d.until(lines, "event: ready")
	close(d.Stop)
	d.ends(lines)
}

// TestStreamEndsWithTheSession: who is signed out hears nothing more, and a
// stream alone does not keep a session alive.
func TestStreamEndsWithTheSession(t *testing.T) {
	for name, end := range map[string]func(desk, map[string]string){
		"signed out": func(d desk, h map[string]string) {
			d.want(d.do(call{"DELETE", "/api/v1/admin/session", "", h}), 204, nil)
		},
		"disabled": func(d desk, _ map[string]string) {
			if err := d.Auth.SetDisabled(context.Background(), "viewer", true); err != nil {
				d.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, func(p *api.Parts) { p.KeepAlive = 10 * time.Millisecond })
			url := serve(t, d)
			h := d.browser("viewer")
			lines, stop := d.listen(url, h)
			defer stop()
			d.until(lines, ": keep-alive")
			end(d, h)
			d.ends(lines)
		})
	}
}

// TestStreamDoesNotKeepASessionAlive: a page left open is no work.
func TestStreamDoesNotKeepASessionAlive(t *testing.T) {
	d := newDesk(t, func(p *api.Parts) { p.KeepAlive = 10 * time.Millisecond })
	url := serve(t, d)
	lines, stop := d.listen(url, d.browser("viewer"))
	defer stop()
	d.Add(7 * time.Hour)
	for len(lines) > 0 {
		<-lines
	}
	for range 3 { // some of them begun after the clock moved
		d.until(lines, ": keep-alive")
	}
	d.Add(2 * time.Hour)
	d.ends(lines)
}

// TestManyChangesAskForARefresh: a burst is not told one by one.
func TestManyChangesAskForARefresh(t *testing.T) {
	stopped := make(chan struct{})
	d := newDesk(t, func(p *api.Parts) { p.Ledger = crowd{p.Ledger, stopped} })
	url := serve(t, d)
	lines, stop := d.listen(url, d.browser("viewer"))
	d.until(lines, "event: refresh")
	stop()
	select {
	case <-stopped: // its place among the watchers is free again
	case <-time.After(10 * time.Second):
		t.Fatal("the watch goes on")
	}
}

// crowd is a ledger whose watchers are far behind.
type crowd struct {
	api.Ledger
	stopped chan struct{}
}

func (c crowd) Watch(core.ConversationID) (<-chan core.ConversationID, func()) {
	ch := make(chan core.ConversationID, 3)
	ch <- ""
	ch <- "unknown" // gone meanwhile: no reason to end
	ch <- ""
	return ch, func() { close(c.stopped) }
}
