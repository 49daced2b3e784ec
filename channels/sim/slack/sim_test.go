package slack_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	sim "frontdesk/channels/sim/slack"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// app is a Slack app that notes what it is told and answers as it is bidden.
type app struct {
	mu      sync.Mutex
	got     []http.Header
	events  []map[string]any
	status  []int // by delivery; 200 when used up
	respond string
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.got = append(a.got, r.Header.Clone())
	var ev map[string]any
	if r.URL.Path == "/events" {
		_ = json.Unmarshal(body, &ev)
	} else {
		f, _ := url.ParseQuery(string(body))
		_ = json.Unmarshal([]byte(f.Get("payload")), &ev)
	}
	a.events = append(a.events, ev)
	if len(a.status) > 0 {
		w.WriteHeader(a.status[0])
		a.status = a.status[1:]
	}
	_, _ = io.WriteString(w, a.respond)
}

func (a *app) seen() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.events)
}

func (a *app) inner(i int) map[string]any {
	a.mu.Lock()
	defer a.mu.Unlock()
	ev, _ := a.events[i]["event"].(map[string]any)
	return ev
}

// clock lets the test say when deliveries are due again.
type clock struct {
	asked chan time.Duration
	fire  chan time.Time
}

func newClock() *clock {
	return &clock{make(chan time.Duration, 10), make(chan time.Time)}
}

func (c *clock) after(d time.Duration) <-chan time.Time {
	c.asked <- d
	return c.fire
}

func start(t *testing.T, o sim.Options) (*sim.Server, *app) {
	t.Helper()
	s, err := sim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	a := &app{}
	hook := httptest.NewServer(a)
	t.Cleanup(func() { s.Close(); hook.Close() })
	s.Connect(hook.URL)
	s.AddPerson(sim.Person{ID: "U1", Name: "Ann", Locale: "en-GB"})
	s.AddRoom(sim.Room{ID: "C1", Name: "general"})
	return s, a
}

func call(t *testing.T, s *sim.Server, method, token string, args url.Values) (int, map[string]any) {
	t.Helper()
	req, _ := http.NewRequest(http.MethodPost, s.APIURL()+"/"+method, strings.NewReader(args.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close(); http.DefaultClient.CloseIdleConnections() }()
	var out map[string]any
	_ = json.NewDecoder(res.Body).Decode(&out)
	return res.StatusCode, out
}

const token = "xoxb-sim-bot"

func TestPeopleAreHeardAsSlackTells(t *testing.T) {
	s, a := start(t, sim.Options{})
	ts, err := s.As("U1").Say("C1", "@frontdesk is a < b & c?")
	if err != nil {
		t.Fatal(err)
	}
	if a.seen() != 2 || a.inner(0)["type"] != "message" || a.inner(1)["type"] != "app_mention" {
		t.Fatalf("a mention is told as %d events: %v", a.seen(), a.events)
	}
	if got, want := a.inner(0)["text"], "<@U0BOT> is a &lt; b &amp; c?"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	if a.inner(0)["ts"] != ts || a.inner(1)["ts"] != ts {
		t.Error("both events name the same post")
	}
	if _, err := s.As("U1").DM("hi"); err != nil || a.inner(2)["channel_type"] != "im" {
		t.Errorf("a DM: %v %v", err, a.inner(2))
	}
	if seen := s.Transcript("C1"); len(seen) != 1 || seen[0].Text != "@frontdesk is a < b & c?" || seen[0].Author != "Ann" {
		t.Errorf("people see %+v", seen)
	}
}

func TestDeliveriesComeAgainOnlyWithoutTwoHundred(t *testing.T) {
	c := newClock()
	s, a := start(t, sim.Options{After: c.after})
	a.status = []int{503, 500, 302}
	if _, err := s.As("U1").DM("hello"); err != nil {
		t.Fatal(err)
	}
	// The second try comes at once, the third after a minute, the last after 5.
	for _, want := range []time.Duration{time.Minute, 5 * time.Minute} {
		if d := <-c.asked; d != want {
			t.Errorf("waits %v, want %v", d, want)
		}
		c.fire <- time.Time{}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := s.Idle(ctx); err != nil {
		t.Fatal(err)
	}
	if a.seen() != 4 {
		t.Fatalf("%d deliveries, want 4", a.seen())
	}
	for i, h := range a.got {
		num, reason := h.Get("X-Slack-Retry-Num"), h.Get("X-Slack-Retry-Reason")
		if want := []string{"", "1", "2", "3"}[i]; num != want || (i > 0) != (reason == "http_error") {
			t.Errorf("delivery %d says %q %q", i, num, reason)
		}
		if a.events[i]["event_id"] != a.events[0]["event_id"] {
			t.Error("each try has the same event_id")
		}
	}
}

func TestSlowAnswersCountAsNone(t *testing.T) {
	s, err := sim.New(sim.Options{Patience: 30 * time.Millisecond, After: newClock().after})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var n sync.WaitGroup
	n.Add(2)
	reasons := make(chan string, 2)
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer n.Done()
		reasons <- r.Header.Get("X-Slack-Retry-Reason")
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Length", "5") // begun, never complete
		w.WriteHeader(200)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer hook.Close()
	s.Connect(hook.URL)
	s.AddPerson(sim.Person{ID: "U1", Name: "Ann"})
	if _, err := s.As("U1").DM("hello"); err != nil {
		t.Fatal(err)
	}
	if a, b := <-reasons, <-reasons; a != "" || b != "http_timeout" {
		t.Errorf("reasons %q, %q", a, b)
	}
}

func TestNoRetryIsHonoured(t *testing.T) {
	s, err := sim.New(sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n := 0
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n++
		w.Header().Set("X-Slack-No-Retry", "1")
		w.WriteHeader(400)
	}))
	defer hook.Close()
	s.Connect(hook.URL)
	s.AddPerson(sim.Person{ID: "U1", Name: "Ann"})
	_, _ = s.As("U1").DM("hello")
	if err := s.Idle(t.Context()); err != nil || n != 1 {
		t.Errorf("%d deliveries, %v", n, err)
	}
}

func TestRefusals(t *testing.T) {
	s, _ := start(t, sim.Options{})
	s.AddRoom(sim.Room{ID: "C2", Without: true})
	s.AddRoom(sim.Room{ID: "C3", Archived: true})
	long := strings.Repeat("x", 3001)
	blocks := func(js string) url.Values { return url.Values{"channel": {"C1"}, "text": {"t"}, "blocks": {js}} }
	for _, c := range []struct {
		name, method, token string
		args                url.Values
		want                string
	}{
		{"no token", "auth.test", "", nil, "not_authed"},
		{"wrong token", "auth.test", "xoxb-other", nil, "invalid_auth"},
		{"wrong kind", "auth.test", "xapp-sim-app", nil, "not_allowed_token_type"},
		{"unknown method", "chat.meMessage", token, nil, "unknown_method"},
		{"no channel", "chat.postMessage", token, url.Values{"text": {"a"}}, "channel_not_found"},
		{"not in it", "chat.postMessage", token, url.Values{"channel": {"C2"}, "text": {"a"}}, "not_in_channel"},
		{"archived", "chat.postMessage", token, url.Values{"channel": {"C3"}, "text": {"a"}}, "is_archived"},
		{"nothing to say", "chat.postMessage", token, url.Values{"channel": {"C1"}}, "no_text"},
		{"too long", "chat.postMessage", token, url.Values{"channel": {"C1"}, "text": {strings.Repeat("x", 40001)}}, "msg_too_long"},
		{"long section", "chat.postMessage", token, blocks(`[{"type":"section","text":{"type":"mrkdwn","text":"` + long + `"}}]`), "invalid_blocks"},
		{"id twice", "chat.postMessage", token, blocks(`[{"type":"actions","elements":[
			{"type":"button","action_id":"a","text":{"type":"plain_text","text":"A"}},
			{"type":"button","action_id":"a","text":{"type":"plain_text","text":"B"}}]}]`), "invalid_blocks"},
		{"unknown block", "chat.postMessage", token, blocks(`[{"type":"hologram"}]`), "invalid_blocks"},
		{"not its own", "chat.update", token, url.Values{"channel": {"C1"}, "ts": {"1.000001"}, "text": {"a"}}, "message_not_found"},
		{"no such person", "users.info", token, url.Values{"user": {"U9"}}, "user_not_found"},
		{"no trigger", "views.open", token, url.Values{"trigger_id": {"x"}, "view": {"{}"}}, "invalid_trigger_id"},
		{"no reaction", "reactions.remove", token, url.Values{"channel": {"C1"}, "timestamp": {"1.0"}, "name": {"eyes"}}, "message_not_found"},
	} {
		if _, out := call(t, s, c.method, c.token, c.args); out["error"] != c.want {
			t.Errorf("%s: %v, want %s", c.name, out, c.want)
		}
	}
}

func TestRateLimit(t *testing.T) {
	now := time.Unix(1000, 0)
	var mu sync.Mutex
	s, _ := start(t, sim.Options{PerSecond: 1, Now: func() time.Time { mu.Lock(); defer mu.Unlock(); return now }})
	say := url.Values{"channel": {"C1"}, "text": {"a"}}
	codes := []int{}
	for range 2 {
		code, _ := call(t, s, "chat.postMessage", token, say)
		codes = append(codes, code)
	}
	mu.Lock()
	now = now.Add(time.Second)
	mu.Unlock()
	code, _ := call(t, s, "chat.postMessage", token, say)
	if codes = append(codes, code); !slices.Equal(codes, []int{200, 429, 200}) {
		t.Errorf("statuses %v", codes)
	}
}

func TestWhatPeopleSee(t *testing.T) {
	s, _ := start(t, sim.Options{})
	post := func(text string) {
		call(t, s, "chat.postMessage", token, url.Values{"channel": {"C1"}, "text": {text}})
	}
	post("*Fees* for <https://x.test/a?b=1&amp;c=2|the plan>: _low_ &amp; `fair`, <@U1>")
	post("<!channel> *粗*\u200b体")
	seen := s.Transcript("C1")
	if got, want := seen[0].Text, "Fees for the plan: low & fair, @Ann"; got != want {
		t.Errorf("reads %q, want %q", got, want)
	}
	if l := seen[0].Links; len(l) != 1 || l[0].URL != "https://x.test/a?b=1&c=2" {
		t.Errorf("links %v", l)
	}
	if !slices.Equal(seen[0].Pings, []string{"@Ann"}) || !slices.Equal(seen[1].Pings, []string{"@channel"}) {
		t.Errorf("pings %v, %v", seen[0].Pings, seen[1].Pings)
	}
	if seen[1].Text != "@channel 粗体" || !seen[1].App {
		t.Errorf("reads %+v", seen[1])
	}
}

func TestLostAnswersAndFaults(t *testing.T) {
	s, _ := start(t, sim.Options{})
	s.Fail("chat.postMessage", sim.Fault{Lost: true}, sim.Fault{Status: 429, RetryAfter: 7 * time.Second}, sim.Fault{Error: "missing_scope", Needed: "chat:write"})
	if _, err := http.PostForm(s.APIURL()+"/chat.postMessage", url.Values{"token": {token}, "channel": {"C1"}, "text": {"a"}}); err == nil {
		t.Error("the answer should be lost")
	}
	if code, _ := call(t, s, "chat.postMessage", token, nil); code != 429 {
		t.Errorf("status %d", code)
	}
	if _, out := call(t, s, "chat.postMessage", token, nil); out["needed"] != "chat:write" {
		t.Errorf("%v", out)
	}
	if n := len(s.Transcript("C1")); n != 1 {
		t.Errorf("%d messages; the lost one was posted", n)
	}
}

func TestConcurrentUse(t *testing.T) {
	s, a := start(t, sim.Options{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5 {
				if _, err := s.As("U1").DM("hello"); err != nil {
					t.Error(err)
				}
				s.Transcript("D1")
			}
		})
	}
	wg.Wait()
	seen := s.Transcript("D1")
	if len(seen) != 40 || a.seen() != 40 {
		t.Fatalf("%d seen, %d told", len(seen), a.seen())
	}
	if !slices.IsSortedFunc(seen, func(x, y sim.Seen) int { return strings.Compare(x.TS, y.TS) }) {
		t.Error("messages are in order")
	}
}
