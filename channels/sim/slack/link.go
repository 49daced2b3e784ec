package slack

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// ack is the app's answer over Socket Mode.
type ack struct {
	EnvelopeID string `json:"envelope_id"`
	Payload    reply  `json:"payload"`
}

// maxLinks is how many Socket Mode connections an app may hold.
const maxLinks = 10

func (s *Server) connectionsOpen(map[string]string) reply {
	ticket := s.id("ticket")
	s.tickets[ticket] = true
	return reply{"ok": true, "url": strings.Replace(s.url, "http", "ws", 1) + "/link?ticket=" + ticket}
}

// link serves one Socket Mode connection.
func (s *Server) link(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	ticket := r.URL.Query().Get("ticket")
	ok := s.tickets[ticket] && len(s.links) < maxLinks
	delete(s.tickets, ticket)
	if ok = ok && s.ctx.Err() == nil; ok {
		s.work.Add(1) // the server's Close does not wait for a connection taken over
		defer s.work.Done()
	}
	s.mu.Unlock()
	if !ok {
		http.Error(w, "bad ticket", http.StatusNotFound)
		return
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	hello, _ := json.Marshal(reply{"type": "hello", "num_connections": 1, "connection_info": reply{"app_id": AppID},
		"debug_info": reply{"host": "sim", "approximate_connection_time": 18060}})
	if conn.Write(s.ctx, websocket.MessageText, hello) != nil {
		return
	}
	s.open(conn)
	defer s.shut(conn)
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	s.work.Go(func() { s.ping(ctx, conn) })
	for {
		_, js, err := conn.Read(s.ctx)
		if err != nil {
			return
		}
		var a ack
		if json.Unmarshal(js, &a) == nil {
			s.acked(a)
		}
	}
}

func (s *Server) open(conn *websocket.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.links[conn] = true
	s.touch()
}

func (s *Server) shut(conn *websocket.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.links, conn)
	s.touch()
}

func (s *Server) acked(a ack) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.acks[a.EnvelopeID]; c != nil {
		c <- a // room for one
		delete(s.acks, a.EnvelopeID)
	}
}

// ping keeps the connection alive: apps give up after 30 s without.
func (s *Server) ping(ctx context.Context, conn *websocket.Conn) {
	t := time.NewTicker(5 * time.Second)
	defer t.Stop()
	for {
		soon, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := conn.Ping(soon)
		cancel()
		if err != nil {
			return
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

// Links counts the open Socket Mode connections.
func (s *Server) Links() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.links)
}

// Refresh asks every connection to open a new one, as Slack does every few
// hours, and closes it.
func (s *Server) Refresh() {
	s.mu.Lock()
	var all []*websocket.Conn
	for c := range s.links {
		all = append(all, c)
	}
	s.mu.Unlock()
	js, _ := json.Marshal(reply{"type": "disconnect", "reason": "refresh_requested", "debug_info": reply{"host": "sim"}})
	for _, c := range all {
		_ = c.Write(s.ctx, websocket.MessageText, js)
		s.shut(c)
		_ = c.Close(websocket.StatusNormalClosure, "refresh")
	}
}

func (s *Server) linked() bool { return s.Links() > 0 }

var errNoAck = errors.New("no acknowledgement came in time")

// overLink sends an envelope to one of the connections and waits for its ack.
func (s *Server) overLink(env reply) (reply, error) {
	s.mu.Lock()
	id := s.id("envelope-")
	env["envelope_id"] = id
	js, _ := json.Marshal(env) // under the lock: the payload is shared
	c := make(chan ack, 1)
	s.acks[id] = c
	conn := s.pick()
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.acks, id)
	}()
	if conn == nil {
		return nil, errNoAck
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.Patience)
	defer cancel()
	if err := conn.Write(ctx, websocket.MessageText, js); err != nil {
		return nil, err
	}
	select {
	case a := <-c:
		return a.Payload, nil
	case <-ctx.Done():
		return nil, errNoAck
	}
}

// pick takes any connection. Callers hold mu.
func (s *Server) pick() *websocket.Conn {
	for c := range s.links { // in no order, as Slack does
		return c
	}
	return nil
}
