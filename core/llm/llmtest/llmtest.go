// Package llmtest is the contract of a language model provider, as tests, with
// servers that play its API well and badly.
package llmtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/core/llm"
)

// Target is a provider under test.
type Target struct {
	Dialect Dialect
	// New makes the provider named "tested" of the model "model-1" at a server's URL.
	New func(url, key string) llm.Provider
	// RateLimit and Filter are the provider's words within a stream for these.
	RateLimit string
}

const key = "sk-test-0123456789"

// ask is a request with nothing special.
var ask = llm.Request{Messages: []llm.Message{{Role: llm.System, Text: "Be brief."}, {Role: llm.User, Text: "你好"}}}

// Run holds a provider to the contract.
func Run(t *testing.T, g Target) {
	for name, test := range map[string]func(*testing.T, Target){
		"says": says, "sends": sends, "calls": calls, "json": jsonMode, "statuses": statuses, "broken": broken,
		"refuses": refuses, "canceled": canceled, "secrets": secrets, "strange": strange, "redirect": redirect, "concurrent": concurrent,
	} {
		t.Run(name, func(t *testing.T) { test(t, g) })
	}
}

// one asks a server that plays s once.
func (g Target) one(t *testing.T, s Script, r llm.Request, on func(llm.Delta)) (llm.Answer, error, *Server) {
	t.Helper()
	srv := NewServer(t, g.Dialect, func(int) Script { return s })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	a, err := g.New(srv.URL, key).Generate(ctx, r, on)
	return a, err, srv
}

func says(t *testing.T, g Target) {
	for name, tc := range map[string]struct {
		s    Script
		want llm.Answer
	}{
		"usage":    {Script{Pieces: []string{"Hel", "lo ", "世", "界\n\"x\""}, In: 12, Out: 5}, llm.Answer{Text: "Hello 世界\n\"x\"", Stop: llm.StopEnd, Usage: llm.Usage{In: 12, Out: 5, Known: true}}},
		"no usage": {Script{Pieces: []string{"ok"}}, llm.Answer{Text: "ok", Stop: llm.StopEnd}},
		"length":   {Script{Pieces: []string{"cut"}, Stop: llm.StopLength, In: 1, Out: 1}, llm.Answer{Text: "cut", Stop: llm.StopLength, Usage: llm.Usage{In: 1, Out: 1, Known: true}}},
	} {
		t.Run(name, func(t *testing.T) {
			var pieces []string
			a, err, _ := g.one(t, tc.s, ask, func(d llm.Delta) { pieces = append(pieces, d.Text) })
			if err != nil {
				t.Fatal(err)
			}
			if strings.Join(pieces, "|") != strings.Join(tc.s.Pieces, "|") {
				t.Errorf("pieces %q", pieces)
			}
			if a.Text != tc.want.Text || a.Stop != tc.want.Stop || a.Provider != "tested" || a.Model != "scripted-1" || a.Usage.Known != tc.want.Usage.Known ||
				a.Usage.Known && a.Usage != tc.want.Usage {
				t.Errorf("answer %+v", a)
			}
			if _, err, _ := g.one(t, tc.s, ask, nil); err != nil {
				t.Errorf("with nobody listening: %v", err)
			}
		})
	}
}

func sends(t *testing.T, g Target) {
	r := llm.Request{JSON: true, MaxTokens: 77,
		Tools: []llm.Function{{Name: "order", Description: "Looks up an order.", Schema: json.RawMessage(`{"type":"object","properties":{"no":{"type":"string"}},"required":["no"]}`)}},
		Messages: []llm.Message{
			{Role: llm.System, Text: "Be brief."},
			{Role: llm.User, Text: "Where is <it>? 在哪", Images: []llm.Image{{MIME: "image/png", Data: []byte{1, 2, 3, 255}}}},
			{Role: llm.Assistant, Text: "I look.", Calls: []llm.Call{{ID: "call_1", Name: "order", Arguments: json.RawMessage(`{"no":"42"}`)}}},
			{Role: llm.Tool, CallID: "call_1", Text: `{"state":"sent"}`},
		}}
	_, err, srv := g.one(t, Script{Pieces: []string{`{"a":1}`}}, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := srv.Seen()[0]
	if s.Key != key || s.Model != "model-1" || !s.Stream || !s.JSON || s.MaxTokens != 77 {
		t.Errorf("request %+v", s)
	}
	if len(s.Tools) != 1 || s.Tools[0].Name != "order" || s.Tools[0].Description == "" || !bytes.Contains(s.Tools[0].Schema, []byte(`"no"`)) || !bytes.Contains(s.Tools[0].Schema, []byte(`required`)) {
		t.Errorf("tools %+v", s.Tools)
	}
	if len(s.Messages) != len(r.Messages) {
		t.Fatalf("messages %+v", s.Messages)
	}
	for i, m := range r.Messages {
		got := s.Messages[i]
		if got.Role != m.Role || got.Text != m.Text || got.CallID != m.CallID || len(got.Images) != len(m.Images) || len(got.Calls) != len(m.Calls) {
			t.Errorf("message %d: %+v, want %+v", i, got, m)
			continue
		}
		if len(m.Images) > 0 && (!bytes.Equal(got.Images[0].Data, m.Images[0].Data) || got.Images[0].MIME != m.Images[0].MIME) {
			t.Errorf("image %+v", got.Images[0])
		}
		if len(m.Calls) > 0 && (got.Calls[0].ID != m.Calls[0].ID || got.Calls[0].Name != m.Calls[0].Name || string(got.Calls[0].Arguments) != string(m.Calls[0].Arguments)) {
			t.Errorf("call %+v", got.Calls[0])
		}
	}
}

func calls(t *testing.T, g Target) {
	want := []llm.Call{{ID: "a1", Name: "order", Arguments: json.RawMessage(`{"no":"42","名":"键"}`)}, {ID: "a2", Name: "weather", Arguments: json.RawMessage(`{"city":"Oslo"}`)}}
	a, err, _ := g.one(t, Script{Pieces: []string{"I look."}, Calls: want, In: 3, Out: 2}, ask, nil)
	if err != nil || a.Stop != llm.StopCalls || len(a.Calls) != 2 {
		t.Fatalf("answer %+v, %v", a, err)
	}
	for i, c := range a.Calls {
		if c.ID != want[i].ID || c.Name != want[i].Name || string(c.Arguments) != string(want[i].Arguments) {
			t.Errorf("call %+v", c)
		}
	}
	if a, err, _ := g.one(t, Script{Calls: []llm.Call{{ID: "a", Name: "now"}}}, ask, nil); err != nil || string(a.Calls[0].Arguments) != "{}" {
		t.Errorf("a call without arguments: %+v, %v", a, err)
	}
	if _, err, _ := g.one(t, Script{Calls: []llm.Call{{ID: "a", Name: "now", Arguments: json.RawMessage(`{"x":`)}}}, ask, nil); llm.KindOf(err) != llm.Malformed {
		t.Errorf("arguments that are no JSON: %v", err)
	}
}

func jsonMode(t *testing.T, g Target) {
	r := ask
	r.JSON = true
	for text, want := range map[string]string{`{"a":1}`: `{"a":1}`, "```json\n{\"a\":1}\n```": `{"a":1}`, `{"a":1`: "", `[1]`: "", `null`: "", "Sure: {}": ""} {
		a, err, _ := g.one(t, Script{Pieces: halves(text)}, r, nil)
		if want == "" && llm.KindOf(err) != llm.Malformed || want != "" && (err != nil || a.Text != want) {
			t.Errorf("%s: %+v, %v", text, a, err)
		}
	}
}

func statuses(t *testing.T, g Target) {
	for status, want := range map[int]llm.Kind{400: llm.Invalid, 401: llm.Denied, 403: llm.Denied, 404: llm.Denied, 408: llm.Unavailable, 413: llm.Invalid,
		422: llm.Invalid, 429: llm.RateLimited, 500: llm.Unavailable, 502: llm.Unavailable, 503: llm.Unavailable, 529: llm.Unavailable} {
		_, err, srv := g.one(t, Script{Status: status, Code: "some_code", After: "7", Words: "no"}, ask, nil)
		var e *llm.Error
		if !errors.As(err, &e) || e.Kind != want || e.Status != status || e.Provider != "tested" || e.Code == "" || e.After != 7*time.Second {
			t.Errorf("status %d: %+v", status, err)
		}
		if srv.Count() != 1 {
			t.Errorf("status %d: asked %d times: trying again is the caller's to decide", status, srv.Count())
		}
	}
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close()
	tls := NewTLSServer(t, g.Dialect, func(int) Script { return Script{Pieces: []string{"x"}} })
	for name, url := range map[string]string{"refused connection": dead.URL, "unknown host": "http://nowhere.invalid", "certificate": tls.URL} {
		if _, err := g.New(url, key).Generate(t.Context(), ask, nil); llm.KindOf(err) != llm.Unavailable || strings.Contains(err.Error(), "://") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func broken(t *testing.T, g Target) {
	whole := []string{"one ", "two ", "three ", "four "}
	for name, tc := range map[string]struct {
		s    Script
		want llm.Kind
	}{
		"cut":        {Script{Pieces: whole, Fault: Cut}, llm.Malformed},
		"stump":      {Script{Pieces: whole, Fault: Stump}, llm.Malformed},
		"garbage":    {Script{Pieces: whole, Fault: Garbage}, llm.Malformed},
		"empty":      {Script{}, llm.Malformed},
		"blank":      {Script{Pieces: []string{" \n"}}, llm.Malformed},
		"error":      {Script{Pieces: whole, Broken: true, Code: "api_error", Words: "x"}, llm.Unavailable},
		"rate limit": {Script{Pieces: whole, Broken: true, Code: g.RateLimit, Words: "x"}, llm.RateLimited},
	} {
		if _, err, _ := g.one(t, tc.s, ask, func(llm.Delta) {}); llm.KindOf(err) != tc.want || !llm.KindOf(err).Retryable() {
			t.Errorf("%s: %v, want %s", name, err, tc.want)
		}
	}
}

func refuses(t *testing.T, g Target) {
	if _, err, _ := g.one(t, Script{Pieces: []string{"I"}, Refuse: true}, ask, nil); llm.KindOf(err) != llm.Refused {
		t.Errorf("%v", err)
	}
}

// canceled: whatever the server does, Generate returns soon after its context
// ends, with that as the error, and is silent afterwards.
func canceled(t *testing.T, g Target) {
	for _, f := range []Fault{Hang, Drip} {
		t.Run(string(f), func(t *testing.T) {
			srv := NewServer(t, g.Dialect, func(int) Script { return Script{Pieces: []string{"one ", "two "}, Fault: f} })
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			over := false
			start := time.Now()
			_, err := g.New(srv.URL, key).Generate(ctx, ask, func(llm.Delta) {
				if over {
					t.Error("it spoke after it returned")
				}
			})
			over = true
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 2*time.Second {
				t.Errorf("after %s: %v", time.Since(start), err)
			}
		})
	}
}

// secrets: no error tells the key, the URL, or the provider's words.
func secrets(t *testing.T, g Target) {
	words := "Incorrect API key provided: " + key
	for _, s := range []Script{
		{Status: 401, Code: "invalid_api_key", Words: words}, {Status: 500, Code: words, Words: words}, {Status: 429, Words: words},
		{Pieces: []string{"a", "b"}, Broken: true, Code: "api_error", Words: words}, {Pieces: []string{"a", "b"}, Fault: Cut},
	} {
		_, err, srv := g.one(t, s, ask, nil)
		if err == nil {
			t.Fatalf("%+v: no error", s)
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			for _, secret := range []string{key, srv.URL, "Incorrect"} {
				if strings.Contains(e.Error(), secret) {
					t.Errorf("the error tells %q: %v", secret, e)
				}
			}
		}
	}
}

// strange: nor does what is no HTTP, and may quote anything.
func strange(t *testing.T, g Target) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 1))
			_, _ = c.Write([]byte("HTTP/1.1 Incorrect " + key + "\r\n\r\n"))
			_ = c.Close()
		}
	}()
	_, err = g.New("http://"+l.Addr().String(), key).Generate(t.Context(), ask, nil)
	_ = l.Close()
	<-over
	if !llm.KindOf(err).Retryable() || strings.Contains(err.Error(), key) || strings.Contains(err.Error(), "Incorrect") {
		t.Errorf("%v", err)
	}
}

// redirect: the key does not follow a redirect to another server.
func redirect(t *testing.T, g Target) {
	other := NewServer(t, g.Dialect, func(int) Script { return Script{Pieces: []string{"stolen"}} })
	from := httptest.NewServer(http.RedirectHandler(other.URL+g.Dialect.Path(), http.StatusTemporaryRedirect))
	defer from.Close()
	if _, err := g.New(from.URL, key).Generate(t.Context(), ask, nil); llm.KindOf(err) != llm.Unavailable || other.Count() != 0 {
		t.Errorf("%v, and the other server was asked %d times", err, other.Count())
	}
}

func concurrent(t *testing.T, g Target) {
	srv := NewServer(t, g.Dialect, func(int) Script { return Script{Pieces: []string{"a", "b", "c"}, In: 1, Out: 3} })
	p := g.New(srv.URL, key)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if a, err := p.Generate(t.Context(), ask, func(llm.Delta) {}); err != nil || a.Text != "abc" {
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
	wg.Wait()
}
