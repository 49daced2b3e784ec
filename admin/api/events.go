package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"frontdesk/core"
)

const (
	writeTime    = 10 * time.Second // for a client to take an event before it is cut off
	refreshEvery = time.Second      // at most: "read all again" costs everybody
)

// events streams changes: "conversation" carries one as GET shows it,
// "refresh" asks to read the lists again. Nothing is lost by a reconnection
// that reads the lists first, so events have no id.
func (a *api) events(c echo.Context) error {
	select {
	case a.streams <- struct{}{}:
		defer func() { <-a.streams }()
	default:
		return core.ErrBusy
	}
	news, stop := a.Ledger.Watch("")
	defer stop()
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // a proxy must pass events on at once
	s := &stream{api: a, c: c, w: http.NewResponseController(c.Response())}
	c.Response().WriteHeader(http.StatusOK)
	if err := s.write("retry: 2000\nevent: ready\ndata: {}\n\n"); err != nil {
		return nil // it left at once
	}
	s.run(news)
	return nil
}

// stream is one client's connection.
type stream struct {
	*api
	c      echo.Context
	w      *http.ResponseController
	behind bool // a refresh is due
}

// run ends when the client leaves or is too slow, may no longer read, or the
// server drains.
func (s *stream) run(news <-chan core.ConversationID) {
	alive, refresh := time.NewTicker(s.KeepAlive), time.NewTicker(refreshEvery)
	defer alive.Stop()
	defer refresh.Stop()
	for {
		var err error
		select {
		case <-s.c.Request().Context().Done():
			return
		case <-s.Drain:
			return
		case id := <-news:
			err = s.tell(collect(id, news))
		case <-refresh.C:
			err = s.catchUp()
		case <-alive.C:
			err = s.keepAlive()
		}
		if err != nil {
			return
		}
	}
}

// collect takes what is waiting, each conversation once.
func collect(id core.ConversationID, news <-chan core.ConversationID) []core.ConversationID {
	out, seen := []core.ConversationID{id}, map[core.ConversationID]bool{id: true}
	for range cap(news) {
		select {
		case id := <-news:
			if !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		default:
			return out
		}
	}
	return out
}

func (s *stream) tell(ids []core.ConversationID) error {
	ctx := s.c.Request().Context()
	for _, id := range ids {
		if id == "" { // too many to name
			s.behind = true
			continue
		}
		v, err := s.Ledger.Conversation(ctx, id)
		if errors.Is(err, core.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		out, err := s.show(ctx, v)
		if err != nil {
			return err
		}
		b, err := json.Marshal(out)
		if err != nil {
			return fmt.Errorf("event: %w", err)
		}
		if err := s.write("event: conversation\ndata: " + string(b) + "\n\n"); err != nil {
			return err
		}
	}
	return nil
}

func (s *stream) catchUp() error {
	if !s.behind {
		return nil
	}
	s.behind = false
	return s.write("event: refresh\ndata: {}\n\n")
}

// keepAlive shows proxies that the line is used, and asks again whether the
// client may listen: a stream must not outlive its session.
func (s *stream) keepAlive() error {
	p, err := s.who(s.c.Request(), s.Auth.Peek)
	if err != nil {
		return err
	}
	if !p.Role.May(core.RoleViewer) {
		return core.ErrNotFound
	}
	return s.write(": keep-alive\n\n")
}

func (s *stream) write(text string) error {
	if err := s.w.SetWriteDeadline(time.Now().Add(writeTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := io.WriteString(s.c.Response(), text); err != nil {
		return err
	}
	return s.w.Flush()
}
