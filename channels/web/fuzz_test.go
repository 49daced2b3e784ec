package web

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"frontdesk/channels"
	"frontdesk/core"
)

// FuzzMessage: whatever comes is taken as it was meant or refused as 400 or 413.
func FuzzMessage(f *testing.F) {
	for _, s := range []string{`{"id":"1","text":"hi"}`, `{"id":"1","text":"Refund","choice":"refund"}`, `{"id":1}`, `{"ID":"1","text":"x"}`, "{\"id\":\"\xff\",\"text\":\"x\"}",
		`{"id":"1","text":"\ud800"}`, `{"id":"1","text":"x"}{}`, strings.Repeat(`{"id":`, 1000), `[]`, `null`, ``, `{"id":"1","id":"2","text":"x"}`} {
		f.Add([]byte(s))
	}
	const text = 100
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, no := parseMessage(raw, text)
		if no != nil {
			if no.status != http.StatusBadRequest && no.status != http.StatusRequestEntityTooLarge || no.detail == "" {
				t.Errorf("refused as %d %q", no.status, no.detail)
			}
			return
		}
		if m.ID == "" || len(m.ID) > maxID || strings.TrimSpace(m.Text) == "" || len(m.Text) > text || strings.ContainsRune(m.ID+m.Text, 0) || !utf8.ValidString(m.ID+m.Text) {
			t.Errorf("taken: %+v", m)
		}
		var any map[string]any
		if err := json.Unmarshal(raw, &any); err != nil {
			t.Errorf("taken, but no JSON object: %v", err)
		}
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if again, no := parseMessage(b, text); no != nil || again != m {
			t.Errorf("%+v became %+v (%v)", m, again, no)
		}
	})
}

// FuzzToken: nothing but our own tokens opens, and what signed payloads hold
// never crashes the parser.
func FuzzToken(f *testing.F) {
	g := signer{s: channels.Settings{ID: "web", Secret: func(_ context.Context, _ string, n int) ([]byte, error) { return bytes.Repeat([]byte{9}, n), nil }}}
	now := time.Unix(1_800_000_000, 0)
	own, err := g.seal(f.Context(), session{conv: "c", level: core.Claimed, user: visitor{ID: "1"}, began: 1, expires: now.Unix() + 5})
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{own, "", "fdw_", own + "A", own[:20], "fdw_" + strings.Repeat("A", 3000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, token string) {
		s, err := g.open(t.Context(), token, now)
		if err == nil && token != own {
			t.Errorf("%q opened as %+v", token, s)
		}
		if s, err := parseSession([]byte(token)); err == nil && s.conv == "" {
			t.Errorf("payload %q is nobody's", token)
		}
	})
}

func BenchmarkToken(b *testing.B) {
	g := signer{s: channels.Settings{ID: "web", Secret: func(_ context.Context, _ string, n int) ([]byte, error) { return make([]byte, n), nil }}}
	now := time.Now()
	token, err := g.seal(b.Context(), session{conv: core.ConversationID(core.NewID(now)), began: now.Unix(), expires: now.Unix() + 100})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := g.open(b.Context(), token, now); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	score := 0.83
	evs := []core.Event{{Seq: 2, Turn: 1, Role: core.BotRole, Score: &score, Verdict: core.VerdictAnswered, At: time.Now(),
		Parts:     []core.Part{{Text: strings.Repeat("An answer of some length, 以及中文。", 8)}},
		Citations: []core.Citation{{Doc: "returns.pdf", Title: "Returns", Page: 2, Quote: strings.Repeat("quoted ", 20)}}}}
	b.ReportAllocs()
	for b.Loop() {
		w := discard{http.Header{}}
		answer(w, 200, answered{"1", replies("0199a3b4-0000-7000-8000-000000000000", evs)})
	}
}

type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

func BenchmarkParse(b *testing.B) {
	raw := []byte(`{"id":"0f8fad5bd9cb469fa16570867728950e","text":"How do I return an item I bought last week?"}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, no := parseMessage(raw, 1000); no != nil {
			b.Fatal(no)
		}
	}
}

// BenchmarkPost is everything between net/http and the ledger, and back.
func BenchmarkPost(b *testing.B) {
	s := open(b, channels.Gateway{
		Accept: func(_ context.Context, e core.Envelope) (core.Receipt, error) {
			return core.Receipt{Turn: core.TurnID{Conversation: e.Conversation, Seq: 1}}, nil
		},
		Await: func(context.Context, core.TurnID) ([]core.Event, error) { return echo("hi"), nil },
	}, config{})
	token := s.visitor(b).Token
	h := s.Hook()
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("POST", "/messages?wait=5s", strings.NewReader(`{"id":"1","text":"hi"}`))
		r.Header.Set("Authorization", "Bearer "+token)
		h.ServeHTTP(discard{http.Header{}}, r)
	}
}
