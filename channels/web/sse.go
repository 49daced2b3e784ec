package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// events serves GET /events: server-sent events from ?after= or Last-Event-ID
// on. The browser's EventSource sends no header, so the token may be in the
// query; nothing here logs or repeats a URL.
func (c *Channel) events(w http.ResponseWriter, r *http.Request) {
	s, after, no := c.subscriber(r)
	if no == nil {
		no = c.join()
	}
	if no != nil {
		no.write(w)
		return
	}
	defer c.live.leave()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
	o := &eventStream{w: w, rc: http.NewResponseController(w), wait: c.clock.write}
	k := &cursor{c: c, conv: s.conv, after: after, emit: o.emit}
	_ = c.stream(r.Context(), s, k, o) // it ends by itself, or the client left
}

// subscriber reads who wants the stream, and from where.
func (c *Channel) subscriber(r *http.Request) (session, int64, *refusal) {
	q := r.URL.Query()
	token := q.Get("access_token")
	if h := r.Header.Get("Authorization"); h != "" {
		token, _ = cutBearer(h)
	}
	s, no := c.whose(r.Context(), token)
	if no != nil {
		return s, 0, no
	}
	from, name := q.Get("after"), "after"
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		from, name = id, "Last-Event-ID" // of a reconnect: later than the URL's
	}
	after, no := cursorOf(name, from)
	return s, after, no
}

// stream runs until the client leaves, the token expires or the server drains.
func (c *Channel) stream(ctx context.Context, s session, k *cursor, o *eventStream) error {
	news, stop := c.s.Gateway.Watch(s.conv)
	defer stop()
	glimpses, leave := c.s.Gateway.Follow(s.conv)
	defer leave()
	tick, end := c.clock.keepAlive()
	defer end()
	if err := k.rewind(ctx); err != nil {
		return err
	}
	if err := o.write(": welcome\n\n"); err != nil {
		return err
	}
	for fresh := true; ; {
		if fresh {
			if err := k.flush(ctx); err != nil {
				return err
			}
		}
		fresh = true
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.live.drain:
			return o.write(fmt.Sprintf("retry: %d\n\n", c.clock.reconnect().Milliseconds()))
		case <-tick:
			if !c.lasts(s) {
				return errExpired
			}
			if err := o.write(": keep-alive\n\n"); err != nil {
				return err
			}
		case g := <-glimpses:
			if err := k.glimpse(g); err != nil {
				return err
			}
			fresh = false
		case <-news:
		}
	}
}

// eventStream writes events, each within the time a reader has.
type eventStream struct {
	w    http.ResponseWriter
	rc   *http.ResponseController
	wait time.Duration
	buf  []byte
}

func (o *eventStream) emit(w wire) error {
	b := o.buf[:0]
	if w.seq > 0 {
		b = append(b, "id: "...)
		b = strconv.AppendInt(b, w.seq, 10)
		b = append(b, '\n')
	}
	b = append(append(append(b, "event: "...), w.kind...), "\ndata: "...)
	b = append(append(b, w.data...), "\n\n"...) // JSON has no bare line ends
	o.buf = b
	return o.send(b)
}

func (o *eventStream) write(s string) error { return o.send([]byte(s)) }

func (o *eventStream) send(b []byte) error {
	err := o.rc.SetWriteDeadline(time.Now().Add(o.wait)) // real time: the kernel's
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := o.w.Write(b); err != nil {
		return err
	}
	return o.rc.Flush()
}
