// Package slack plays Slack from the outside: the Web API and Socket Mode an
// app calls, the people who write, press and read, and the deliveries Slack
// makes to the app, signed, and made again when no complete 2xx came in time.
// It knows nothing of the gateway. What it returns is what people would see.
//
// It is a model: every limit and error it knows is named in Slack's public
// documentation; what it does not know it refuses with "unknown_method".
package slack

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// Options describe the workspace and the one app in it. The zero value works.
type Options struct {
	Addr          string // "127.0.0.1:0"
	SigningSecret string
	BotToken      string // "xoxb-sim-bot"
	AppToken      string // "xapp-sim-app"
	Scopes        string // granted, with commas; "" grants all
	BotName       string // "frontdesk"
	PerSecond     int    // messages a second and channel before 429; 0 is no limit
	// Now and After are the clock; deliveries again come at once, after a
	// minute and after five more.
	Now   func() time.Time
	After func(time.Duration) <-chan time.Time
	// Patience is how long a delivery may take; Slack waits 3 s.
	Patience time.Duration
}

func (o *Options) fill() {
	set := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	set(&o.Addr, "127.0.0.1:0")
	set(&o.SigningSecret, "sim-signing-secret")
	set(&o.BotToken, "xoxb-sim-bot")
	set(&o.AppToken, "xapp-sim-app")
	set(&o.BotName, "frontdesk")
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.After == nil {
		o.After = time.After
	}
	if o.Patience == 0 {
		o.Patience = 3 * time.Second
	}
}

// The workspace's fixed ids.
const (
	TeamID  = "T0SIM"
	AppID   = "A0SIM"
	BotUser = "U0BOT"
	BotID   = "B0BOT"
)

// Server is the workspace. Safe for concurrent use.
type Server struct {
	Options
	url    string
	http   *http.Server
	client *http.Client
	ctx    context.Context // ends with Close
	stop   context.CancelFunc
	work   sync.WaitGroup // deliveries, connections, the server itself

	mu       sync.Mutex
	hook     string
	people   map[string]*person
	rooms    map[string]*room
	views    map[string]*view
	triggers map[string]trigger
	faults   map[string][]Fault
	posts    map[string][]time.Time // of the last second, by channel
	calls    []Call
	lastTS   int64 // microseconds
	lastID   int64
	changed  chan struct{} // closed and renewed at each change
	links    map[*websocket.Conn]bool
	acks     map[string]chan ack // of envelopes under way
	tickets  map[string]bool
	inFlight int
}

// New starts the workspace on a loopback port.
func New(o Options) (*Server, error) {
	o.fill()
	l, err := net.Listen("tcp", o.Addr)
	if err != nil {
		return nil, err
	}
	s := &Server{Options: o, url: "http://" + l.Addr().String(),
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		people: map[string]*person{}, rooms: map[string]*room{}, views: map[string]*view{},
		triggers: map[string]trigger{}, faults: map[string][]Fault{}, posts: map[string][]time.Time{},
		changed: make(chan struct{}), links: map[*websocket.Conn]bool{}, acks: map[string]chan ack{}, tickets: map[string]bool{}}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.people[BotUser] = &person{Person: Person{ID: BotUser, Name: o.BotName}, bot: true}
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", s.api)
	mux.HandleFunc("/link", s.link)
	s.http = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second,
		BaseContext: func(net.Listener) context.Context { return s.ctx }}
	s.work.Go(func() { _ = s.http.Serve(l) })
	return s, nil
}

// APIURL is the app's api_base_url.
func (s *Server) APIURL() string { return s.url + "/api" }

// Connect says where the app listens: Slack's three request URLs are hook with
// /events, /interactions and /commands. "" disconnects.
func (s *Server) Connect(hook string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook = hook
}

// Close ends everything and waits for it.
func (s *Server) Close() {
	s.mu.Lock() // nothing begins after it
	s.stop()
	s.mu.Unlock()
	_ = s.http.Close()
	s.work.Wait()
	s.client.CloseIdleConnections()
}

// touch tells waiters that something changed. Callers hold mu.
func (s *Server) touch() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Await waits until cond holds, asking again after every change.
func (s *Server) Await(ctx context.Context, cond func() bool) error {
	for {
		s.mu.Lock()
		news := s.changed
		s.mu.Unlock()
		if cond() {
			return nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Idle waits until no delivery is under way or due again.
func (s *Server) Idle(ctx context.Context) error {
	return s.Await(ctx, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.inFlight == 0
	})
}
