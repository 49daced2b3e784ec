// Package telegram plays the Telegram Bot API and the people who use it, for
// tests and demonstrations without Telegram. It knows nothing of the gateway.
//
// A Server is an http.Handler for one bot: /bot<token>/<method> and
// /file/bot<token>/<path>. People are played by its methods: Say, Press, Edit,
// Attach, Block. What they do becomes updates, given to getUpdates or delivered to
// the webhook, in order per chat, again and again until a whole 2xx answer
// arrived. Transcript is what a person sees.
//
// Limits and refusals are those of the Bot API, with its words, as far as a bot
// can notice them; a list of faults makes any method fail.
package telegram

import (
	"cmp"
	"context"
	"crypto/subtle"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Clock is the time a Server lives in.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

type wall struct{}

// Now implements Clock.
func (wall) Now() time.Time { return time.Now() }

// After implements Clock.
func (wall) After(d time.Duration) <-chan time.Time { return time.After(d) }

// Options say what a Server is like. Only Token is required.
type Options struct {
	Token    string        // "123456:ABC"; the digits are the bot's id
	Username string        // without @; default "front_desk_bot"
	Clock    Clock         // default the real one
	HTTP     *http.Client  // delivers to the webhook; default one with a timeout of 60 s
	Retry    time.Duration // between deliveries of an update; default 1 s
	PerChat  time.Duration // least time between two messages to a chat; 0: no limit
}

// Server is one bot's Telegram. It is safe for concurrent use.
type Server struct {
	o    Options
	id   int64
	life context.Context // ends with Close
	end  context.CancelFunc
	work sync.WaitGroup // deliveries

	mu     sync.Mutex
	chats  map[int64]*room
	queue  []*pending
	news   chan struct{} // closed and replaced when the queue grows
	poller chan struct{} // closed when another poll takes over
	next   int64         // update_id
	hook   hook
	kinds  map[string]bool // allowed_updates; nil: all
	faults map[string][]Fault
	files  map[string]stored
	spins  map[string]spin // pressed buttons that wait for answerCallbackQuery
	serial int64           // of files and presses
	calls  map[string]int
	shut   bool
}

// Fault is one failure of a method, before it does anything.
type Fault struct {
	Status      int           // HTTP and error_code; 0: the connection is cut
	Description string        // default the status' text
	RetryAfter  int           // seconds, with 429
	MigrateTo   int64         // with 400
	Raw         string        // instead of a Bot API answer
	Late        bool          // the method is carried out, only its answer is lost
	Hang        time.Duration // before failing
}

// New starts a Server. Close it.
func New(o Options) *Server {
	o.Username = cmp.Or(o.Username, "front_desk_bot")
	o.Retry = cmp.Or(o.Retry, time.Second)
	if o.Clock == nil {
		o.Clock = wall{}
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{Timeout: time.Minute}
	}
	life, end := context.WithCancel(context.Background())
	return &Server{o: o, id: botID(o.Token), life: life, end: end, chats: map[int64]*room{},
		news: make(chan struct{}), next: 700_000_001, faults: map[string][]Fault{},
		files: map[string]stored{}, spins: map[string]spin{}, calls: map[string]int{}}
}

// Close ends polls and deliveries and waits for them.
func (s *Server) Close() {
	s.mu.Lock()
	s.shut = true
	s.mu.Unlock()
	s.end()
	s.work.Wait()
	s.o.HTTP.CloseIdleConnections()
}

// Fail makes the next calls of method fail, one fault a call. A zero Fault
// cuts the connection.
func (s *Server) Fail(method string, fs ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[strings.ToLower(method)] = append(s.faults[strings.ToLower(method)], fs...)
}

// Calls is how often method was called, failures included.
func (s *Server) Calls(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[strings.ToLower(method)]
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path, ok := strings.CutPrefix(r.URL.Path, "/file/bot"); ok {
		s.serveFile(w, path)
		return
	}
	rest, ok := strings.CutPrefix(r.URL.Path, "/bot")
	token, method, two := strings.Cut(rest, "/")
	switch {
	case !ok || !two:
		write(w, no(http.StatusNotFound, "Not Found"))
	case subtle.ConstantTimeCompare([]byte(token), []byte(s.o.Token)) != 1:
		write(w, no(http.StatusUnauthorized, "Unauthorized"))
	default:
		s.call(w, r, strings.ToLower(method))
	}
}

func (s *Server) call(w http.ResponseWriter, r *http.Request, method string) {
	p, err := readParams(r)
	if err != nil {
		write(w, no(http.StatusBadRequest, "Bad Request: "+err.Error()))
		return
	}
	if f, ok := s.fault(method); ok {
		if f.Late {
			_, _ = s.carryOut(r.Context(), method, p)
		}
		s.breakDown(w, r, f)
		return
	}
	result, err := s.carryOut(r.Context(), method, p)
	if err != nil {
		write(w, err)
		return
	}
	write(w, result)
}

func (s *Server) fault(method string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[method]++
	fs := s.faults[method]
	if len(fs) == 0 {
		return Fault{}, false
	}
	s.faults[method] = fs[1:]
	return fs[0], true
}

func (s *Server) breakDown(w http.ResponseWriter, r *http.Request, f Fault) {
	if f.Hang > 0 {
		select {
		case <-s.o.Clock.After(f.Hang):
		case <-r.Context().Done():
		case <-s.life.Done():
		}
	}
	switch {
	case f.Status == 0:
		panic(http.ErrAbortHandler)
	case f.Raw != "":
		w.WriteHeader(f.Status)
		_, _ = w.Write([]byte(f.Raw)) // the client is gone, or it is not
	default:
		write(w, &refusal{Code: f.Status, Description: cmp.Or(f.Description, http.StatusText(f.Status)),
			RetryAfter: f.RetryAfter, MigrateTo: f.MigrateTo})
	}
}
