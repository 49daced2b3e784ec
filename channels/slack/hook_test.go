package slack_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	sdk "github.com/slack-go/slack"

	"frontdesk/channels/slack"
	"frontdesk/core"
)

// sign makes Slack's signature in the test's own way.
func sign(h http.Header, body []byte, secret string, at time.Time) {
	m := hmac.New(sha256.New, []byte(secret))
	_, _ = fmt.Fprintf(m, "v0:%d:%s", at.Unix(), body)
	h.Set("X-Slack-Request-Timestamp", strconv.FormatInt(at.Unix(), 10))
	h.Set("X-Slack-Signature", "v0="+hex.EncodeToString(m.Sum(nil)))
}

func newHook(t *testing.T, h http.Handler) string {
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

const dm = `{"type":"event_callback","event_id":"Ev1","event":{"type":"message","channel":"D1","channel_type":"im","user":"U1","text":"hi","ts":"1700000000.000100"}}`

func TestRefusals(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	form := func(payload string) string { return url.Values{"payload": {payload}}.Encode() }
	deep := `{"type":"event_callback","event":` + strings.Repeat(`{"a":`, 80) + "1" + strings.Repeat("}", 80) + "}"
	for _, c := range []struct {
		name, method, path, body string
		with                     func(h http.Header, body []byte)
		want                     int
	}{
		{"good", "POST", "/events", dm, nil, 200},
		{"at the edge", "POST", "/events", dm, func(h http.Header, b []byte) { sign(h, b, secret, now.Add(-300*time.Second)) }, 200},
		{"stale", "POST", "/events", dm, func(h http.Header, b []byte) { sign(h, b, secret, now.Add(-301*time.Second)) }, 403},
		{"from the future", "POST", "/events", dm, func(h http.Header, b []byte) { sign(h, b, secret, now.Add(301*time.Second)) }, 403},
		{"unsigned", "POST", "/events", dm, func(h http.Header, _ []byte) { h.Del("X-Slack-Signature") }, 403},
		{"no time", "POST", "/events", dm, func(h http.Header, _ []byte) { h.Del("X-Slack-Request-Timestamp") }, 403},
		{"other secret", "POST", "/events", dm, func(h http.Header, b []byte) { sign(h, b, "other", now) }, 403},
		{"tampered", "POST", "/events", dm, func(h http.Header, b []byte) { sign(h, append(b, ' '), secret, now) }, 403},
		{"not hex", "POST", "/events", dm, func(h http.Header, _ []byte) { h.Set("X-Slack-Signature", "v0=zz") }, 403},
		{"no version", "POST", "/events", dm, func(h http.Header, _ []byte) {
			h.Set("X-Slack-Signature", strings.TrimPrefix(h.Get("X-Slack-Signature"), "v0="))
		}, 403},
		{"unsigned challenge", "POST", "/events", `{"type":"url_verification","challenge":"c"}`, func(h http.Header, _ []byte) { h.Del("X-Slack-Signature") }, 403},
		{"not JSON", "POST", "/events", "hello", nil, 400},
		{"empty", "POST", "/events", "", nil, 400},
		{"null", "POST", "/events", "null", nil, 400},
		{"no type", "POST", "/events", "{}", nil, 400},
		{"no event", "POST", "/events", `{"type":"event_callback"}`, nil, 400},
		{"event of wrong type", "POST", "/events", `{"type":"event_callback","event":[]}`, nil, 400},
		{"text of wrong type", "POST", "/events", `{"type":"event_callback","event":{"type":"message","text":5}}`, nil, 400},
		{"invalid UTF-8", "POST", "/events", strings.Replace(dm, "hi", "h\xff", 1), nil, 400},
		{"deep nesting", "POST", "/events", deep, nil, 400},
		{"deeper nesting", "POST", "/events", strings.Repeat("[", 500_000), nil, 400},
		{"too large", "POST", "/events", strings.Repeat(" ", 1<<20+1), nil, 413},
		{"10 MB", "POST", "/interactions", strings.Repeat("x", 10<<20), nil, 413},
		{"GET", "GET", "/events", "", nil, 405},
		{"PUT", "PUT", "/commands", "", nil, 405},
		{"elsewhere", "POST", "/", dm, nil, 404},
		{"elsewhere, below", "POST", "/events/x", dm, nil, 404},
		{"no payload", "POST", "/interactions", "a=b", nil, 400},
		{"payload no JSON", "POST", "/interactions", form("x"), nil, 400},
		{"payload of no type", "POST", "/interactions", form("{}"), nil, 400},
		{"payload too deep", "POST", "/interactions", form(deep), nil, 400},
		{"payload invalid UTF-8", "POST", "/interactions", "payload=%ff", nil, 400},
		{"bad escape", "POST", "/interactions", "payload=%zz", nil, 400},
		{"other interaction", "POST", "/interactions", form(`{"type":"shortcut"}`), nil, 200},
		{"no command", "POST", "/commands", "text=hi", nil, 400},
		{"command invalid UTF-8", "POST", "/commands", "command=/ask&user_id=U1&trigger_id=1&text=%ff", nil, 400},
		{"new kind of event", "POST", "/events", `{"type":"event_callback","event":{"type":"hologram_shared","x":[1]}}`, nil, 200},
		{"new kind of request", "POST", "/events", `{"type":"app_rate_limited"}`, nil, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse()
			s := settings(h, conf{"bot_token": botToken, "signing_secret": secret, "api_base_url": "http://127.0.0.1:1"})
			s.Now = func() time.Time { return now }
			ch := open(t, s)
			r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
			sign(r.Header, []byte(c.body), secret, now)
			if c.with != nil {
				c.with(r.Header, []byte(c.body))
			}
			w := httptest.NewRecorder()
			ch.Hook().ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("status %d, want %d: %s", w.Code, c.want, w.Body)
			}
			if w.Code != 200 && w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("no problem document: %s", w.Body)
			}
			if w.Code != 200 && len(h.got()) > 0 {
				t.Error("something was stored")
			}
		})
	}
}

func TestWithoutSecretAllIsRefused(t *testing.T) {
	ch := open(t, settings(newHouse(), conf{"bot_token": botToken}))
	r := httptest.NewRequest("POST", "/events", strings.NewReader(dm))
	sign(r.Header, []byte(dm), "", time.Now())
	w := httptest.NewRecorder()
	ch.Hook().ServeHTTP(w, r)
	if w.Code != http.StatusForbidden {
		t.Errorf("status %d", w.Code)
	}
}

func TestChallenge(t *testing.T) {
	ch := open(t, settings(newHouse(), conf{"bot_token": botToken, "signing_secret": secret}))
	w := post(ch.Hook(), "/events", "application/json", []byte(`{"type":"url_verification","challenge":"<c0>"}`), time.Now())
	if w.Code != 200 || w.Body.String() != "<c0>" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("%d %q %v", w.Code, w.Body, w.Header())
	}
}

func TestWhatAcceptSays(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 200}, {core.ErrBusy, 503}, {core.ErrDraining, 503}, {errDisk, 503},
		{&core.ConflictError{Native: "x"}, 200}, {core.Invalid("too odd"), 400},
	} {
		h := newHouse()
		h.busy = c.err
		ch := open(t, settings(h, conf{"bot_token": botToken, "signing_secret": secret, "api_base_url": "http://127.0.0.1:1"}))
		w := post(ch.Hook(), "/events", "application/json", []byte(dm), time.Now())
		if w.Code != c.want || (w.Code == 503) != (w.Header().Get("Retry-After") != "") {
			t.Errorf("%v: %d %v", c.err, w.Code, w.Header())
		}
		if strings.Contains(w.Body.String(), "/secret/path") {
			t.Errorf("an internal error shows: %s", w.Body)
		}
		if (w.Header().Get("X-Slack-No-Retry") == "1") != (c.want == 400) {
			t.Errorf("%v: only what cannot get better is not to be retried", c.err)
		}
	}
}

func TestSlackIsAnsweredInTime(t *testing.T) {
	h := newHouse()
	h.block = make(chan struct{}) // never
	ch := open(t, settings(h, conf{"bot_token": botToken, "signing_secret": secret, "api_base_url": "http://127.0.0.1:1"}))
	if ch.Budget() >= 3*time.Second {
		t.Fatalf("the budget is %v", ch.Budget())
	}
	ch.SetBudget(20 * time.Millisecond)
	if w := post(ch.Hook(), "/events", "application/json", []byte(dm), time.Now()); w.Code != 503 {
		t.Errorf("status %d", w.Code)
	}
}

// TestVerifierAgreesWithTheSDK holds our verifier, whose clock is injected,
// against slack-go's, at the wall clock that one reads.
func TestVerifierAgreesWithTheSDK(t *testing.T) {
	body := []byte(dm)
	now := time.Now()
	for name, change := range map[string]func(http.Header){
		"good":      func(http.Header) {},
		"late":      func(h http.Header) { sign(h, body, secret, now.Add(-10*time.Minute)) },
		"early":     func(h http.Header) { sign(h, body, secret, now.Add(10*time.Minute)) },
		"recent":    func(h http.Header) { sign(h, body, secret, now.Add(-4*time.Minute)) },
		"secret":    func(h http.Header) { sign(h, body, "x", now) },
		"body":      func(h http.Header) { sign(h, body[1:], secret, now) },
		"no time":   func(h http.Header) { h.Del("X-Slack-Request-Timestamp") },
		"word time": func(h http.Header) { h.Set("X-Slack-Request-Timestamp", "now") },
		"no sig":    func(h http.Header) { h.Del("X-Slack-Signature") },
		"short sig": func(h http.Header) { h.Set("X-Slack-Signature", "v0=00") },
		"v1":        func(h http.Header) { h.Set("X-Slack-Signature", "v1"+h.Get("X-Slack-Signature")[2:]) },
	} {
		h := http.Header{}
		sign(h, body, secret, now)
		change(h)
		v, theirs := sdk.NewSecretsVerifier(h, secret)
		if theirs == nil {
			_, _ = v.Write(body)
			theirs = v.Ensure()
		}
		if ours := slack.Verify(h, body, secret, now); (ours == nil) != (theirs == nil) {
			t.Errorf("%s: ours says %v, slack-go %v", name, ours, theirs)
		}
	}
}

func FuzzWebhook(f *testing.F) {
	for _, name := range goldens(f) {
		g := golden(f, name)
		f.Add(g.path(), g.body())
	}
	f.Add("/events", []byte(`{"type":"event_callback","event":{"type":"message","ts":"1.","thread_ts":"x","user":"U1","channel":"C","text":"<@|><"}}`))
	f.Add("/interactions", []byte("payload=%7B%22type%22%3A%22block_actions%22%7D"))
	h := newHouse()
	s := settings(h, conf{"bot_token": botToken, "signing_secret": secret, "api_base_url": "http://127.0.0.1:1"})
	ch, err := slack.Open(s)
	if err != nil {
		f.Fatal(err)
	}
	hook := ch.(*slack.Channel).Hook()
	f.Fuzz(func(t *testing.T, path string, body []byte) {
		if path != "/events" && path != "/interactions" && path != "/commands" {
			path = "/events"
		}
		w := post(hook, path, "", bytes.Clone(body), time.Now())
		switch w.Code {
		case 200, 400, 413, 503:
		default:
			t.Errorf("status %d", w.Code)
		}
		for _, e := range h.got() {
			if e.Native == "" || e.Address == "" || e.Contact.Native == "" || len(e.Parts) == 0 {
				t.Fatalf("half a message came through: %+v", e)
			}
		}
		h.mu.Lock()
		h.turns = nil
		h.mu.Unlock()
	})
}
