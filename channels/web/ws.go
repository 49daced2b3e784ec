package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"

	"frontdesk/channels/problem"
	"frontdesk/core"
)

// clientFrame is what a client may say; which fields count depends on Type.
type clientFrame struct {
	Type  string `json:"type"`
	Token string `json:"token"`
	After int64  `json:"after"`
	Seq   int64  `json:"seq"`
	message
}

// frameRoom is what a frame may hold beside its text, whose every byte JSON may
// write as six ("\u0041").
const (
	frameRoom = 8 << 10
	escaped   = 6
)

// socket serves GET /ws. One goroutine, this one, talks; a second only reads
// and is waited for. A frame is read when the one before was dealt with, so a
// client that floods is slowed down by its own socket.
func (c *Channel) socket(w http.ResponseWriter, r *http.Request) {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		w.Header().Set("Upgrade", "websocket")
		problem.Write(w, http.StatusUpgradeRequired, "this is a WebSocket: GET events streams without one")
		return
	}
	if no := c.join(); no != nil {
		no.write(w)
		return
	}
	defer c.live.leave()
	// The origin was checked against the channel's own list.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // Accept has answered
	}
	conn.SetReadLimit(min(c.s.MaxBody, int64(c.s.MaxText)*escaped+frameRoom))
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context())) // hijacked: r's is no longer watched
	l := &line{c: c, conn: conn, in: make(chan []byte), gone: make(chan struct{})}
	go func() {
		defer close(l.gone)
		defer cancel() // the client left: wait for nothing more
		l.read(ctx)
	}()
	code, why := l.run(ctx)
	_ = conn.Close(code, why)
	cancel()
	<-l.gone
}

// line is one WebSocket connection.
type line struct {
	c    *Channel
	conn *websocket.Conn
	in   chan []byte
	gone chan struct{} // closed when the reader has ended
	s    session
	k    *cursor
}

func (l *line) read(ctx context.Context) {
	for {
		_, b, err := l.conn.Read(ctx)
		if err != nil {
			return
		}
		select {
		case l.in <- b:
		case <-ctx.Done():
			return
		}
	}
}

// run serves the connection and says how to close it.
func (l *line) run(ctx context.Context) (websocket.StatusCode, string) {
	if no := l.greet(ctx); no != nil {
		return l.dismiss(no)
	}
	news, stop := l.c.s.Gateway.Watch(l.s.conv)
	defer stop()
	glimpses, leave := l.c.s.Gateway.Follow(l.s.conv)
	defer leave()
	tick, end := l.c.clock.keepAlive()
	defer end()
	if err := l.begin(ctx); err != nil {
		return l.broken(err)
	}
	for {
		var err error
		select {
		case <-l.gone:
			return websocket.StatusNormalClosure, ""
		case <-l.c.live.drain:
			_ = l.k.say(typeReconnect, frame{Type: typeReconnect, AfterMS: l.c.clock.reconnect().Milliseconds()})
			return websocket.StatusGoingAway, "restarting"
		case <-tick:
			err = l.beat(ctx)
		case b := <-l.in:
			err = l.hear(ctx, b)
		case g := <-glimpses:
			err = l.k.glimpse(g)
		case <-news:
			err = l.k.flush(ctx)
		}
		if err != nil {
			return l.broken(err)
		}
	}
}

// greet waits for the hello and checks its token.
func (l *line) greet(ctx context.Context) *refusal {
	l.k = &cursor{c: l.c, emit: l.emit}
	t := time.NewTimer(l.c.clock.hello)
	defer t.Stop()
	var b []byte
	select {
	case b = <-l.in:
	case <-l.gone:
		return bad("the connection ended before its hello")
	case <-l.c.live.drain:
		return busy("this server is restarting: connect again")
	case <-t.C:
		return bad("no hello came in time")
	}
	var f clientFrame
	no := strict(b, &f, `want {"type":"hello","token","after"} first`)
	switch {
	case no != nil:
		return no
	case f.Type != "hello" || f.After < 0:
		return bad(`want {"type":"hello","token","after"} first`)
	}
	if l.s, no = l.c.whose(ctx, f.Token); no != nil {
		return no
	}
	l.k.conv, l.k.after = l.s.conv, f.After
	return nil
}

// begin says where the conversation stands and sends what the client missed.
func (l *line) begin(ctx context.Context) error {
	if err := l.k.rewind(ctx); err != nil {
		return l.c.refuse(ctx, "read a conversation", err)
	}
	last, err := l.k.last(ctx)
	if err != nil {
		return l.c.refuse(ctx, "read a conversation", err)
	}
	if err := l.k.say(typeReady, frame{Type: typeReady, Seq: &last}); err != nil {
		return err
	}
	return l.k.flush(ctx)
}

// hear deals with one frame. Only what cannot be talked about is an error.
func (l *line) hear(ctx context.Context, b []byte) error {
	if !l.c.lasts(l.s) {
		return &refusal{http.StatusUnauthorized, "the token has expired: refresh it"}
	}
	var f clientFrame
	if no := strict(b, &f, `want {"type":"message|typing|read|ping",…}`); no != nil {
		return no
	}
	switch f.Type {
	case typeMessage:
		return l.take(ctx, f.message)
	case typeTyping, "read": // nobody is shown these yet
		return nil
	case "ping":
		return l.k.say(typePong, frame{Type: typePong})
	}
	return bad("unknown frame type: want message, typing, read or ping")
}

// take accepts a message and acknowledges it, or says what is wrong with it.
func (l *line) take(ctx context.Context, m message) error {
	no := m.check(l.c.s.MaxText)
	var rec core.Receipt
	if no == nil {
		var err error
		if rec, err = l.c.s.Gateway.Accept(ctx, l.c.envelope(l.s, m)); err != nil {
			no = l.c.refuse(ctx, "accept a message", err)
		}
	}
	if no != nil {
		d := no.document()
		return l.k.say(typeError, frame{Type: typeError, ID: m.ID, Problem: &d})
	}
	if err := l.k.say(typeAck, frame{Type: typeAck, ID: m.ID, Seq: &rec.Turn.Seq}); err != nil {
		return err
	}
	return l.k.flush(ctx)
}

// beat keeps proxies from cutting an idle connection and finds dead ones.
func (l *line) beat(ctx context.Context) error {
	if !l.c.lasts(l.s) {
		return &refusal{http.StatusUnauthorized, "the token has expired: refresh it"}
	}
	ctx, cancel := context.WithTimeout(ctx, l.c.clock.write)
	defer cancel()
	return l.conn.Ping(ctx)
}

// emit writes one frame; a client that does not take it in time is cut off.
func (l *line) emit(w wire) error {
	ctx, cancel := context.WithTimeout(context.Background(), l.c.clock.write)
	defer cancel()
	return l.conn.Write(ctx, websocket.MessageText, w.data)
}

// broken ends a line after err: a refusal is said, anything else is silence.
func (l *line) broken(err error) (websocket.StatusCode, string) {
	var no *refusal
	if errors.As(err, &no) {
		return l.dismiss(no)
	}
	return websocket.StatusGoingAway, ""
}

// dismiss says no and why, and how the connection is to be closed.
func (l *line) dismiss(no *refusal) (websocket.StatusCode, string) {
	d := no.document()
	if b, err := json.Marshal(frame{Type: typeError, Problem: &d}); err == nil {
		_ = l.emit(wire{data: b})
	}
	if no.status == http.StatusServiceUnavailable {
		return websocket.StatusTryAgainLater, "try again"
	}
	return websocket.StatusPolicyViolation, http.StatusText(no.status)
}
