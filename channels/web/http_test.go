package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"frontdesk/channels/problem"
	"frontdesk/core"
)

// reply is any answer of the channel.
type result struct {
	status int
	header http.Header
	raw    string

	Token        string
	Conversation core.ConversationID `json:"conversation_id"`
	Expires      time.Time
	ID           string
	Seq          int64
	Replies      []said
	Items        []said
	Next         string
	problem.Document
}

// call makes a request; header lines are "Name: value".
func (s *site) call(t testing.TB, method, path, token, body string, header ...string) result {
	t.Helper()
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for _, h := range header {
		k, v, _ := strings.Cut(h, ": ")
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	r := result{status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &r); err != nil {
			t.Fatalf("%s %s: %v in %s", method, path, err, raw)
		}
	}
	return r
}

// visitor begins an anonymous session.
func (s *site) visitor(t testing.TB) result {
	t.Helper()
	r := s.call(t, "POST", "/sessions", "", "")
	if r.status != http.StatusCreated || r.Token == "" || r.Conversation == "" {
		t.Fatalf("begin a session: %d %s", r.status, r.raw)
	}
	return r
}

func TestStatuses(t *testing.T) {
	s := open(t, newHouse(echo).gateway(), config{})
	token := s.visitor(t).Token
	text := func(n int) string { return fmt.Sprintf(`{"id":"long%d","text":"%s"}`, n, strings.Repeat("x", n)) }
	for _, tc := range []struct {
		name, method, path, token, body string
		status                          int
		want                            string
	}{
		{"accepted", "POST", "/messages", token, `{"id":"1","text":"hi"}`, 202, `{"id":"1","seq":1}`},
		{"answered", "POST", "/messages?wait=5s", token, `{"id":"2","text":"ho"}`, 200, `"text":"re: ho"`},
		{"again", "POST", "/messages?wait=5s", token, `{"id":"2","text":"ho"}`, 200, `"seq":4`},
		{"again without wait", "POST", "/messages", token, `{"id":"2","text":"ho"}`, 202, `{"id":"2","seq":3}`},
		{"other text", "POST", "/messages?wait=5s", token, `{"id":"2","text":"hu"}`, 409, "choose a new id"},
		{"choice", "POST", "/messages", token, `{"id":"3","text":"Refund","choice":"refund"}`, 202, `"seq":5`},
		{"longest text", "POST", "/messages", token, text(4 << 10), 202, ""},
		{"long text", "POST", "/messages", token, text(4<<10 + 1), 413, "at most 4096"},
		{"long body", "POST", "/messages", token, text(64 << 10), 413, "larger than 65536"},
		{"ten megabytes", "POST", "/messages", token, text(10 << 20), 413, ""},
		{"invalid UTF-8", "POST", "/messages", token, "{\"id\":\"4\",\"text\":\"\xff\"}", 400, "UTF-8"},
		{"not JSON", "POST", "/messages", token, `<xml/>`, 400, "want"},
		{"array", "POST", "/messages", token, `[]`, 400, "want"},
		{"null", "POST", "/messages", token, `null`, 400, "want"},
		{"empty", "POST", "/messages", token, ``, 400, "want"},
		{"unknown field", "POST", "/messages", token, `{"id":"4","text":"x","role":"agent"}`, 400, "nothing else"},
		{"number for id", "POST", "/messages", token, `{"id":4,"text":"x"}`, 400, "want"},
		{"object for text", "POST", "/messages", token, `{"id":"4","text":{"a":1}}`, 400, "want"},
		{"deep", "POST", "/messages", token, `{"id":` + strings.Repeat("[", 20_000), 400, ""},
		{"two objects", "POST", "/messages", token, `{"id":"4","text":"x"}{}`, 400, "follows"},
		{"no id", "POST", "/messages", token, `{"text":"x"}`, 400, "id"},
		{"long id", "POST", "/messages", token, `{"id":"` + strings.Repeat("i", 129) + `","text":"x"}`, 400, "id"},
		{"control in id", "POST", "/messages", token, `{"id":"a\nb","text":"x"}`, 400, "id"},
		{"no text", "POST", "/messages", token, `{"id":"4","text":" \n"}`, 400, "text"},
		{"NUL in text", "POST", "/messages", token, `{"id":"4","text":"a\u0000"}`, 400, "U+0000"},
		{"wait without unit", "POST", "/messages?wait=10", token, `{"id":"4","text":"x"}`, 400, "duration"},
		{"negative wait", "POST", "/messages?wait=-1s", token, `{"id":"4","text":"x"}`, 400, "duration"},
		{"no token", "POST", "/messages", "", `{"id":"1","text":"x"}`, 401, "token"},
		{"forged token", "POST", "/messages", token[:len(token)-2] + "AA", `{"id":"1","text":"x"}`, 401, "token"},
		{"history", "GET", "/messages?after=3&limit=1", token, "", 200, `"next":"4"`},
		{"history, wrong seq", "GET", "/messages?after=x", token, "", 400, "after"},
		{"history, negative seq", "GET", "/messages?after=-1", token, "", 400, "after"},
		{"history, wrong cursor", "GET", "/messages?cursor=x", token, "", 400, "cursor"},
		{"history, wrong limit", "GET", "/messages?limit=0", token, "", 400, "limit"},
		{"history, no token", "GET", "/messages", "", "", 401, "token"},
		{"events, no token", "GET", "/events", "", "", 401, "token"},
		{"events, wrong seq", "GET", "/events?after=x", token, "", 400, "after"},
		{"ws without upgrade", "GET", "/ws", "", "", 426, "WebSocket"},
		{"wrong method", "DELETE", "/messages", token, "", 405, "GET, POST"},
		{"wrong method", "GET", "/sessions", "", "", 405, "POST"},
		{"wrong method", "POST", "/events", token, "", 405, "GET"},
		{"unknown route", "POST", "/files", token, "", 404, ""},
		{"session, wrong body", "POST", "/sessions", "", `{"user":"bob"}`, 400, "want"},
		{"session, number as id", "POST", "/sessions", "", `{"user":{"id":42}}`, 400, "want"},
		{"session, long name", "POST", "/sessions", "", `{"user":{"name":"` + strings.Repeat("n", 129) + `"}}`, 400, "user.name"},
		{"refresh, no token", "POST", "/sessions/refresh", "", "", 401, "token"},
		{"identify, no token", "POST", "/identify", "", `{"user":{"id":"1"}}`, 401, "token"},
		{"identify nobody", "POST", "/identify", token, `{}`, 400, "want"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := s.call(t, tc.method, tc.path, tc.token, tc.body)
			if r.status != tc.status || !strings.Contains(r.raw, tc.want) {
				t.Errorf("got %d %.300s, want %d with %s", r.status, r.raw, tc.status, tc.want)
			}
			ct := r.header.Get("Content-Type")
			if tc.status >= 400 && (ct != "application/problem+json" || r.Status != tc.status || r.Detail == "") {
				t.Errorf("no problem document: %s %s", ct, r.raw)
			}
		})
	}
}

func TestLedgerSaysNo(t *testing.T) {
	for _, tc := range []struct {
		name          string
		accept, await error
		status        int
		retry         string
		logged        bool
	}{
		{"busy", core.ErrBusy, nil, 503, "1", false},
		{"draining", core.ErrDraining, nil, 503, "1", false},
		{"unknown", errors.New("disk full"), nil, 503, "1", true},
		{"input", core.Invalid("no such thing"), nil, 400, "", false},
		{"await draining", nil, core.ErrDraining, 202, "", false},
		{"await fails", nil, errors.New("disk gone"), 202, "", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := newHouse(echo)
			h.acceptErr, h.awaitErr = tc.accept, tc.await
			s := open(t, h.gateway(), config{})
			r := s.call(t, "POST", "/messages?wait=5s", s.visitor(t).Token, `{"id":"1","text":"x"}`)
			if r.status != tc.status || r.header.Get("Retry-After") != tc.retry {
				t.Errorf("got %d, Retry-After %q: %s", r.status, r.header.Get("Retry-After"), r.raw)
			}
			if strings.Contains(r.raw, "disk") || (s.log.Len() > 0) != tc.logged {
				t.Errorf("told %s, logged %q", r.raw, s.log)
			}
		})
	}
}

func TestWaiting(t *testing.T) {
	t.Run("deadline", func(t *testing.T) {
		s := open(t, newHouse(nil).gateway(), config{})
		r := s.call(t, "POST", "/messages?wait=1ms", s.visitor(t).Token, `{"id":"1","text":"x"}`)
		if r.status != 202 || r.ID != "1" || r.Seq != 1 {
			t.Errorf("got %d %s", r.status, r.raw)
		}
	})
	t.Run("a person has it", func(t *testing.T) {
		s := open(t, newHouse(func(string) []core.Event { return []core.Event{} }).gateway(), config{})
		r := s.call(t, "POST", "/messages?wait=5s", s.visitor(t).Token, `{"id":"1","text":"x"}`)
		if r.status != 200 || r.raw != `{"id":"1","replies":[]}` {
			t.Errorf("got %d %s", r.status, r.raw)
		}
	})
	t.Run("more than a minute is cut", func(t *testing.T) {
		for in, want := range map[string]time.Duration{"": 0, "?wait=1h": time.Minute, "?wait=1500ms": 1500 * time.Millisecond} {
			req, err := http.NewRequest("GET", "http://x/"+in, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got, no := waitOf(req.URL); no != nil || got != want {
				t.Errorf("%q: %v %v", in, got, no)
			}
		}
	})
}

func TestReplyFields(t *testing.T) {
	score := 0.75
	s := open(t, newHouse(func(string) []core.Event {
		return []core.Event{{Role: core.BotRole, Score: &score, Verdict: core.VerdictClarified, Parts: []core.Part{
			{Text: "Which <one>?"}, {Kind: core.Choice, Text: "Refund", Value: "refund"},
			{Kind: core.Link, Text: "bad", URL: "javascript:alert(1)"}, {Kind: core.Image, Text: "pic", URL: "https://x/y.png"}},
			Citations: []core.Citation{{Doc: "a.pdf", Title: "A", Page: 3, Quote: "q"}}}}
	}).gateway(), config{})
	v := s.visitor(t)
	r := s.call(t, "POST", "/messages?wait=5s", v.Token, `{"id":"1","text":"x"}`)
	want := `{"id":"1","replies":[{"id":"` + string(v.Conversation) + `/2","seq":2,"turn":1,"role":"bot","text":"Which \u003cone\u003e?\nbad\npic",` +
		`"choices":[{"text":"Refund","value":"refund"}],"parts":[{"kind":"link","text":"bad"},{"kind":"image","text":"pic","url":"https://x/y.png"}],` +
		`"citations":[{"doc":"a.pdf","title":"A","page":3,"quote":"q"}],"confidence":0.75,"outcome":"clarified"}]}`
	if r.raw != want {
		t.Errorf("got  %s\nwant %s", r.raw, want)
	}
}

func TestEnvelope(t *testing.T) {
	h := newHouse(echo)
	s := open(t, h.gateway(), config{})
	v := s.visitor(t)
	s.call(t, "POST", "/messages", v.Token, `{"id":"c1","text":"Refund","choice":"refund"}`)
	e := h.envelopes[0]
	if !e.Pull || e.Native != string(v.Conversation)+"/c1" || e.Address != string(v.Conversation) || e.Conversation != v.Conversation ||
		e.Channel != "web" || e.Bot != "default" || e.Workspace != core.DefaultWorkspace || e.Contact.Level != core.Anonymous ||
		e.Parts[0] != (core.Part{Kind: core.Choice, Text: "Refund", Value: "refund"}) {
		t.Errorf("%+v", e)
	}
	other := s.visitor(t) // clients choose their ids, so two may choose the same
	if r := s.call(t, "POST", "/messages?wait=5s", other.Token, `{"id":"c1","text":"else"}`); r.status != 200 {
		t.Errorf("another visitor's id: %d %s", r.status, r.raw)
	}
}

func TestHistoryPages(t *testing.T) {
	s := open(t, newHouse(echo).gateway(), config{})
	token := s.visitor(t).Token
	if r := s.call(t, "GET", "/messages", token, ""); r.raw != `{"items":[],"next":""}` {
		t.Fatalf("before the first message: %s", r.raw)
	}
	for i := range 4 {
		s.call(t, "POST", "/messages", token, fmt.Sprintf(`{"id":"%d","text":"m%d"}`, i, i))
	}
	var texts []string
	for cursor := ""; ; {
		r := s.call(t, "GET", "/messages?limit=3&cursor="+cursor, token, "")
		for _, it := range r.Items {
			texts = append(texts, it.Text)
		}
		if cursor = r.Next; cursor == "" {
			break
		}
	}
	if got := strings.Join(texts, ","); got != "m0,re: m0,m1,re: m1,m2,re: m2,m3,re: m3" {
		t.Error(got)
	}
}
