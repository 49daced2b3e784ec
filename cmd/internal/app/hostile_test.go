package app_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// sign makes requests look genuine, so that what is hostile is the body.
type sign func(r *http.Request, body string, at time.Time)

func unsigned(*http.Request, string, time.Time) {}

func asWeChat(r *http.Request, _ string, at time.Time) {
	parts := []string{"wxtoken", fmt.Sprint(at.Unix()), "nonce"}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	q := r.URL.Query()
	q.Set("timestamp", fmt.Sprint(at.Unix()))
	q.Set("nonce", "nonce")
	q.Set("signature", hex.EncodeToString(sum[:]))
	r.URL.RawQuery = q.Encode()
}

func asTelegram(r *http.Request, _ string, _ time.Time) {
	r.Header.Set("X-Telegram-Bot-Api-Secret-Token", "tgsecret")
}

func asSlack(r *http.Request, body string, at time.Time) {
	m := hmac.New(sha256.New, []byte("slsecret"))
	fmt.Fprintf(m, "v0:%d:%s", at.Unix(), body)
	r.Header.Set("X-Slack-Request-Timestamp", fmt.Sprint(at.Unix()))
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(m.Sum(nil)))
}

func withToken(token string) sign {
	return func(r *http.Request, _ string, _ time.Time) { r.Header.Set("Authorization", "Bearer "+token) }
}

// send posts body and returns the status, having checked what every answer has.
func send(t *testing.T, method, url, body string, s sign, at time.Time) int {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	s(req, body, at)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	if res.Header.Get("X-Request-Id") == "" {
		t.Errorf("%s %s: no X-Request-Id", method, url)
	}
	if res.StatusCode >= 400 {
		var doc struct{ Status int }
		if err := json.Unmarshal(answer, &doc); err != nil || doc.Status != res.StatusCode ||
			!strings.HasPrefix(res.Header.Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s %s: status %d without a problem document: %.200q", method, url, res.StatusCode, answer)
		}
	}
	return res.StatusCode
}

func session(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Post(url+"/api/v1/web/web/sessions", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var s struct{ Token string }
	if err := json.NewDecoder(res.Body).Decode(&s); err != nil || s.Token == "" {
		t.Fatalf("session: %q, %v", s.Token, err)
	}
	return s.Token
}

// TestHostile sends every route what nobody should: it gets CONTRACT's status
// and a problem document, no goroutine stays, memory stays flat.
func TestHostile(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	h := runHouse(t, fourChannels)
	defer h.stop()
	now := time.Now()
	huge := strings.Repeat("x", 10<<20)
	routes := []struct {
		path string
		sign sign
	}{
		{"/webhooks/wechat/wx", asWeChat}, {"/webhooks/telegram/tg", asTelegram},
		{"/webhooks/slack/sl/events", asSlack}, {"/webhooks/slack/sl/interactions", asSlack}, {"/webhooks/slack/sl/commands", asSlack},
		{"/api/v1/web/web/sessions", unsigned}, {"/api/v1/web/web/messages", withToken(session(t, h.url))},
		{"/api/v1/admin/session", unsigned},
		{"/api/v1/admin/conversations/00000000-0000-7000-8000-000000000000/messages", withToken(h.AgentToken())},
	}
	for _, r := range routes {
		for name, tc := range map[string]struct {
			body string
			want []int
		}{
			"neither XML nor JSON": {"hello", []int{400}},
			"empty object cut off": {`{"a":`, []int{400}},
			"10 MB":                {huge, []int{413}},
			"wrong type":           {`[1,2,3]`, []int{400}},
			"invalid UTF-8":        {"{\"text\":\"\xff\xfe\"}", []int{400}},
			"deep nesting":         {strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), []int{400}},
			"deep XML":             {strings.Repeat("<a>", 50_000) + strings.Repeat("</a>", 50_000), []int{400}},
		} {
			if got := send(t, "POST", h.url+r.path, tc.body, r.sign, now); !slices.Contains(tc.want, got) {
				t.Errorf("%s, %s: status %d, want %v", r.path, name, got, tc.want)
			}
		}
	}
	for _, tc := range []struct {
		name, method, path string
		sign               sign
		at                 time.Time
		want               int
	}{
		{"unknown channel", "POST", "/webhooks/wechat/none", asWeChat, now, 404},
		{"a channel of another type", "POST", "/webhooks/wechat/tg", asWeChat, now, 404},
		{"unknown web channel", "POST", "/api/v1/web/none/sessions", unsigned, now, 404},
		{"unknown path", "POST", "/nowhere", unsigned, now, 404},
		{"unknown path of a channel", "POST", "/webhooks/slack/sl/nowhere", asSlack, now, 404},
		{"no secret configured", "POST", "/webhooks/telegram/bare", asTelegram, now, 403},
		{"unsigned", "POST", "/webhooks/slack/sl/events", unsigned, now, 403},
		{"unsigned", "POST", "/webhooks/telegram/tg", unsigned, now, 403},
		{"unsigned", "POST", "/webhooks/wechat/wx", unsigned, now, 403},
		{"stale", "POST", "/webhooks/slack/sl/events", asSlack, now.Add(-10 * time.Minute), 403},
		{"stale", "POST", "/webhooks/wechat/wx", asWeChat, now.Add(-24 * time.Hour), 403},
		{"wrong method", "PUT", "/webhooks/telegram/tg", asTelegram, now, 405},
		{"wrong method", "DELETE", "/api/v1/web/web/messages", unsigned, now, 405},
		{"wrong method", "PATCH", "/api/v1/admin/session", unsigned, now, 405},
		{"wrong method", "POST", "/metrics", unsigned, now, 405},
		{"wrong method", "DELETE", "/readyz", unsigned, now, 405},
		{"a letter written as a number", "POST", "/webhooks/slack/s%6c/events", unsigned, now, 403},
		{"a letter written as a number", "POST", "/api/v1/web/w%65b/messages", unsigned, now, 401},
		{"a slash in an id", "POST", "/webhooks/slack/sl%2Fevents", asSlack, now, 404},
		{"no token", "POST", "/api/v1/web/web/messages", unsigned, now, 401},
		{"not signed in", "GET", "/api/v1/admin/conversations", unsigned, now, 401},
	} {
		if got := send(t, tc.method, h.url+tc.path, `{"id":"1","text":"x"}`, tc.sign, tc.at); got != tc.want {
			t.Errorf("%s: %s %s: status %d, want %d", tc.name, tc.method, tc.path, got, tc.want)
		}
	}
	before := heap()
	for range 20 {
		for _, r := range routes {
			send(t, "POST", h.url+r.path, huge, r.sign, now)
		}
	}
	if grown := int64(heap()) - int64(before); grown > 16<<20 {
		t.Errorf("1.8 GB of refused bodies left %d MB", grown>>20)
	}
	if n := waiting(t, h); n != 0 {
		t.Errorf("%d conversations came of it", n)
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC() // what finalisers held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// waiting counts all conversations.
func waiting(t *testing.T, h house) int {
	t.Helper()
	req, err := http.NewRequest("GET", h.url+"/api/v1/admin/conversations", nil)
	if err != nil {
		t.Fatal(err)
	}
	withToken(h.AgentToken())(req, "", time.Time{})
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var page struct{ Items []json.RawMessage }
	if err := json.NewDecoder(res.Body).Decode(&page); err != nil {
		t.Fatal(err)
	}
	return len(page.Items)
}
