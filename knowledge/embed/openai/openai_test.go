package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/core"
	"frontdesk/knowledge/embed"
	"frontdesk/knowledge/embed/embedtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const key = "sk-secret-0123456789"

// The contract holds at a server others wrote.
func TestContract(t *testing.T) {
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	e, err := Open(t.Context(), Options{BaseURL: embedtest.Serve(t), Model: "e5-query", PassageModel: "e5-passage", Batch: 3, Client: client, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	if e.Space() != "e5-query+e5-passage/384" {
		t.Errorf("space %q", e.Space())
	}
	embedtest.Run(t, e)
}

// endpoint is a server that answers from a list: each failure once, in order,
// then as it should.
type endpoint struct {
	dim      int
	failures []func(http.ResponseWriter)
	asked    []request
	keys     []string
	rewrite  func(*answer)
}

func (p *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var ask request
	if err := json.NewDecoder(r.Body).Decode(&ask); err != nil || r.URL.Path != "/v1/embeddings" {
		http.Error(w, "no", http.StatusNotFound)
		return
	}
	p.asked, p.keys = append(p.asked, ask), append(p.keys, r.Header.Get("Authorization"))
	if n := len(p.failures); n > 0 {
		f := p.failures[0]
		p.failures = p.failures[1:]
		f(w)
		return
	}
	var a answer
	for i := range ask.Input {
		v := make([]float32, p.dim)
		v[len(ask.Input[i])%p.dim] = 3 // not of length 1
		a.Data = append(a.Data, struct {
			Index     int       `json:"index"`
			Embedding []float32 `json:"embedding"`
		}{i, v})
	}
	slices.Reverse(a.Data) // order is said, not shown
	if p.rewrite != nil {
		p.rewrite(&a)
	}
	_ = json.NewEncoder(w).Encode(a)
}

// serve starts p and opens an embedder at it whose pauses are noted, not waited.
func serve(t *testing.T, p *endpoint, o Options) (*Embedder, *[]time.Duration, error) {
	t.Helper()
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	if p.dim == 0 {
		p.dim = 8
	}
	o.BaseURL, o.Model, o.Key, o.Client = s.URL+"/v1/", "m", key, s.Client()
	var pauses []time.Duration
	e, err := open(t.Context(), o, func(ctx context.Context, d time.Duration) error {
		pauses = append(pauses, d)
		return ctx.Err()
	})
	return e, &pauses, err
}

func status(code int, body string, header ...string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func TestBatches(t *testing.T) {
	p := &endpoint{}
	e, _, err := serve(t, p, Options{Batch: 4, QueryPrefix: "query: "})
	if err != nil {
		t.Fatal(err)
	}
	if e.Dimensions() != 8 || !strings.HasPrefix(e.Space(), "m~") || !strings.HasSuffix(e.Space(), "/8") {
		t.Errorf("space %q of %d dimensions", e.Space(), e.Dimensions())
	}
	p.asked = nil
	var texts []string
	for i := range 10 {
		texts = append(texts, strings.Repeat("x", i))
	}
	v := embedtest.Must(t, e, core.EmbedQuery, texts...)
	for i := range v {
		if want := (i + len("query: ")) % 8; v[i][want] != 1 {
			t.Errorf("vector %d is not its text's", i)
		}
	}
	if n := len(p.asked); n != 3 || len(p.asked[2].Input) != 2 || p.asked[0].Model != "m" || p.asked[0].Input[0] != "query: " {
		t.Errorf("%d requests: %+v", n, p.asked)
	}
	if embedtest.Must(t, e, core.EmbedPassage, ""); p.asked[3].Input[0] != " " {
		t.Errorf("an empty text is sent as %q", p.asked[3].Input[0])
	}
	if p.keys[0] != "Bearer "+key {
		t.Errorf("authorization %q", p.keys[0])
	}
}

// Every status, and whether it is tried again.
func TestStatuses(t *testing.T) {
	for code := 400; code < 600; code++ {
		again := code == 408 || code == 429 || code >= 500
		p := &endpoint{failures: []func(http.ResponseWriter){status(code, "sorry, "+key)}}
		_, pauses, err := serve(t, p, Options{})
		if again && (err != nil || len(p.asked) != 2 || len(*pauses) != 1) {
			t.Errorf("%d: not tried again: %v", code, err)
		}
		if !again && (err == nil || len(p.asked) != 1) {
			t.Errorf("%d: %d requests, error %v", code, len(p.asked), err)
		}
		if err != nil && !strings.Contains(err.Error(), fmt.Sprint(code)) {
			t.Errorf("%d: error %v", code, err)
		}
		noSecret(t, err)
	}
}

// The endpoint's word for a failure is repeated if it is a word: sentences may
// quote the key.
func TestReason(t *testing.T) {
	for body, want := range map[string]string{
		`{"error":{"message":"bad key ` + key + `","type":"invalid_request_error","code":"invalid_api_key"}}`: "(invalid_api_key)",
		`{"error":{"type":"auth","code":"Incorrect key: ` + key + `"}}`:                                       "(auth)",
		`{"error":{"type":"` + key + `","code":401}}`:                                                         "401 Unauthorized: check the key",
		`{"error":"` + key + `"}`: "401 Unauthorized: check the key",
	} {
		p := &endpoint{failures: []func(http.ResponseWriter){status(401, body)}}
		_, _, err := serve(t, p, Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
		noSecret(t, err)
	}
}

func noSecret(t *testing.T, err error) {
	t.Helper()
	if err != nil && strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), "secret") {
		t.Errorf("the key is in the error %v", err)
	}
}

func TestPauses(t *testing.T) {
	busy := status(429, `{"error":{"type":"rate_limit","code":"slow_down"}}`)
	p := &endpoint{failures: []func(http.ResponseWriter){busy, busy, status(503, "", "Retry-After", "7"), status(503, "", "Retry-After", "86400")}}
	_, pauses, err := serve(t, p, Options{Tries: 5})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][2]time.Duration{{first / 2, first}, {first, 2 * first}, {7 * time.Second, 7 * time.Second}, {patience, patience}} {
		if d := (*pauses)[i]; d < want[0] || d > want[1] {
			t.Errorf("pause %d is %v, want %v to %v", i+1, d, want[0], want[1])
		}
	}
	p = &endpoint{failures: slices.Repeat([]func(http.ResponseWriter){busy}, 9)}
	if _, pauses, err = serve(t, p, Options{}); err == nil || len(p.asked) != 4 || !strings.Contains(err.Error(), "429") || !strings.Contains(err.Error(), "slow_down") {
		t.Errorf("%d requests, %d pauses, error %v; want 4 and the endpoint's word", len(p.asked), len(*pauses), err)
	}
}

// A pause longer than the caller has is not begun: it goes on without vectors.
func TestBusy(t *testing.T) {
	p := &endpoint{}
	e, pauses, err := serve(t, p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	p.failures = []func(http.ResponseWriter){status(429, "", "Retry-After", "30")}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, err = e.Embed(ctx, core.EmbedQuery, []string{"x"})
	var s *embed.BusyError
	if !errors.Is(err, embed.ErrBusy) || !errors.As(err, &s) || s.Wait != 30*time.Second || len(*pauses) != 0 {
		t.Errorf("error %v after %d pauses", err, len(*pauses))
	}
}

func TestWrongAnswers(t *testing.T) {
	for name, f := range map[string]func(http.ResponseWriter){
		"no JSON":   status(200, "<html>welcome</html>"),
		"none":      status(200, `{"data":[]}`),
		"twice":     status(200, `{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}`),
		"outside":   status(200, `{"data":[{"index":7,"embedding":[1]}]}`),
		"negative":  status(200, `{"data":[{"index":-1,"embedding":[1]}]}`),
		"no number": status(200, `{"data":[{"index":0,"embedding":[]}]}`),
		"zeros":     status(200, `{"data":[{"index":0,"embedding":[0,0]}]}`),
		"huge":      status(200, `{"data":[{"index":0,"embedding":[3e38,3e38]}]}`),
		"moved":     status(307, "", "Location", "http://192.0.2.1/"+key),
	} {
		p := &endpoint{failures: []func(http.ResponseWriter){f}}
		if _, _, err := serve(t, p, Options{Tries: 1}); err == nil {
			t.Errorf("%s: accepted", name)
		} else {
			noSecret(t, err)
		}
	}
}

// Another model behind the same name is noticed, not mixed in.
func TestAnotherModel(t *testing.T) {
	p := &endpoint{}
	e, _, err := serve(t, p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	p.dim = 9
	if _, err := e.Embed(t.Context(), core.EmbedQuery, []string{"x"}); err == nil || !strings.Contains(err.Error(), "another model") {
		t.Errorf("vectors of another length: %v", err)
	}
	p.dim, p.rewrite = 8, func(a *answer) { a.Data = a.Data[1:] }
	if _, err := e.Embed(t.Context(), core.EmbedQuery, []string{"x", "y"}); err == nil {
		t.Error("a vector too few is accepted")
	}
}

// An endpoint that accepts and says nothing costs a timeout, and its error tells.
func TestSilence(t *testing.T) {
	var asked atomic.Int32
	gone := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		<-gone
	}))
	defer s.Close()
	defer close(gone)
	_, err := open(t.Context(), Options{BaseURL: s.URL + "/v1", Model: "m", Key: key, Timeout: 30 * time.Millisecond, Tries: 2, Client: s.Client()},
		func(context.Context, time.Duration) error { return nil })
	if err == nil || asked.Load() != 2 || !strings.Contains(err.Error(), "cannot be reached") || strings.Contains(err.Error(), "/v1") {
		t.Errorf("%d requests, error %v", asked.Load(), err)
	}
	noSecret(t, err)
}

func TestUnreachable(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	_, err := open(t.Context(), Options{BaseURL: s.URL + "/v1", Model: "m", Key: key, Tries: 1}, sleep)
	if err == nil || !strings.Contains(err.Error(), "cannot be reached") {
		t.Errorf("error %v", err)
	}
	noSecret(t, err)
}

func TestTooLong(t *testing.T) {
	p := &endpoint{failures: []func(http.ResponseWriter){func(w http.ResponseWriter) {
		b := bytes.Repeat([]byte(" "), 1<<20)
		for range maxAnswer>>20 + 1 {
			_, _ = w.Write(b)
		}
	}}}
	if _, _, err := serve(t, p, Options{Tries: 1}); err == nil || !strings.Contains(err.Error(), "MB") {
		t.Errorf("error %v", err)
	}
}

func TestOptions(t *testing.T) {
	for name, o := range map[string]Options{
		"no URL":      {Model: "m"},
		"no scheme":   {BaseURL: "host/v1", Model: "m"},
		"other":       {BaseURL: "ftp://host/v1", Model: "m"},
		"credentials": {BaseURL: "https://a:secret@host/v1", Model: "m"},
		"query":       {BaseURL: "https://host/v1?key=secret", Model: "m"},
		"no model":    {BaseURL: "https://host/v1"},
		"key":         {BaseURL: "https://host/v1", Model: "m", Key: "sk-secret\n"},
	} {
		_, err := Open(t.Context(), o)
		var input *core.InputError
		if !errors.As(err, &input) {
			t.Errorf("%s: error %v", name, err)
		}
		noSecret(t, err)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for h, want := range map[string]time.Duration{
		"": 0, "0": 0, "-3": 0, "soon": 0, "12": 12 * time.Second, "99999999999999999999": 0,
		"Sun, 01 Mar 2026 12:00:30 GMT": 30 * time.Second, "Sun, 01 Mar 2026 11:00:00 GMT": 0,
	} {
		if got := after(h, now); got != want {
			t.Errorf("%q is %v, want %v", h, got, want)
		}
	}
}

func TestSleepEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if err := sleep(t.Context(), time.Nanosecond); err != nil {
		t.Error(err)
	}
}
