package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"frontdesk/channels/channeltest"
	"frontdesk/core"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// got is any frame or event of a stream.
type got struct {
	said
	Problem *struct{ Status int }
	AfterMS int64 `json:"after_ms"`
}

// peer is a WebSocket client.
type peer struct {
	t    testing.TB
	conn *websocket.Conn
}

func dial(t testing.TB, s *site, token string, after int64) peer {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), s.url+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	p := peer{t, conn}
	p.say(fmt.Sprintf(`{"type":"hello","token":%q,"after":%d}`, token, after))
	return p
}

func (p peer) say(frame string) {
	p.t.Helper()
	if err := p.conn.Write(p.t.Context(), websocket.MessageText, []byte(frame)); err != nil {
		p.t.Fatal(err)
	}
}

// next reads a frame; its type is "" once the connection has ended.
func (p peer) next() (got, error) {
	ctx, cancel := context.WithTimeout(p.t.Context(), 10*time.Second)
	defer cancel()
	_, b, err := p.conn.Read(ctx)
	if err != nil {
		return got{}, err
	}
	var g got
	return g, json.Unmarshal(b, &g)
}

// expect reads frames and compares them, written "type/seq/text".
func (p peer) expect(want ...string) {
	p.t.Helper()
	for _, w := range want {
		g, err := p.next()
		if f := brief(g); err != nil || f != w {
			p.t.Fatalf("got %s (%v), want %s", f, err, w)
		}
	}
}

func brief(g got) string {
	switch {
	case g.Type == typeError:
		return fmt.Sprintf("error/%s/%d", g.ID, g.Problem.Status)
	case g.Type == typeAck:
		return fmt.Sprintf("ack/%s/%d", g.ID, g.Seq)
	case g.Type == typeTyping:
		return fmt.Sprintf("typing/%s", g.Role)
	case g.Agent != "":
		return fmt.Sprintf("%s/%d/%s/%s", g.Type, g.Seq, g.Agent, g.Text)
	}
	return fmt.Sprintf("%s/%d/%s", g.Type, g.Seq, g.Text)
}

func TestSocketTalk(t *testing.T) {
	h := newHouse(nil)
	s := open(t, h.gateway(), config{})
	v := s.visitor(t)
	p := dial(t, s, v.Token, 0)
	p.expect("ready/0/")
	p.say(`{"type":"message","id":"a","text":"hi"}`)
	p.expect("ack/a/1", "message/1/hi", "typing/bot")
	h.mu.Lock()
	h.settle(core.TurnID{Conversation: v.Conversation, Seq: 1}, echo("hi"))
	h.mu.Unlock()
	p.expect("message/2/re: hi")
	p.say(`{"type":"message","id":"a","text":"hi"}`) // again: the same answer, nothing new
	p.expect("ack/a/1")
	p.say(`{"type":"message","id":"a","text":"other"}`)
	p.expect("error/a/409")
	p.say(`{"type":"message","id":"b","text":"` + strings.Repeat("x", 5000) + `"}`)
	p.expect("error/b/413")
	h.mu.Lock()
	h.acceptErr = core.ErrBusy
	h.mu.Unlock()
	p.say(`{"type":"message","id":"c","text":"busy"}`)
	p.expect("error/c/503")
	p.say(`{"type":"typing"}`)
	p.say(`{"type":"read","seq":2}`)
	p.say(`{"type":"ping"}`)
	p.expect("pong/0/")
	h.say(v.Conversation, core.Event{Kind: core.Taken, Role: core.System, Key: "Ann"})
	h.say(v.Conversation, core.Event{Role: core.Agent, Key: "Ann", Parts: []core.Part{{Text: "hello"}}})
	h.say(v.Conversation, core.Event{Kind: core.Returned, Role: core.System, Key: "Ann"})
	h.say(v.Conversation, core.Event{Kind: core.Resolved, Role: core.System})
	p.expect("agent_joined/3/Ann/", "message/4/Ann/hello", "agent_left/5/Ann/", "closed/6/")
}

func TestNoTypingWhileAPersonHasIt(t *testing.T) {
	h := newHouse(func(string) []core.Event { return nil })
	s := open(t, h.gateway(), config{})
	v := s.visitor(t)
	p := dial(t, s, v.Token, 0)
	p.expect("ready/0/")
	h.say(v.Conversation, core.Event{Kind: core.Taken, Role: core.System, Key: "Ann"})
	p.expect("agent_joined/1/Ann/")
	p.say(`{"type":"message","id":"a","text":"hi"}`)
	p.say(`{"type":"ping"}`)
	p.expect("ack/a/2", "message/2/hi", "pong/0/")
}

func TestSocketRefusals(t *testing.T) {
	s := open(t, newHouse(echo).gateway(), config{})
	s.Channel.clock.hello = 50 * time.Millisecond
	token := s.visitor(t).Token
	hello := fmt.Sprintf(`{"type":"hello","token":%q,"after":0}`, token)
	for _, tc := range []struct {
		name   string
		frames []string
		status int // of the error frame; 0 for none
		code   websocket.StatusCode
	}{
		{"no hello", nil, 400, websocket.StatusPolicyViolation},
		{"not JSON", []string{"hello"}, 400, websocket.StatusPolicyViolation},
		{"other frame first", []string{`{"type":"message","id":"1","text":"x"}`}, 400, websocket.StatusPolicyViolation},
		{"negative after", []string{`{"type":"hello","token":"x","after":-1}`}, 400, websocket.StatusPolicyViolation},
		{"wrong token", []string{`{"type":"hello","token":"fdw_x","after":0}`}, 401, websocket.StatusPolicyViolation},
		{"unknown type", []string{hello, `{"type":"shout"}`}, 400, websocket.StatusPolicyViolation},
		{"unknown field", []string{hello, `{"type":"ping","role":"agent"}`}, 400, websocket.StatusPolicyViolation},
		{"invalid UTF-8", []string{hello, "{\"type\":\"\xff\"}"}, 400, websocket.StatusPolicyViolation},
		{"huge frame", []string{hello, `{"type":"message","id":"1","text":"` + strings.Repeat("x", 64<<10) + `"}`}, 0, websocket.StatusMessageTooBig},
	} {
		t.Run(tc.name, func(t *testing.T) {
			conn, _, err := websocket.Dial(t.Context(), s.url+"/ws", nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.CloseNow() }()
			p := peer{t, conn}
			for _, f := range tc.frames {
				p.say(f)
			}
			status := 0
			for {
				g, err := p.next()
				if err != nil {
					if code := websocket.CloseStatus(err); code != tc.code || status != tc.status {
						t.Errorf("got error %d, close %v (%v)", status, code, err)
					}
					return
				}
				if g.Type == typeError {
					status = g.Problem.Status
				}
			}
		})
	}
}

func TestSocketOrigin(t *testing.T) {
	s := open(t, newHouse(echo).gateway(), config{AllowedOrigins: []string{"https://shop.example"}})
	for origin, want := range map[string]int{"https://shop.example": 101, "https://evil.example": 403, "null": 403, "": 101, s.url: 101} {
		conn, resp, err := websocket.Dial(t.Context(), s.url+"/ws", &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {origin}}})
		if err == nil {
			_ = conn.CloseNow()
		}
		if resp == nil || resp.StatusCode != want {
			t.Errorf("%q: %v %v", origin, resp, err)
		}
	}
}

func TestTokenEndsStreams(t *testing.T) {
	s := open(t, newHouse(echo).gateway(), config{})
	token := s.visitor(t).Token
	p, q := dial(t, s, token, 0), dial(t, s, token, 0)
	p.expect("ready/0/")
	q.expect("ready/0/")
	s.clock.move(visitorLife)
	p.say(`{"type":"message","id":"1","text":"x"}`)
	p.expect("error//401")
	s.tick <- time.Now()
	q.expect("error//401")
}

func TestKeepAlive(t *testing.T) {
	s := open(t, newHouse(echo).gateway(), config{})
	token := s.visitor(t).Token
	r := s.subscribe(t, "/events?access_token="+token)
	r.expect(t, ": welcome", "")
	s.tick <- time.Now()
	r.expect(t, ": keep-alive", "")
	r.close()
	p := dial(t, s, token, 0)
	p.expect("ready/0/")
	pinged := make(chan struct{})
	go func() { // a ping is answered while reading
		defer close(pinged)
		_, err := p.next()
		if err == nil {
			t.Error("an unexpected frame")
		}
	}()
	s.tick <- time.Now()
	s.tick <- time.Now() // is taken only after the first ping was answered
	_ = p.conn.CloseNow()
	<-pinged
}

// A client that stops reading is cut off, and costs nothing then.
func TestSlowConsumer(t *testing.T) {
	h := newHouse(nil)
	s := open(t, h.gateway(), config{})
	s.Channel.clock.write = 50 * time.Millisecond
	v := s.visitor(t)
	big := strings.Repeat("x", 1<<20)
	for range 32 {
		h.say(v.Conversation, core.Event{Role: core.BotRole, Parts: []core.Part{{Text: big}}})
	}
	dial(t, s, v.Token, 0)                               // never reads
	r := s.subscribe(t, "/events?access_token="+v.Token) // reads one line
	defer r.close()
	deadline := time.Now().Add(10 * time.Second)
	for s.open() > 0 {
		if time.Now().After(deadline) {
			t.Fatalf("%d streams still open", s.open())
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (s *site) open() int {
	s.live.mu.Lock()
	defer s.live.mu.Unlock()
	return s.live.n
}

func TestFullHouse(t *testing.T) {
	s := open(t, newHouse(echo).gateway(), config{})
	s.live.most = 1
	token := s.visitor(t).Token
	p := dial(t, s, token, 0)
	p.expect("ready/0/")
	if r := s.call(t, "GET", "/events", token, ""); r.status != 503 || r.header.Get("Retry-After") == "" {
		t.Errorf("one too many: %d %s", r.status, r.raw)
	}
}

func TestStoreTroubleEndsStreams(t *testing.T) {
	h := newHouse(echo)
	s := open(t, h.gateway(), config{})
	token := s.visitor(t).Token
	p := dial(t, s, token, 0)
	p.expect("ready/0/")
	h.mu.Lock()
	h.readErr = errors.New("disk gone")
	h.mu.Unlock()
	p.say(`{"type":"message","id":"1","text":"x"}`)
	// The news of the message and its acknowledgement race: the message is safe
	// either way, and a client that missed its ack sends it again.
	var seen []string
	for {
		g, err := p.next()
		if err != nil {
			break
		}
		seen = append(seen, brief(g))
	}
	if !slices.Contains(seen, "error//503") {
		t.Errorf("frames %v, want an error among them", seen)
	}
	if !strings.Contains(s.log.String(), "disk gone") {
		t.Error("not logged")
	}
}

// events is a client of /events.
type events struct {
	r     *bufio.Scanner
	close func()
}

func (s *site) subscribe(t testing.TB, path string, header ...string) events {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // a test waits for no more
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range header {
		k, v, _ := strings.Cut(h, ": ")
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%s: %d %s", path, resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	sc := bufio.NewScanner(resp.Body)
	sc.Buffer(nil, 4<<20)
	return events{sc, func() { _ = resp.Body.Close() }}
}

func (e events) expect(t testing.TB, want ...string) {
	t.Helper()
	for _, w := range want {
		if !e.r.Scan() || !strings.HasPrefix(e.r.Text(), w) || w == "" && e.r.Text() != "" {
			t.Fatalf("got %q (%v), want %q", e.r.Text(), e.r.Err(), w)
		}
	}
}

func TestEvents(t *testing.T) {
	h := newHouse(nil)
	s := open(t, h.gateway(), config{})
	v := s.visitor(t)
	s.call(t, "POST", "/messages", v.Token, `{"id":"1","text":"hi"}`)
	r := s.subscribe(t, "/events", "Authorization: Bearer "+v.Token)
	r.expect(t, ": welcome", "", "id: 1", "event: message", `data: {"type":"message","id":"`+string(v.Conversation)+`/1","seq":1`, "",
		"event: typing", `data: {"type":"typing","turn":1,"role":"bot"}`, "")
	h.say(v.Conversation, core.Event{Role: core.BotRole, Parts: []core.Part{{Text: "two\nlines"}}})
	r.expect(t, "id: 2", "event: message", `data: {"type":"message"`, "")
	for path, header := range map[string]string{"/events?access_token=" + v.Token + "&after=1": "X-A: b", "/events?after=0&access_token=" + v.Token: "Last-Event-ID: 1",
		"/events?access_token=wrong&after=1": "Authorization: Bearer " + v.Token} {
		s.subscribe(t, path, header).expect(t, ": welcome", "", "id: 2")
	}
	// A cursor beyond the end is of a history since lost: all is sent again.
	s.subscribe(t, "/events?after=99&access_token="+v.Token).expect(t, ": welcome", "", "id: 1")
}

// A server's timeouts are for requests; a stream has no end.
func TestStreamsOutliveTimeouts(t *testing.T) {
	h := newHouse(nil)
	s := open(t, h.gateway(), config{})
	srv := httptest.NewUnstartedServer(s.Hook())
	srv.Config.ReadTimeout, srv.Config.WriteTimeout = 50*time.Millisecond, 50*time.Millisecond
	srv.Start()
	t.Cleanup(srv.Close)
	t.Cleanup(s.live.end)
	s.url = srv.URL
	v := s.visitor(t)
	r := s.subscribe(t, "/events?access_token="+v.Token)
	r.expect(t, ": welcome", "")
	p := dial(t, s, v.Token, 0)
	p.expect("ready/0/")
	time.Sleep(200 * time.Millisecond) // the kernel's clock cannot be moved
	h.say(v.Conversation, core.Event{Role: core.BotRole, Parts: []core.Part{{Text: "late"}}})
	r.expect(t, "id: 1")
	p.expect("message/1/late")
}

func TestDrain(t *testing.T) {
	s := open(t, newHouse(echo).gateway(), config{})
	token := s.visitor(t).Token
	p := dial(t, s, token, 0)
	p.expect("ready/0/")
	r := s.subscribe(t, "/events?access_token="+token)
	r.expect(t, ": welcome", "")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	cancel()
	r.expect(t, "retry: ", "")
	if r.r.Scan() {
		t.Errorf("after retry: %q", r.r.Text())
	}
	g, err := p.next()
	if err != nil || g.Type != typeReconnect || g.AfterMS < 1000 || g.AfterMS > 5000 {
		t.Errorf("%+v %v", g, err)
	}
	if _, err := p.next(); websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Error(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if r := s.call(t, "GET", "/events", token, ""); r.status != 503 {
		t.Errorf("a stream after the drain: %d", r.status)
	}
	if r := s.call(t, "POST", "/messages?wait=5s", token, `{"id":"1","text":"hi"}`); r.status != 200 {
		t.Errorf("a message while draining: %d", r.status) // the server closes when it is time
	}
}

// AHEAD 17: the socket is dropped at random points while 100 messages flow, and
// the client, which resumes after the last seq it has, sees each once, in order.
func TestResume(t *testing.T) {
	d := furnish(t, channeltest.Echo, nil)
	v := d.visitor(t)
	d.call(t, "POST", "/messages?wait=5s", v.Token, `{"id":"0","text":"hi"}`)
	var speaking sync.WaitGroup
	defer speaking.Wait()
	speaking.Go(func() {
		for i := range 100 {
			d.speak(t, v.Conversation, fmt.Sprint(i), "Ann", fmt.Sprint("m", i))
		}
	})
	const last = 2 + 1 + 100 // the first exchange, agent_joined, the messages
	var texts []string
	drops := 0
	for after := int64(0); after < last; drops++ {
		after = d.follow(t, v.Token, after, last, &texts, drops%2 == 0)
	}
	want := []string{"hi", "re: hi", ""}
	for i := range 100 {
		want = append(want, fmt.Sprint("m", i))
	}
	if fmt.Sprint(texts) != fmt.Sprint(want) {
		t.Errorf("got %q", texts)
	}
	t.Logf("%d connections", drops)
}

// follow reads a random number of events from a fresh connection and drops it.
func (d *desk) follow(t *testing.T, token string, after, last int64, texts *[]string, ws bool) int64 {
	t.Helper()
	var next func() got
	if ws {
		p := dial(t, d.site, token, after)
		defer func() { _ = p.conn.CloseNow() }()
		next = func() got { g, _ := p.next(); return g }
	} else {
		r := d.subscribe(t, fmt.Sprintf("/events?after=%d&access_token=%s", after, token))
		defer r.close()
		next = func() got {
			var g got
			for r.r.Scan() {
				if data, ok := strings.CutPrefix(r.r.Text(), "data: "); ok {
					_ = json.Unmarshal([]byte(data), &g)
					break
				}
			}
			return g
		}
	}
	for n := rand.IntN(8); n >= 0 && after < last; {
		g := next()
		switch g.Type {
		case typeMessage, typeJoined:
			if g.Seq != after+1 {
				t.Fatalf("seq %d after %d", g.Seq, after)
			}
			after = g.Seq
			*texts = append(*texts, g.Text)
			n--
		case "":
			t.Fatal("the stream ended")
		}
	}
	return after
}
