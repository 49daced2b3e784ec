package channeltest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/channels"
	"frontdesk/core"
)

// Kit is what a channel's own test gives to be held to the contract. What is
// nil does not apply to the platform, and its comment says when that may be.
type Kit struct {
	Open    channels.Open
	Config  map[string]any // valid; api_base_url is set by the tests that send
	Secrets []string       // texts that must show in no error and no log

	// Request is a genuine request at now: message n of chat c. Two calls with
	// the same c and n are the same message.
	Request func(now time.Time, chat, n int) *http.Request
	// Signed signs an arbitrary body as the platform would.
	Signed func(now time.Time, body []byte) *http.Request
	// Unsigned is Request without a signature.
	Unsigned func(now time.Time) *http.Request
	// Timestamped says that signatures carry a time; Telegram's do not.
	Timestamped bool
	// NoSecret is Config without what inbound requests are verified by.
	NoSecret map[string]any
	// Method is one the webhook does not serve.
	Method string

	// Reply is sent to a platform that fails in every way; nil for a channel
	// whose answers are only fetched.
	Reply *core.Reply
}

// Run holds a channel to the contract of package channels.
func Run(t *testing.T, k Kit) {
	for _, tc := range []struct {
		name string
		run  func(*testing.T, Kit)
	}{
		{"a genuine message is accepted once", acceptedOnce},
		{"chats are told apart", chatsApart},
		{"no signature", unsigned},
		{"a tampered body", tampered},
		{"a stale signature", stale},
		{"no secret configured", noSecret},
		{"hostile bodies, well signed", hostile},
		{"a body over the limit", oversize},
		{"a wrong method", wrongMethod},
		{"the store is busy", busy},
		{"unknown keys are refused", strict},
		{"opening touches no network", quiet},
		{"run ends with its context", runEnds},
		{"sends that fail", sendFails},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := goleak.IgnoreCurrent()
			t.Cleanup(func() { // the first to be registered is the last to run
				http.DefaultTransport.(*http.Transport).CloseIdleConnections()
				goleak.VerifyNone(t, before)
			})
			tc.run(t, k)
		})
	}
}

type world struct {
	*testing.T
	*Rig
	ch   channels.Channel
	hook http.Handler
}

// open opens k's channel over a rig whose bot echoes.
func open(t *testing.T, k Kit, config map[string]any) world {
	t.Helper()
	r := New(t, Echo, core.DeskRef{})
	s := r.Settings("it", config)
	t.Cleanup(s.HTTP.CloseIdleConnections)
	ch, err := k.Open(s)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	h, ok := ch.(channels.Hooked)
	if !ok {
		t.Fatal("the kit tests channels that are called over HTTP")
	}
	r.Start(t, ch)
	return world{t, r, ch, h.Hook()}
}

// do serves req and checks what every answer has in common.
func (w world) do(req *http.Request) *http.Response {
	w.Helper()
	rec := httptest.NewRecorder()
	w.hook.ServeHTTP(rec, req)
	res := rec.Result()
	if res.StatusCode >= 400 {
		var doc struct{ Status int }
		body, err := io.ReadAll(res.Body)
		if err == nil {
			err = json.Unmarshal(body, &doc)
		}
		if err != nil || doc.Status != res.StatusCode || res.Header.Get("Content-Type") != "application/problem+json" {
			w.Errorf("status %d with no problem document: %q", res.StatusCode, body)
		}
	}
	return res
}

func (w world) refuses(req *http.Request, status int) {
	w.Helper()
	if got := w.do(req).StatusCode; got != status {
		w.Errorf("status %d, want %d", got, status)
	}
	if n := len(w.Accepted()); n != 0 {
		w.Errorf("%d messages stored", n)
	}
}

func acceptedOnce(t *testing.T, k Kit) {
	w := open(t, k, k.Config)
	for range 3 {
		if got := w.do(k.Request(w.Clock.Now(), 1, 1)).StatusCode; got/100 != 2 {
			t.Fatalf("status %d", got)
		}
	}
	got := w.Accepted()
	if len(got) != 1 {
		t.Fatalf("%d turns of one message", len(got))
	}
	e := got[0]
	if e.Channel != "it" || e.Workspace != core.DefaultWorkspace || e.Bot != "default" || e.Native == "" || len(e.Parts) == 0 || e.Text() == "" {
		t.Errorf("envelope %+v", e)
	}
	if e.Address == "" && e.Conversation == "" {
		t.Errorf("no address in %+v", e)
	}
}

func chatsApart(t *testing.T, k Kit) {
	w := open(t, k, k.Config)
	for _, m := range [][2]int{{1, 1}, {1, 2}, {2, 3}} {
		if got := w.do(k.Request(w.Clock.Now(), m[0], m[1])).StatusCode; got/100 != 2 {
			t.Fatalf("status %d", got)
		}
	}
	es := w.Accepted()
	if len(es) != 3 {
		t.Fatalf("%d messages, want 3", len(es))
	}
	key := func(e core.Envelope) string { return e.Address + "|" + string(e.Conversation) }
	if key(es[0]) != key(es[1]) || key(es[0]) == key(es[2]) {
		t.Errorf("chats %q, %q, %q", key(es[0]), key(es[1]), key(es[2]))
	}
}

func unsigned(t *testing.T, k Kit) {
	w := open(t, k, k.Config)
	w.refuses(k.Unsigned(w.Clock.Now()), http.StatusForbidden)
}

// tampered flips each of some bytes of a signed body in turn. A channel whose
// secret does not cover the body (Telegram's header) may accept or refuse it.
func tampered(t *testing.T, k Kit) {
	if !k.Timestamped {
		return
	}
	w := open(t, k, k.Config)
	req := k.Request(w.Clock.Now(), 1, 1)
	body, err := io.ReadAll(req.Body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(body); i += max(1, len(body)/16) {
		bad := bytes.Clone(body)
		bad[i] ^= 1
		again := req.Clone(context.Background())
		again.Body, again.ContentLength = io.NopCloser(bytes.NewReader(bad)), int64(len(bad))
		if got := w.do(again).StatusCode; got != 403 && got != 400 {
			t.Errorf("byte %d flipped: status %d", i, got)
		}
	}
	if n := len(w.Accepted()); n != 0 {
		t.Errorf("%d messages stored", n)
	}
}

func stale(t *testing.T, k Kit) {
	if !k.Timestamped {
		return
	}
	for _, off := range []time.Duration{-301 * time.Second, 301 * time.Second, -24 * time.Hour} {
		w := open(t, k, k.Config)
		w.refuses(k.Request(w.Clock.Now().Add(off), 1, 1), http.StatusForbidden)
	}
}

func noSecret(t *testing.T, k Kit) {
	w := open(t, k, k.NoSecret)
	w.refuses(k.Request(w.Clock.Now(), 1, 1), http.StatusForbidden)
}

func hostile(t *testing.T, k Kit) {
	w := open(t, k, k.Config)
	for name, body := range map[string]string{
		"empty":          "",
		"no document":    "hello",
		"NUL bytes":      "\x00\x00\x00\x00",
		"invalid UTF-8":  "{\"a\":\"\xff\xfe\"}",
		"wrong type":     `[1,2,3]`,
		"a number":       `7`,
		"cut off":        `{"a":{"b":[`,
		"deep JSON":      strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000),
		"deep objects":   strings.Repeat(`{"a":`, 50_000) + "1" + strings.Repeat("}", 50_000),
		"deep XML":       strings.Repeat("<a>", 50_000) + strings.Repeat("</a>", 50_000),
		"entity bomb":    `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><xml>&b;</xml>`,
		"a huge number":  `{"update_id":1e999,"event_id":1e999}`,
		"trailing bytes": `{} {}`,
	} {
		if got := w.do(k.Signed(w.Clock.Now(), []byte(body))).StatusCode; got != http.StatusBadRequest {
			t.Errorf("%s: status %d, want 400", name, got)
		}
	}
	if n := len(w.Accepted()); n != 0 {
		t.Errorf("%d messages stored", n)
	}
}

func oversize(t *testing.T, k Kit) {
	w := open(t, k, k.Config)
	w.refuses(k.Signed(w.Clock.Now(), bytes.Repeat([]byte("x"), 1<<20+1)), http.StatusRequestEntityTooLarge)
}

func wrongMethod(t *testing.T, k Kit) {
	w := open(t, k, k.Config)
	req := k.Request(w.Clock.Now(), 1, 1)
	req.Method = k.Method
	w.refuses(req, http.StatusMethodNotAllowed)
}

func busy(t *testing.T, k Kit) {
	w := open(t, k, k.Config)
	w.Busy(true)
	res := w.do(k.Request(w.Clock.Now(), 1, 1))
	if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Fatalf("status %d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
	w.Busy(false)
	if got := w.do(k.Request(w.Clock.Now(), 1, 1)).StatusCode; got/100 != 2 || len(w.Accepted()) != 1 {
		t.Fatalf("the second try: status %d, %d stored", got, len(w.Accepted()))
	}
}

func strict(t *testing.T, k Kit) {
	r := New(t, Echo, core.DeskRef{})
	config := map[string]any{"no_such_key": 1}
	for name, v := range k.Config {
		config[name] = v
	}
	if _, err := k.Open(r.Settings("it", config)); err == nil {
		t.Fatal("an unknown key was taken")
	}
}

// refusing is a network that must not be used.
type refusing struct{ t *testing.T }

// RoundTrip implements http.RoundTripper.
func (r refusing) RoundTrip(req *http.Request) (*http.Response, error) {
	r.t.Errorf("%s %s was called", req.Method, req.URL.Host)
	return nil, errors.New("no network")
}

func quiet(t *testing.T, k Kit) {
	s := New(t, Echo, core.DeskRef{}).Settings("it", k.Config)
	s.HTTP = &http.Client{Transport: refusing{t}}
	if _, err := k.Open(s); err != nil {
		t.Fatal(err)
	}
}

func runEnds(t *testing.T, k Kit) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
	}))
	defer srv.Close()
	w := open(t, k, with(k.Config, srv.URL))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.ch.Run(ctx) }()
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Fatalf("Run = %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Run goes on")
	}
	w.secretless(k, "the log", w.Log.String())
}

func with(config map[string]any, url string) map[string]any {
	out := map[string]any{}
	for name, v := range config {
		out[name] = v
	}
	if url != "" {
		out["api_base_url"] = url
	}
	return out
}

func (w world) secretless(k Kit, what, text string) {
	w.Helper()
	for _, s := range k.Secrets {
		if s != "" && strings.Contains(text, s) {
			w.Errorf("%s shows a secret: %s", what, strings.ReplaceAll(text, s, "«secret»"))
		}
	}
}
