package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
)

// lines is the media type of an answer that tells progress: JSON documents, one
// a line.
const lines = "application/x-ndjson"

// line is one of them; one field is set. The last says how it ended.
type line struct {
	Progress *pages   `json:"progress,omitempty"`
	Change   *change  `json:"change,omitempty"`
	Problem  *problem `json:"problem,omitempty"`
}

// pages is how far the reading of a file is: pages, or 0 of 1 where there are none.
type pages struct {
	Done  int `json:"done"`
	Total int `json:"total"`
}

// teller writes progress to a client that asked for it while its request is
// worked on. Its answer begins with the first progress: until then an error has
// a status of its own.
type teller struct {
	api  *api
	c    echo.Context
	w    *http.ResponseController
	news chan pages // the latest, if it is not told yet
	done sync.WaitGroup
	once sync.Once
}

// tell returns nil if the client did not ask for progress. Call end before the
// request is answered.
func (a *api) tell(c echo.Context) *teller {
	if !strings.Contains(c.Request().Header.Get(echo.HeaderAccept), lines) {
		return nil
	}
	t := &teller{api: a, c: c, w: http.NewResponseController(c.Response()), news: make(chan pages, 1)}
	t.done.Go(t.run)
	return t
}

// at tells how far it is. It does not wait for the client. One goroutine at a
// time may call it, and none after end.
func (t *teller) at(done, total int) {
	select {
	case <-t.news: // is outdated
	default:
	}
	t.news <- pages{done, total} // nobody else puts one there
}

// end waits for what is being written. It may be called again.
func (t *teller) end() {
	if t != nil {
		t.once.Do(func() { close(t.news) })
		t.done.Wait()
	}
}

// run writes what there is to tell, and again what was told last when nothing
// comes for long, so that no proxy gives the line up.
func (t *teller) run() {
	alive := time.NewTicker(t.api.KeepAlive)
	defer alive.Stop()
	var last *pages
	for gone := false; ; {
		select {
		case p, ok := <-t.news:
			if !ok {
				return
			}
			last = &p
		case <-alive.C:
		}
		if last != nil && !gone {
			gone = t.write(line{Progress: last}) != nil
		}
	}
}

// write sends a line at once, after the header if it is the first.
func (t *teller) write(l line) error {
	b, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if err := t.w.SetWriteDeadline(time.Now().Add(writeTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if !t.c.Response().Committed {
		h := t.c.Response().Header()
		h.Set(echo.HeaderContentType, lines)
		h.Set("X-Accel-Buffering", "no") // a proxy must pass lines on at once
		t.c.Response().WriteHeader(http.StatusOK)
	}
	if _, err := t.c.Response().Write(append(b, '\n')); err != nil {
		return err
	}
	return t.w.Flush()
}

// finish says how it ended, after end: as lines if there is a teller whose answer
// has begun or that has nothing to refuse.
func (a *api) finish(c echo.Context, t *teller, ch Change, err error) error {
	switch {
	case t == nil && err == nil:
		return answer(c, showChange(ch))
	case t == nil || err != nil && !c.Response().Committed:
		return err
	}
	l := line{}
	if err != nil {
		l.Problem = a.problem(err, c.Request())
		l.Problem.Title, l.Problem.RequestID = http.StatusText(l.Problem.Status), c.Response().Header().Get(requestID)
	} else {
		shown := showChange(ch)
		l.Change = &shown
	}
	if t.write(l) == nil {
		_ = t.w.SetWriteDeadline(time.Time{}) // the connection may serve others
	}
	return nil // or the client is gone
}
