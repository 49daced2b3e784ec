package llmtest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/core/llm"
)

// Script is what a scripted server does with one request.
type Script struct {
	Pieces []string // of the text, an event each
	Calls  []llm.Call
	Stop   llm.Stop      // "" is StopEnd, or StopCalls with Calls
	Refuse bool          // the model will not answer
	In     int           // tokens; none are reported if Out is 0
	Out    int           //
	Every  time.Duration // pause before each piece

	Status int    // other than 0 and 200: an error of this status
	Code   string // and this word of the provider's
	After  string // its Retry-After
	Words  string // what the provider says about it
	Broken bool   // the error comes after the first piece, within the stream

	Fault Fault
}

// Fault is a way in which a server fails that is no HTTP status.
type Fault string

// The faults.
const (
	Hang    Fault = "accepts and never answers"
	Drip    Fault = "drips a byte at a time"
	Cut     Fault = "is cut mid-stream"
	Garbage Fault = "sends invalid JSON"
	Stump   Fault = "ends in order, in the middle"
)

// Seen is a request as the server understood it.
type Seen struct {
	Key       string
	Model     string
	Messages  []llm.Message // system first
	Tools     []llm.Function
	JSON      bool
	MaxTokens int
	Stream    bool
}

// Dialect is the wire format of one API.
type Dialect interface {
	// Path is where requests go.
	Path() string
	// Read understands a request; an error if the API would not.
	Read(h http.Header, body []byte) (Seen, error)
	// Events are a script's answer as server-sent events, one piece of text each.
	Events(s Script) []string
	// Error is the body of a failure.
	Error(s Script) string
}

// Server plays a provider by a script.
type Server struct {
	*httptest.Server
	dialect Dialect
	script  func(n int) Script
	done    chan struct{}
	count   atomic.Int64

	mu   sync.Mutex
	seen []Seen
}

// NewServer starts a server that answers request n, from 0, by script(n).
func NewServer(t testing.TB, d Dialect, script func(n int) Script) *Server {
	t.Helper()
	s := &Server{dialect: d, script: script, done: make(chan struct{})}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.stop)
	return s
}

// NewTLSServer is NewServer with a certificate nobody trusts.
func NewTLSServer(t testing.TB, d Dialect, script func(n int) Script) *Server {
	t.Helper()
	s := &Server{dialect: d, script: script, done: make(chan struct{})}
	s.Server = httptest.NewUnstartedServer(s)
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	t.Cleanup(s.stop)
	return s
}

func (s *Server) stop() {
	close(s.done)
	s.CloseClientConnections()
	s.Close()
}

// Count is how many requests have come.
func (s *Server) Count() int { return int(s.count.Load()) }

// Seen are the requests so far that were understood.
func (s *Server) Seen() []Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Seen(nil), s.seen...)
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	script := s.script(int(s.count.Add(1)) - 1)
	body, err := io.ReadAll(r.Body)
	if err != nil || r.URL.Path != s.dialect.Path() || r.Method != http.MethodPost {
		http.Error(w, "no such thing", http.StatusNotFound)
		return
	}
	seen, err := s.dialect.Read(r.Header, body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.seen = append(s.seen, seen)
	s.mu.Unlock()
	s.play(w, r, script)
}

func (s *Server) play(w http.ResponseWriter, r *http.Request, script Script) {
	switch {
	case script.Fault == Hang:
		s.wait(r, time.Hour)
		return
	case script.Status != 0 && script.Status != http.StatusOK && !script.Broken:
		w.Header().Set("Content-Type", "application/json")
		if script.After != "" {
			w.Header().Set("Retry-After", script.After)
		}
		w.WriteHeader(script.Status)
		_, _ = io.WriteString(w, s.dialect.Error(script))
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	flush := http.NewResponseController(w).Flush
	events := s.dialect.Events(script)
	for i, e := range events {
		if !s.wait(r, script.Every) {
			return
		}
		switch {
		case script.Fault == Stump && i == len(events)/2:
			return
		case script.Fault == Garbage && i == len(events)/2:
			_, _ = io.WriteString(w, "data: {\"choices\": [{\"delta\": {\"conte\n\n")
			_ = flush()
			return
		case script.Fault == Cut && i == len(events)/2:
			_, _ = io.WriteString(w, e[:len(e)/2])
			_ = flush()
			panic(http.ErrAbortHandler)
		case script.Fault == Drip && i > 1:
			s.drip(w, r, flush, e)
			continue
		}
		_, _ = io.WriteString(w, e)
		if script.Every > 0 || script.Fault != "" || i == 0 {
			_ = flush()
		}
	}
}

// drip sends a byte a second.
func (s *Server) drip(w io.Writer, r *http.Request, flush func() error, e string) {
	for i := range len(e) {
		if !s.wait(r, time.Second) {
			return
		}
		_, _ = io.WriteString(w, e[i:i+1])
		_ = flush()
	}
}

// wait returns false if client or server went away meanwhile.
func (s *Server) wait(r *http.Request, d time.Duration) bool {
	if d == 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
	case <-s.done:
	}
	return false
}

// encode is v as JSON; v is made here, of what can be encoded.
func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
