package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// maxAnswer bounds what is read of a webhook's answer, in bytes.
const maxAnswer = 1 << 20

// dispatch starts every delivery that may go: one a chat, the chat's first.
// The lock is held.
func (s *Server) dispatch() {
	if s.hook.url == "" || s.shut {
		return
	}
	now, busy, flying := s.o.Clock.Now(), map[int64]bool{}, int64(0)
	for _, u := range s.queue {
		if u.flying {
			busy[u.chat] = true
			flying++
		}
	}
	for _, u := range s.queue {
		if busy[u.chat] || flying >= s.hook.at {
			continue
		}
		busy[u.chat] = true // also while its first waits to be tried again
		if u.due.After(now) {
			continue
		}
		u.flying = true
		flying++
		s.work.Add(1)
		go s.deliver(u, s.hook)
	}
}

// deliver tries u once, and arranges what follows.
func (s *Server) deliver(u *pending, h hook) {
	defer s.work.Done()
	err := s.tryOnce(u, h)
	s.mu.Lock()
	u.flying = false
	if err == nil {
		s.confirm(u)
		s.dispatch()
		s.mu.Unlock()
		return
	}
	u.tries++
	u.due = s.o.Clock.Now().Add(s.o.Retry)
	s.hook.lastError, s.hook.lastDate = err.Error(), s.o.Clock.Now().Unix()
	retry := s.o.Clock.After(s.o.Retry)
	s.mu.Unlock()
	select {
	case <-retry:
	case <-s.life.Done():
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dispatch()
}

func (s *Server) confirm(u *pending) {
	for i, q := range s.queue {
		if q == u {
			s.queue = append(s.queue[:i:i], s.queue[i+1:]...)
			return
		}
	}
}

// tryOnce posts u. Only a 2xx whose body arrived whole counts. The body may
// hold one call of the Bot API, which is carried out.
func (s *Server) tryOnce(u *pending, h hook) error {
	status, answer, err := s.postUpdate(s.life, u.body, h)
	switch {
	case err != nil:
		return errors.New("Connection failed or broke off") //nolint:staticcheck // the Bot API's style
	case status < 200 || status > 299:
		return fmt.Errorf("Wrong response from the webhook: %d %s", status, http.StatusText(status)) //nolint:staticcheck // the Bot API's words
	}
	var call map[string]json.RawMessage
	if json.Unmarshal(answer, &call) != nil {
		return nil // nothing of ours
	}
	p := fields{}
	p.merge(call)
	if m := p["method"]; m != "" {
		_, _ = s.carryOut(s.life, strings.ToLower(m), p) // its result is told to nobody
	}
	return nil
}

func (s *Server) postUpdate(ctx context.Context, body object, h hook) (int, []byte, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(b))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if h.secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", h.secret)
	}
	resp, err := s.o.HTTP.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return resp.StatusCode, answer, err
}

// Deliver posts an update to the webhook now, once, and returns the status:
// Telegram repeats itself when an answer was lost on its way.
func (s *Server) Deliver(ctx context.Context, update map[string]any) (int, error) {
	s.mu.Lock()
	h := s.hook
	s.mu.Unlock()
	if h.url == "" {
		return 0, errors.New("no webhook is set")
	}
	status, _, err := s.postUpdate(ctx, update, h)
	return status, err
}
