package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/channels"
	sim "frontdesk/channels/sim/telegram"
	"frontdesk/core"
)

// fake is a gateway that keeps what it accepts by its id.
type fake struct {
	mu    sync.Mutex
	fail  []error // of the next calls
	known map[string][]byte
	got   []core.Envelope
}

func (f *fake) accept(_ context.Context, e core.Envelope) (core.Receipt, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.fail) > 0 {
		err := f.fail[0]
		f.fail = f.fail[1:]
		if err != nil {
			return core.Receipt{}, err
		}
	}
	if f.known == nil {
		f.known = map[string][]byte{}
	}
	if d, ok := f.known[e.Native]; ok {
		if string(d) != string(e.Digest()) {
			return core.Receipt{}, &core.ConflictError{Native: e.Native}
		}
		return core.Receipt{}, nil
	}
	f.known[e.Native] = e.Digest()
	f.got = append(f.got, e)
	return core.Receipt{Fresh: true}, nil
}

func (f *fake) natives() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []string
	for _, e := range f.got {
		out = append(out, e.Native)
	}
	return out
}

// opened is a channel over f whose config is cfg.
func opened(t testing.TB, f *fake, cfg config) *Channel {
	t.Helper()
	ch, err := Open(channels.Settings{ID: "tg", Bot: "default", Workspace: "w", MaxText: 64, MaxBody: 4096,
		Gateway: channels.Gateway{Accept: f.accept},
		Decode:  func(into any) error { *into.(*config) = cfg; return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return ch.(*Channel)
}

func serve(c *Channel, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	c.Hook().ServeHTTP(w, r)
	return w
}

var instant = time.Unix(1_780_000_000, 0)

func TestHookRefuses(t *testing.T) {
	good := said(instant, 11, 1)
	deep := func(n int) []byte {
		return []byte(`{"update_id":1,"x":` + strings.Repeat("[", n) + strings.Repeat("]", n) + "}")
	}
	req := func(method, path, secret string, body []byte) *http.Request {
		r := post(body, secret)
		r.Method, r.URL.Path = method, path
		return r
	}
	for _, c := range []struct {
		name   string
		secret string // configured
		r      *http.Request
		status int
		detail string
	}{
		{"no secret configured", "", req("POST", "/", "", good), 403, "no secret_token"},
		{"no secret configured, one sent", "", req("POST", "/", "x", good), 403, "no secret_token"},
		{"missing header", testSecret, req("POST", "/", "", good), 403, "missing or wrong"},
		{"wrong header", testSecret, req("POST", "/", testSecret+"x", good), 403, "missing or wrong"},
		{"shorter header", testSecret, req("POST", "/", testSecret[:5], good), 403, "missing or wrong"},
		{"GET", testSecret, req("GET", "/", testSecret, nil), 405, "POST"},
		{"PUT", testSecret, req("PUT", "/", testSecret, good), 405, "POST"},
		{"another path", testSecret, req("POST", "/events", testSecret, good), 404, "one route"},
		{"too large", testSecret, req("POST", "/", testSecret, make([]byte, 4097)), 413, "larger"},
		{"empty", testSecret, req("POST", "/", testSecret, nil), 400, "not JSON"},
		{"not JSON", testSecret, req("POST", "/", testSecret, []byte("hello")), 400, "not JSON"},
		{"cut off", testSecret, req("POST", "/", testSecret, good[:40]), 400, "not JSON"},
		{"two documents", testSecret, req("POST", "/", testSecret, append(slices.Clone(good), good...)), 400, "not JSON"},
		{"an array", testSecret, req("POST", "/", testSecret, []byte("[]")), 400, "wrong type"},
		{"null", testSecret, req("POST", "/", testSecret, []byte("null")), 400, "update_id"},
		{"no id", testSecret, req("POST", "/", testSecret, []byte(`{"message":{}}`)), 400, "update_id"},
		{"a negative id", testSecret, req("POST", "/", testSecret, []byte(`{"update_id":-1}`)), 400, "update_id"},
		{"id is text", testSecret, req("POST", "/", testSecret, []byte(`{"update_id":"1"}`)), 400, "update_id has the wrong type"},
		{"id is huge", testSecret, req("POST", "/", testSecret, []byte(`{"update_id":1e99}`)), 400, "wrong type"},
		{"text is a number", testSecret, req("POST", "/", testSecret, []byte(`{"update_id":1,"message":{"text":5}}`)), 400, "message.text has the wrong type"},
		{"chat is text", testSecret, req("POST", "/", testSecret, []byte(`{"update_id":1,"message":{"chat":"me"}}`)), 400, "wrong type"},
		{"invalid UTF-8", testSecret, req("POST", "/", testSecret, []byte("{\"update_id\":1,\"x\":\"\xff\"}")), 400, "UTF-8"},
		{"nested too deeply", testSecret, req("POST", "/", testSecret, deep(64)), 400, "nested"},
		{"nested deeply enough", testSecret, req("POST", "/", testSecret, deep(63)), 200, ""},
		{"brackets in a string", testSecret, req("POST", "/", testSecret, []byte(`{"update_id":1,"x":"\"`+strings.Repeat("[", 99)+`"}`)), 200, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &fake{}
			w := serve(opened(t, f, config{Token: testToken, SecretToken: c.secret}), c.r)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.detail) {
				t.Fatalf("got %d %s, want %d %q", w.Code, w.Body, c.status, c.detail)
			}
			if c.status != 200 && w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("no problem document: %v", w.Header())
			}
			if c.status == 405 && w.Header().Get("Allow") != "POST" {
				t.Error("405 without Allow")
			}
			if len(f.got) != 0 || strings.Contains(w.Body.String(), testSecret) {
				t.Errorf("stored %v, or said the secret: %s", f.got, w.Body)
			}
		})
	}
}

func TestHookStoresOnce(t *testing.T) {
	f := &fake{fail: []error{core.ErrBusy, errors.New("disk full")}}
	c := opened(t, f, config{Token: testToken, SecretToken: testSecret})
	for i, want := range []int{503, 503, 200, 200, 200} {
		w := serve(c, post(said(instant, 11, 1), testSecret))
		if w.Code != want || want == 503 && w.Header().Get("Retry-After") == "" || strings.Contains(w.Body.String(), "disk") {
			t.Fatalf("delivery %d: %d %s, want %d", i, w.Code, w.Body, want)
		}
	}
	if got := f.natives(); !slices.Equal(got, []string{"9001"}) {
		t.Fatalf("accepted %v", got)
	}
	if e := f.got[0]; e.Text() != "hello 1" || e.Address != "11" || e.Contact.Level != core.Verified {
		t.Errorf("envelope %+v", e)
	}
}

// Telegram keeps updates for a day: an old one is a message like any other.
func TestHookTakesOldMessages(t *testing.T) {
	f := &fake{}
	c := opened(t, f, config{Token: testToken, SecretToken: testSecret})
	if w := serve(c, post(said(instant.Add(-23*time.Hour), 11, 1), testSecret)); w.Code != 200 || len(f.got) != 1 {
		t.Fatalf("status %d, stored %d", w.Code, len(f.got))
	}
}

// An update_id used before by another message, as may be after a quiet week.
func TestHookKeepsAMessageWhoseIDWasUsed(t *testing.T) {
	f := &fake{}
	c := opened(t, f, config{Token: testToken, SecretToken: testSecret})
	other := strings.Replace(string(said(instant.Add(time.Hour), 11, 1)), "hello", "goodbye", 1)
	for range 2 {
		serve(c, post(said(instant, 11, 1), testSecret))
		if w := serve(c, post([]byte(other), testSecret)); w.Code != 200 {
			t.Fatalf("status %d", w.Code)
		}
	}
	if got := f.natives(); !slices.Equal(got, []string{"9001", "9001@1780003600"}) {
		t.Fatalf("accepted %v", got)
	}
}

func TestHookCutsLongText(t *testing.T) {
	f := &fake{}
	c := opened(t, f, config{Token: testToken, SecretToken: testSecret})
	long := strings.Replace(string(said(instant, 11, 1)), "hello", strings.Repeat("字", 40), 1)
	if w := serve(c, post([]byte(long), testSecret)); w.Code != 200 {
		t.Fatalf("status %d", w.Code)
	}
	if got := f.got[0].Text(); got != strings.Repeat("字", 21) {
		t.Errorf("text %q, %d bytes", got, len(got))
	}
}

func TestHookStopsTheSpinner(t *testing.T) {
	f := &fake{}
	c := opened(t, f, config{Token: testToken, SecretToken: testSecret})
	w := serve(c, post([]byte(`{"update_id":5,"callback_query":{"id":"77","from":{"id":11,"first_name":"Lin"},
		"message":{"message_id":3,"chat":{"id":11,"type":"private"}},"data":"y"}}`), testSecret))
	var call map[string]string
	if err := json.Unmarshal(w.Body.Bytes(), &call); err != nil || w.Code != 200 ||
		call["method"] != "answerCallbackQuery" || call["callback_query_id"] != "77" {
		t.Fatalf("%d %s %v", w.Code, w.Body, err)
	}
	if p := f.got[0].Parts[0]; p.Kind != core.Choice || p.Value != "y" {
		t.Errorf("part %+v", p)
	}
}

// A mention in a group can only be judged by the bot's name: until it is
// known, Telegram is asked to come again; then it is asked for once.
func TestHookAsksForTheNameOnce(t *testing.T) {
	s := sim.New(sim.Options{Token: testToken, Username: "shop_bot"})
	api := httptest.NewServer(s)
	defer api.Close()
	defer s.Close()
	f := &fake{}
	c := opened(t, f, config{Token: testToken, SecretToken: testSecret, APIBaseURL: api.URL})
	defer c.s.HTTP.CloseIdleConnections()
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	s.Fail("getMe", sim.Fault{Status: 500})
	mention := []byte(`{"update_id":6,"message":{"message_id":3,"from":{"id":11},"chat":{"id":-5,"type":"group"},
		"text":"@shop_bot hi","entities":[{"type":"mention","offset":0,"length":9}]}}`)
	if w := serve(c, post(mention, testSecret)); w.Code != 503 {
		t.Fatalf("status %d while the name is unknown", w.Code)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if w := serve(c, post(mention, testSecret)); w.Code != 200 {
				t.Errorf("status %d", w.Code)
			}
		})
	}
	all.Wait()
	if n := s.Calls("getMe"); n != 2 || len(f.got) != 1 || f.got[0].Text() != "hi" {
		t.Errorf("getMe was called %d times; accepted %+v", n, f.got)
	}
}

func TestHookSurvivesABrokenBody(t *testing.T) {
	c := opened(t, &fake{}, config{Token: testToken, SecretToken: testSecret})
	r := post(nil, testSecret)
	r.Body = io.NopCloser(broken{})
	if w := serve(c, r); w.Code != 400 {
		t.Errorf("status %d", w.Code)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func FuzzWebhook(f *testing.F) {
	for _, body := range fuzzSeeds(f) {
		f.Add(body)
	}
	g := &fake{}
	c := opened(f, g, config{Token: testToken, SecretToken: testSecret})
	c.self.name.Store(new(string)) // no network
	f.Fuzz(func(t *testing.T, body []byte) {
		g.got, g.known = nil, nil
		w := serve(c, post(body, testSecret))
		switch {
		case w.Code == 200 || w.Code == 400 || w.Code == 413:
		default:
			t.Fatalf("status %d", w.Code)
		}
		for _, e := range g.got {
			if w.Code != 200 || e.Address == "" || e.Native == "" || len(e.Parts) == 0 {
				t.Fatalf("status %d with %+v", w.Code, e)
			}
			for _, p := range e.Parts {
				if len(p.Text) > 64 || p.Size < 0 {
					t.Fatalf("part %+v", p)
				}
			}
		}
	})
}
