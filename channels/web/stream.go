package web

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"frontdesk/channels/problem"
	"frontdesk/core"
)

// maxStreams bounds the open SSE and WebSocket connections of one channel: half
// of the 20,000 files a process commonly may have open.
const maxStreams = 10_000

// streams counts the open streams and ends them.
type streams struct {
	most  int
	drain chan struct{} // closed when all must go

	mu    sync.Mutex
	n     int
	ended bool
	wg    sync.WaitGroup
}

func newStreams(most int) streams { return streams{most: most, drain: make(chan struct{})} }

var (
	errFull  = errors.New("too many open streams")
	errEnded = errors.New("streams have ended")
)

// enter admits a stream; leave is its end.
func (s *streams) enter() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ended:
		return errEnded
	case s.n >= s.most:
		return errFull
	}
	s.n++
	s.wg.Add(1)
	return nil
}

func (s *streams) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n--
	s.wg.Done()
}

// end tells all streams to go and waits for them. It may be called again.
func (s *streams) end() {
	s.mu.Lock()
	if !s.ended {
		s.ended = true
		close(s.drain)
	}
	s.mu.Unlock()
	s.wg.Wait()
}

// join admits a stream, or says why not.
func (c *Channel) join() *refusal {
	switch err := c.live.enter(); {
	case errors.Is(err, errFull):
		return busy("too many visitors are connected: poll GET messages, or try again")
	case err != nil:
		return busy("this server is restarting: connect again")
	}
	return nil
}

// frame is what the server says on a stream beside stored events.
type frame struct {
	Type    string            `json:"type"`
	ID      string            `json:"id,omitempty"`
	Seq     *int64            `json:"seq,omitempty"`
	Turn    int64             `json:"turn,omitempty"`
	Role    core.Role         `json:"role,omitempty"`
	Problem *problem.Document `json:"problem,omitempty"`
	AfterMS int64             `json:"after_ms,omitempty"`
}

// delta is a piece of an answer that is being written; see core.Glimpse.
type delta struct {
	Type  string `json:"type"`
	Turn  int64  `json:"turn"`
	Rev   int    `json:"rev"`
	Index int    `json:"index"`
	Text  string `json:"text"`
}

// wire is an encoded frame. Seq is 0 for what is not stored.
type wire struct {
	kind string
	seq  int64
	data []byte
}

func encode(kind string, seq int64, v any) (wire, error) {
	b, err := json.Marshal(v)
	return wire{kind, seq, b}, err
}

// cursor reads a conversation forward and hands each event on once, in order.
type cursor struct {
	c     *Channel
	conv  core.ConversationID
	after int64
	said  int64 // the turn of the last answer seen: what shows it being written comes too late
	held  bool  // a person has the case, as far as was seen: the bot is not typing
	emit  func(wire) error
}

// flush emits all there is after the cursor. An error of emit ends the stream.
func (k *cursor) flush(ctx context.Context) error {
	var last core.Event
	for {
		evs, err := k.c.read(ctx, k.conv, k.after, pageSize)
		if err != nil {
			return k.c.refuse(ctx, "read a conversation", err)
		}
		for _, ev := range evs {
			if err := k.pass(ev); err != nil {
				return err
			}
			last = ev
		}
		if len(evs) < pageSize {
			break
		}
	}
	if last.Role == core.Customer && last.Kind == core.Said && !k.held {
		return k.say(typeTyping, frame{Type: typeTyping, Role: core.BotRole, Turn: last.Seq})
	}
	return nil
}

func (k *cursor) pass(ev core.Event) error {
	s := show(k.conv, ev)
	w, err := encode(s.Type, s.Seq, s)
	if err != nil {
		return err
	}
	if err := k.emit(w); err != nil {
		return err
	}
	k.after, k.held = ev.Seq, holds(k.held, ev)
	if ev.Role != core.Customer {
		k.said = max(k.said, ev.Turn)
	}
	return nil
}

func holds(held bool, ev core.Event) bool {
	switch {
	case ev.Kind == core.Taken, ev.Verdict == core.VerdictHandedOver:
		return true
	case ev.Kind == core.Returned, ev.Kind == core.Resolved:
		return false
	}
	return held
}

// glimpse shows a piece of an answer that is being written.
func (k *cursor) glimpse(g core.Glimpse) error {
	if g.Turn <= k.said || g.Last {
		return nil
	}
	w, err := encode(typeDelta, 0, delta{typeDelta, g.Turn, g.Rev, g.Index, g.Text})
	if err != nil {
		return err
	}
	return k.emit(w)
}

func (k *cursor) say(kind string, f frame) error {
	w, err := encode(kind, 0, f)
	if err != nil {
		return err
	}
	return k.emit(w)
}

// rewind moves a cursor beyond the last event back to 0: its client knew a
// history since lost to an older backup, and must not miss what is said now.
func (k *cursor) rewind(ctx context.Context) error {
	if k.after == 0 {
		return nil
	}
	evs, err := k.c.read(ctx, k.conv, k.after-1, 1)
	if err == nil && len(evs) == 0 {
		k.after = 0
	}
	return err
}

// last finds the seq of the last event there is.
func (k *cursor) last(ctx context.Context) (int64, error) {
	for last := k.after; ; {
		evs, err := k.c.read(ctx, k.conv, last, maxPage)
		if err != nil || len(evs) == 0 {
			return last, err
		}
		last = evs[len(evs)-1].Seq
	}
}

// lasts reports whether the session still holds.
func (c *Channel) lasts(s session) bool { return c.s.Now().Before(time.Unix(s.expires, 0)) }
