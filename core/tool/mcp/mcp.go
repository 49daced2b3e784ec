// Package mcp takes tools from servers of the Model Context Protocol: at a URL
// (streamable HTTP), or a command the owner wrote down, over its input and
// output. Of what a server offers, only the tools that the owner lists are used,
// with the identity they wrote beside each; what a server says of its own tools
// is a description and no right.
package mcp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os/exec"
	"slices"
	"sync"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"frontdesk/core"
	"frontdesk/core/fetch"
	"frontdesk/core/tool"
)

// Tool is one tool of a server that may be used.
type Tool struct {
	Remote string // as the server calls it
	// Spec is what the owner says of it. Name is how bots call it; Description
	// and Schema come from the server.
	Spec tool.Spec
	// Customer fills arguments from the turn: argument → id, channel, email or
	// name. Models are not shown them and cannot set them.
	Customer map[string]string
}

// Options of a Server.
type Options struct {
	Name string
	// URL, with Header for credentials and the guarded Client that asks; or
	// Command with its environment, "NAME=value" each.
	URL     string
	Header  http.Header
	Client  *fetch.Client
	Command []string
	Env     []string
	Tools   []Tool
	Log     *slog.Logger
	// Wait is how the pause before another attempt is spent; nil is a timer.
	Wait func(ctx context.Context, d time.Duration) error
	// Relist is how often a server is asked for its tools anew, as one at a URL
	// cannot tell of a change; 0 is five minutes.
	Relist time.Duration
}

const (
	connectTimeout = 10 * time.Second
	keepAlive      = 30 * time.Second
	firstPause     = time.Second
	longestPause   = time.Minute
	maxListed      = 1000 // tools of a server that are looked at
)

// Server is a connection that is made again when it breaks. Safe for concurrent
// use.
type Server struct {
	o      Options
	cancel context.CancelFunc
	done   sync.WaitGroup
	relist chan struct{}

	mu      sync.Mutex
	session *sdk.ClientSession // nil while there is none
	listed  map[string]*sdk.Tool
	news    chan struct{} // closed when listed changes
}

// Open checks o and begins to connect; it does not wait for the server. Close
// ends it.
func Open(o Options) (*Server, error) {
	bad := func(format string, args ...any) error {
		return core.Invalid("MCP server %q: %s", o.Name, fmt.Sprintf(format, args...))
	}
	switch {
	case (o.URL == "") == (len(o.Command) == 0):
		return nil, bad("needs either url or command")
	case len(o.Tools) == 0:
		return nil, bad("lists no tools: name those that bots may use")
	}
	if o.URL != "" {
		if err := o.Client.Check(o.URL); err != nil {
			return nil, bad("%v", err)
		}
	} else if _, err := exec.LookPath(o.Command[0]); err != nil {
		return nil, bad("command %s is not found: write its full path", o.Command[0])
	}
	for _, t := range o.Tools {
		for arg, field := range t.Customer {
			if !slices.Contains([]string{"id", "channel", "email", "name"}, field) {
				return nil, bad("tool %q: argument %q takes %q of the customer; there are id, channel, email and name", t.Remote, arg, field)
			}
			if field == "id" && len(t.Spec.Channels) == 0 && !slices.Contains(slices.Collect(maps.Values(t.Customer)), "channel") {
				return nil, bad("tool %q: an id may be one person's on one channel and another's on the next: name its channels, or send the channel too", t.Remote)
			}
		}
		if v := cmp.Or(t.Spec.Identity, tool.Verified); v == tool.Verified && slices.Contains(slices.Collect(maps.Values(t.Customer)), "email") {
			return nil, bad("tool %q: the email is what the customer says, whoever they are verified to be: send the id, or let a one-time code prove the address", t.Remote)
		}
		if t.Spec.Identity == tool.Matched {
			return nil, bad("tool %q: identity matched is for actions and tables, which compare by themselves", t.Remote)
		}
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	if o.Relist <= 0 {
		o.Relist = 5 * time.Minute
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{o: o, relist: make(chan struct{}, 1), news: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.done.Go(func() { s.run(ctx) })
	return s, nil
}

// Close ends the connection, and the command.
func (s *Server) Close() {
	s.cancel()
	s.done.Wait()
}

// Tools are the tools that may be used, whether connected or not.
func (s *Server) Tools() []tool.Tool {
	out := make([]tool.Tool, len(s.o.Tools))
	for i, t := range s.o.Tools {
		out[i] = &remote{s, t}
	}
	return out
}

// Ready waits until the server's tools are known.
func (s *Server) Ready(ctx context.Context) error {
	for {
		s.mu.Lock()
		have, news := s.listed != nil, s.news
		s.mu.Unlock()
		if have {
			return s.missing()
		}
		select {
		case <-news:
		case <-ctx.Done():
			return fmt.Errorf("MCP server %q: %w", s.o.Name, ctx.Err())
		}
	}
}

// missing names the tools that are listed in the configuration and not there.
func (s *Server) missing() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.o.Tools {
		if s.listed[t.Remote] == nil {
			return core.Invalid("MCP server %q has no tool %q", s.o.Name, t.Remote)
		}
	}
	return nil
}

// run connects again and again, with longer pauses while that fails.
func (s *Server) run(ctx context.Context) {
	for pause := firstPause; ctx.Err() == nil; pause = min(2*pause, longestPause) {
		began := time.Now()
		err := s.connect(ctx)
		if ctx.Err() != nil {
			return
		}
		s.o.Log.Warn("MCP server is away", "server", s.o.Name, "err", cause(err))
		if time.Since(began) > longestPause {
			pause = firstPause
		}
		if s.o.Wait(ctx, pause) != nil {
			return
		}
	}
}

// connect speaks with the server until the connection breaks.
func (s *Server) connect(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	slow := time.AfterFunc(connectTimeout, cancel)
	defer slow.Stop()
	client := sdk.NewClient(&sdk.Implementation{Name: "frontdesk", Version: "1"}, &sdk.ClientOptions{
		Capabilities: &sdk.ClientCapabilities{}, KeepAlive: keepAlive,
		ToolListChangedHandler: func(context.Context, *sdk.ToolListChangedRequest) {
			select {
			case s.relist <- struct{}{}:
			default: // it is asked for already
			}
		}})
	session, err := client.Connect(ctx, s.transport(ctx), nil)
	if err != nil {
		return err
	}
	ended := make(chan struct{})
	s.done.Go(func() {
		defer close(ended)
		_ = session.Wait() // why it broke shows when something is asked
	})
	err = s.serve(ctx, session, slow, ended)
	s.set(nil, nil)
	_ = session.Close() // it is given up
	<-ended
	return err
}

// serve keeps the list of tools until the session ends.
func (s *Server) serve(ctx context.Context, session *sdk.ClientSession, slow *time.Timer, ended chan struct{}) error {
	again := time.NewTicker(s.o.Relist)
	defer again.Stop()
	for {
		listed, err := list(ctx, session)
		if err != nil {
			return err
		}
		slow.Stop()
		s.set(session, listed)
		if err := s.missing(); err != nil {
			s.o.Log.Warn(err.Error())
		}
		select {
		case <-s.relist:
		case <-again.C:
		case <-ended:
			return errors.New("the connection was closed")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func list(ctx context.Context, session *sdk.ClientSession) (map[string]*sdk.Tool, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	out := map[string]*sdk.Tool{}
	for t, err := range session.Tools(ctx, nil) {
		if err != nil {
			return nil, err
		}
		if out[t.Name] = t; len(out) == maxListed {
			break
		}
	}
	return out, nil
}

func (s *Server) set(session *sdk.ClientSession, listed map[string]*sdk.Tool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.session, s.listed = session, listed
	close(s.news)
	s.news = make(chan struct{})
}

func (s *Server) now() (*sdk.ClientSession, map[string]*sdk.Tool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.session, s.listed
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
