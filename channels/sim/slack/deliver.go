package slack

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// event is one Events API delivery.
type event struct {
	id      string
	payload reply
}

// callback wraps an event. Callers hold mu.
func (s *Server) callback(ev reply) event {
	id := s.id("Ev")
	return event{id, reply{"token": "unused", "team_id": TeamID, "api_app_id": AppID, "event": ev, "type": "event_callback",
		"event_id": id, "event_time": s.Now().Unix(), "is_ext_shared_channel": false, "event_context": "4-sim",
		"authorizations": []reply{{"enterprise_id": nil, "team_id": TeamID, "user_id": BotUser, "is_bot": true,
			"is_enterprise_install": false}}}}
}

func (s *Server) event(r *room, m *message) event {
	ev := s.raw(m)
	maps.Copy(ev, reply{"channel": r.ID, "channel_type": r.kind(), "event_ts": m.TS, "team": TeamID})
	if m.Thread != "" {
		if root := r.find(m.Thread); root != nil {
			ev["parent_user_id"] = root.User
		}
	}
	if len(m.files) > 0 {
		ev["subtype"], ev["files"] = "file_share", s.attached(m)
	}
	return s.callback(ev)
}

func (s *Server) attached(m *message) []reply {
	var out []reply
	for _, f := range m.files {
		out = append(out, reply{"id": f.ID, "name": f.Name, "title": f.Name, "mimetype": f.MIME, "size": f.Size,
			"mode": "hosted", "url_private": "https://files.slack.com/files-pri/" + TeamID + "-" + f.ID + "/" + f.Name})
	}
	return out
}

func (s *Server) mention(r *room, m *message) event {
	ev := s.raw(m)
	ev["type"], ev["channel"], ev["event_ts"], ev["team"] = "app_mention", r.ID, m.TS, TeamID
	if len(m.files) > 0 {
		ev["files"] = s.attached(m)
	}
	return s.callback(ev)
}

func (s *Server) changedEvent(r *room, m *message, before reply) event {
	return s.callback(reply{"type": "message", "subtype": "message_changed", "hidden": true, "channel": r.ID,
		"channel_type": r.kind(), "ts": s.ts(), "event_ts": m.TS, "message": s.raw(m), "previous_message": before})
}

func (s *Server) deletedEvent(r *room, m *message) event {
	return s.callback(reply{"type": "message", "subtype": "message_deleted", "hidden": true, "channel": r.ID,
		"channel_type": r.kind(), "ts": s.ts(), "event_ts": m.TS, "deleted_ts": m.TS, "previous_message": s.raw(m)})
}

// background runs f as the server's own.
func (s *Server) background(f func()) {
	if s.ctx.Err() == nil {
		s.inFlight++
		s.work.Go(func() {
			defer s.landed()
			f()
		})
	}
}

func (s *Server) landed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inFlight--
	s.touch()
}

// again are the waits before deliveries 2, 3 and 4.
func again() []time.Duration { return []time.Duration{0, time.Minute, 5 * time.Minute} }

// deliver brings ev to the app. It returns after the first try; if that found
// no complete 2xx in time, further tries follow.
func (s *Server) deliver(ev event) {
	reason, final := s.try(ev, 0, "")
	if reason == "" || final {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.background(func() {
		for n, wait := range again() {
			if wait > 0 {
				select {
				case <-s.After(wait):
				case <-s.ctx.Done():
					return
				}
			}
			if reason, final = s.try(ev, n+1, reason); reason == "" || final {
				return
			}
		}
	})
}

// try makes one delivery; reason says why it failed, final that the app wants
// no other.
func (s *Server) try(ev event, n int, last string) (reason string, final bool) {
	if s.linked() {
		_, err := s.overLink(reply{"type": "events_api", "payload": ev.payload, "accepts_response_payload": false,
			"retry_attempt": n, "retry_reason": last})
		if err != nil {
			return "timeout", false
		}
		return "", false
	}
	js, _ := json.Marshal(ev.payload)
	h := http.Header{"Content-Type": {"application/json"}}
	if n > 0 {
		h.Set("X-Slack-Retry-Num", strconv.Itoa(n))
		h.Set("X-Slack-Retry-Reason", last)
	}
	res, _, err := s.post("/events", h, js)
	switch {
	case errors.Is(err, errUnconnected):
		return "connection_failed", true
	case err != nil:
		return "http_timeout", false
	case res.StatusCode/100 != 2:
		return "http_error", res.Header.Get("X-Slack-No-Retry") == "1"
	}
	return "", false
}

var errUnconnected = errors.New("the app has no request URL")

// post signs and sends one request, and reads the whole answer.
func (s *Server) post(path string, h http.Header, body []byte) (*http.Response, []byte, error) {
	s.mu.Lock()
	hook := s.hook
	s.mu.Unlock()
	if hook == "" {
		return nil, nil, errUnconnected
	}
	req, err := http.NewRequestWithContext(s.ctx, http.MethodPost, hook+path, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	req.Header = h
	s.Sign(req.Header, body)
	client := *s.client
	client.Timeout = s.Patience
	res, err := client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = res.Body.Close() }()
	out, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return res, out, err
}

// Sign puts Slack's signature of body, made now, into h.
func (s *Server) Sign(h http.Header, body []byte) {
	at := strconv.FormatInt(s.Now().Unix(), 10)
	m := hmac.New(sha256.New, []byte(s.SigningSecret))
	_, _ = fmt.Fprintf(m, "v0:%s:%s", at, body)
	h.Set("X-Slack-Request-Timestamp", at)
	h.Set("X-Slack-Signature", "v0="+hex.EncodeToString(m.Sum(nil)))
}

// interact sends what a person did, once, and returns the app's answer.
func (s *Server) interact(path, kind string, payload reply) (reply, error) {
	if s.linked() {
		return s.overLink(reply{"type": kind, "payload": payload, "accepts_response_payload": true})
	}
	form := url.Values{}
	if kind == "interactive" {
		js, _ := json.Marshal(payload)
		form.Set("payload", string(js))
	} else {
		for k, v := range payload {
			form.Set(k, fmt.Sprint(v))
		}
	}
	res, body, err := s.post(path, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, []byte(form.Encode()))
	if err != nil {
		return nil, err
	}
	if res.StatusCode/100 != 2 {
		return nil, fmt.Errorf("status %d", res.StatusCode)
	}
	out := reply{}
	if len(body) > 0 {
		_ = json.Unmarshal(body, &out) // text is allowed too
	}
	return out, nil
}
