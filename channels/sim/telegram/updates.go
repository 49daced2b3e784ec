package telegram

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// pending is an update the bot has not confirmed.
type pending struct {
	id     int64
	chat   int64
	body   object
	tries  int
	due    time.Time
	flying bool // a delivery is under way
}

// hook is the webhook as set.
type hook struct {
	url, secret string
	at          int64 // deliveries at once
	lastError   string
	lastDate    int64
}

// push queues an update of chat. The lock is held.
func (s *Server) push(chat int64, body object) {
	for kind := range body {
		if s.kinds != nil && !s.kinds[kind] {
			return
		}
	}
	body["update_id"] = s.next
	s.queue = append(s.queue, &pending{id: s.next, chat: chat, body: body})
	s.next++
	close(s.news)
	s.news = make(chan struct{})
	s.dispatch()
}

// Push queues an update with the given content, which may be anything, and
// returns its update_id.
func (s *Server) Push(chat int64, body map[string]any) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.next
	s.push(chat, body)
	return id
}

// Pending is how many updates the bot has not confirmed.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queue)
}

func (s *Server) allow(p fields) error {
	if p["allowed_updates"] == "" {
		return nil // the earlier choice stays
	}
	var kinds []string
	if err := p.json("allowed_updates", &kinds); err != nil {
		return err
	}
	s.kinds = nil
	for _, k := range kinds {
		if s.kinds == nil {
			s.kinds = map[string]bool{}
		}
		s.kinds[k] = true
	}
	return nil
}

func (s *Server) setWebhook(p fields) (any, error) {
	if err := checkHook(p); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.allow(p); err != nil {
		return nil, err
	}
	s.hook = hook{url: p["url"], secret: p["secret_token"], at: cmp.Or(p.int("max_connections"), 40)}
	s.interrupt()
	s.dispatch()
	return true, nil
}

// checkHook refuses what Telegram refuses; this machine itself may be called by http.
func checkHook(p fields) error {
	if p["url"] == "" {
		return nil // removes it
	}
	u, err := url.Parse(p["url"])
	if err != nil || u.Host == "" {
		return bad("bad webhook: invalid URL")
	}
	ip := net.ParseIP(u.Hostname())
	local := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	port := cmp.Or(u.Port(), "443")
	switch {
	case !local && u.Scheme != "https":
		return bad("bad webhook: An HTTPS URL must be provided for webhook")
	case !local && !slices.Contains(strings.Fields(webhookPorts), port):
		return bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
	case p["secret_token"] != "" && (len(p["secret_token"]) > 256 || strings.Trim(p["secret_token"],
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != ""):
		return bad("secret token contains unallowed characters")
	}
	return nil
}

func (s *Server) deleteWebhook(p fields) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook = hook{}
	if p["drop_pending_updates"] == "true" {
		s.queue = nil
	}
	return true
}

func (s *Server) webhookInfo() object {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := object{"url": s.hook.url, "has_custom_certificate": false, "pending_update_count": len(s.queue)}
	if s.hook.url != "" {
		o["max_connections"] = s.hook.at
	}
	if s.hook.lastError != "" {
		o["last_error_date"], o["last_error_message"] = s.hook.lastDate, s.hook.lastError
	}
	return o
}

// interrupt ends the poll that is open. The lock is held.
func (s *Server) interrupt() {
	if s.poller != nil {
		close(s.poller)
		s.poller = nil
	}
}

// getUpdates is a long poll. A later one ends an earlier one.
func (s *Server) getUpdates(ctx context.Context, p fields) (any, error) {
	mine := make(chan struct{})
	s.mu.Lock()
	if err := s.allow(p); err != nil {
		s.mu.Unlock()
		return nil, err
	}
	if s.hook.url != "" {
		s.mu.Unlock()
		return nil, no(http.StatusConflict, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	s.interrupt()
	s.poller = mine
	s.mu.Unlock()
	defer s.leave(mine)
	return s.await(ctx, p, mine)
}

func (s *Server) leave(mine chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.poller == mine {
		s.poller = nil
	}
}

func (s *Server) await(ctx context.Context, p fields, mine chan struct{}) (any, error) {
	timeout := s.o.Clock.After(time.Duration(p.int("timeout")) * time.Second)
	for {
		out, news := s.batch(p.int("offset"), p.int("limit"))
		if len(out) > 0 || p.int("timeout") <= 0 {
			return out, nil
		}
		select {
		case <-news:
		case <-timeout:
			return out, nil
		case <-ctx.Done():
			return out, nil
		case <-s.life.Done():
			return out, nil
		case <-mine:
			return nil, no(http.StatusConflict, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
		}
	}
}

// batch confirms what is below offset and returns what follows.
func (s *Server) batch(offset, limit int64) ([]object, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if offset < 0 {
		offset = s.next + offset
	}
	s.queue = slices.DeleteFunc(s.queue, func(u *pending) bool { return u.id < offset })
	if limit <= 0 || limit > 100 {
		limit = 100
	}
	out := []object{}
	for _, u := range s.queue[:min(int(limit), len(s.queue))] {
		out = append(out, u.body)
	}
	return out, s.news
}
