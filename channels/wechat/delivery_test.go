package wechat

import (
	"context"
	"encoding/xml"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"frontdesk/channels"
	"frontdesk/channels/channeltest"
	"frontdesk/core"
)

// tell is a bot that says each text as a reply of its own.
func tell(texts ...string) channeltest.Answer {
	return func(_ context.Context, t *core.Turn) error {
		for _, text := range texts {
			t.Say(core.Part{Text: text})
		}
		return nil
	}
}

// counter is a shop without an API: what is not fetched is held.
type counter struct {
	*testing.T
	rig *channeltest.Rig
	ch  *Channel
}

func openCounter(t *testing.T, bot channeltest.Answer) counter {
	t.Helper()
	rig := channeltest.New(t, bot, core.DeskRef{})
	ch, err := Open(rig.Settings("wx", account(map[string]any{"encryption": "plain", "mode": "passive"})))
	if err != nil {
		t.Fatal(err)
	}
	rig.Start(t, ch)
	return counter{t, rig, ch.(*Channel)}
}

// deliver brings message id and returns the text shown.
func (c counter) deliver(id, text string) string {
	c.Helper()
	now := c.rig.Clock.Now()
	rec := httptest.NewRecorder()
	c.ch.Hook().ServeHTTP(rec, plainCall(now, textDoc(now, alice, id, text)))
	return shownText(c.T, rec)
}

func shownText(t *testing.T, rec *httptest.ResponseRecorder) string {
	t.Helper()
	if rec.Code != http.StatusOK {
		t.Fatalf("status %d", rec.Code)
	}
	if rec.Body.String() == success {
		return ""
	}
	var doc struct {
		ToUserName, FromUserName, MsgType, Content string
		CreateTime                                 int64
	}
	if err := xml.Unmarshal(rec.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.ToUserName != alice || doc.FromUserName != "gh_1" || doc.MsgType != "text" || doc.CreateTime == 0 {
		t.Errorf("reply %+v", doc)
	}
	return doc.Content
}

func (c counter) outgoing() map[core.OutState]int {
	s := stage{T: c.T, rig: c.rig}
	return s.outgoing(alice)
}

// eventually waits for the engine's senders.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

func TestRepliesShareOneText(t *testing.T) {
	c := openCounter(t, tell("first]]>", "second"))
	for range 3 { // a repetition shows the same
		if got := c.deliver("1", "hi"); got != "first]]>\n\nsecond" {
			t.Errorf("shown %q", got)
		}
	}
	if n := c.outgoing(); n[core.Sent] != 2 || len(n) != 1 {
		t.Errorf("outbox %v", n)
	}
}

func TestNothingToSay(t *testing.T) {
	c := openCounter(t, tell())
	if got := c.deliver("1", "hi"); got != "" {
		t.Errorf("shown %q", got)
	}
}

// What does not fit is held, and leaves with the next message, before its
// answer. Each text may be asked for again.
func TestRestFollows(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("一二三四五六七八九。", 100)) // 3000 bytes: two pieces
	short, ps := strings.Repeat("short", 20), pieces(long)
	if len(ps) != 2 {
		t.Fatalf("%d pieces", len(ps))
	}
	c := openCounter(t, func(ctx context.Context, turn *core.Turn) error {
		if turn.Text == "long" {
			return tell(short, long, "after")(ctx, turn)
		}
		return channeltest.Echo(ctx, turn)
	})
	held := func() { // the first of the rest; the others wait behind it
		c.Helper()
		eventually(c.T, "the rest is held", func() bool { return c.outgoing()[core.Held] == 1 })
	}
	if got := c.deliver("1", "long"); got != short {
		t.Fatalf("shown %q", got)
	}
	held()
	if got := c.deliver("2", "more"); got != ps[0] {
		t.Fatalf("shown %q", got)
	}
	held() // its rest, then "after", and the answer to "more"
	want := ps[1] + gap + "after" + gap + "re: more" + gap + "re: again"
	for range 2 {
		if got := c.deliver("3", "again"); got != want {
			t.Fatalf("shown %q, want %q", got, want)
		}
	}
	if n := c.outgoing(); n[core.Sent] != 5 || len(n) != 1 {
		t.Errorf("outbox %v", n)
	}
}

// hungUp is a connection that breaks when something is written.
type hungUp struct{ http.ResponseWriter }

// Write implements io.Writer.
func (hungUp) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// An answer that could not be written is not lost: the next delivery has it.
func TestHangUpWhileWriting(t *testing.T) {
	c := openCounter(t, channeltest.Echo)
	now := c.rig.Clock.Now()
	c.ch.Hook().ServeHTTP(hungUp{httptest.NewRecorder()}, plainCall(now, textDoc(now, alice, "1", "hi")))
	if n := c.outgoing(); n[core.Queued] != 1 {
		t.Fatalf("outbox %v, want it queued again", n)
	}
	if got := c.deliver("1", "hi"); got != "re: hi" {
		t.Errorf("shown %q", got)
	}
}

// A call the platform has cut claims nothing.
func TestHangUpBeforeTheAnswer(t *testing.T) {
	ready := make(chan struct{})
	c := openCounter(t, func(ctx context.Context, turn *core.Turn) error {
		<-ready
		return channeltest.Echo(ctx, turn)
	})
	now := c.rig.Clock.Now()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	rec := httptest.NewRecorder()
	go func() {
		defer close(ended)
		c.ch.Hook().ServeHTTP(rec, plainCall(now, textDoc(now, alice, "1", "hi")).WithContext(ctx))
	}()
	eventually(t, "it is stored", func() bool { return len(c.rig.Accepted()) == 1 })
	cancel()
	<-ended
	close(ready)
	if rec.Body.Len() != 0 {
		t.Errorf("written: %q", rec.Body)
	}
	if got := c.deliver("1", "hi"); got != "re: hi" {
		t.Errorf("shown by the next delivery: %q", got)
	}
}

// A call cut in the moment its turn was committed claims nothing either.
func TestHangUpWithTheAnswer(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	ch := house(channels.Gateway{Accept: accepted(true), Await: func(context.Context, core.TurnID) ([]core.Event, error) {
		cancel()
		return nil, nil
	}})
	rec := httptest.NewRecorder()
	ch.Hook().ServeHTTP(rec, plainCall(ch.Now(), textDoc(ch.Now(), alice, "1", "hi")).WithContext(ctx)) // ClaimTurn would panic
	if rec.Body.Len() != 0 {
		t.Errorf("written: %q", rec.Body)
	}
}

// house is a gateway whose every answer is scripted.
func house(g channels.Gateway) *Channel {
	ch, err := Open(channels.Settings{ID: "wx", Workspace: core.DefaultWorkspace, Bot: "default", Gateway: g,
		Now: func() time.Time { return time.Unix(1772600000, 0) },
		Decode: func(into any) error {
			*into.(*config) = config{Token: testToken, EncodingAESKey: testKey, AppID: testApp, AppSecret: testSecret,
				Mode: modeAuto, Encryption: encryptionPlain}
			return nil
		}})
	if err != nil {
		panic(err)
	}
	return ch.(*Channel)
}

func accepted(fresh bool) func(context.Context, core.Envelope) (core.Receipt, error) {
	return func(context.Context, core.Envelope) (core.Receipt, error) {
		return core.Receipt{Turn: core.TurnID{Conversation: "c", Seq: 1}, Fresh: fresh}, nil
	}
}

func awaited(err error) func(context.Context, core.TurnID) ([]core.Event, error) {
	return func(context.Context, core.TurnID) ([]core.Event, error) { return nil, err }
}

func TestWhatTheHouseSays(t *testing.T) {
	lost := func(context.Context, core.TurnID, time.Duration) ([]core.Delivery, error) { return nil, nil }
	broken := errors.New("disk full")
	for _, tc := range []struct {
		name   string
		g      channels.Gateway
		status int
		body   string
	}{
		{"a lost claim", channels.Gateway{Accept: accepted(true), Await: awaited(nil), ClaimTurn: lost}, 200, success},
		{"a claim that fails", channels.Gateway{Accept: accepted(true), Await: awaited(nil),
			ClaimTurn: func(context.Context, core.TurnID, time.Duration) ([]core.Delivery, error) { return nil, broken }}, 200, success},
		{"draining", channels.Gateway{Accept: accepted(true), Await: awaited(core.ErrDraining)}, 503, ""},
		{"busy", channels.Gateway{Accept: func(context.Context, core.Envelope) (core.Receipt, error) {
			return core.Receipt{}, core.ErrBusy
		}}, 503, ""},
		{"an unknown failure", channels.Gateway{Accept: func(context.Context, core.Envelope) (core.Receipt, error) {
			return core.Receipt{}, broken
		}}, 503, ""},
		{"a used id", channels.Gateway{Accept: func(context.Context, core.Envelope) (core.Receipt, error) {
			return core.Receipt{}, &core.ConflictError{Native: "1"}
		}}, 409, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ch := house(tc.g)
			rec := httptest.NewRecorder()
			ch.Hook().ServeHTTP(rec, plainCall(ch.Now(), textDoc(ch.Now(), alice, "1", "hi")))
			if rec.Code != tc.status || tc.body != "" && rec.Body.String() != tc.body {
				t.Errorf("status %d: %s", rec.Code, rec.Body)
			}
			if tc.status == 503 && rec.Header().Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			if strings.Contains(rec.Body.String(), broken.Error()) {
				t.Error("an internal error is shown")
			}
		})
	}
}

// Events nobody waits for are acknowledged without waiting for their turn.
func TestEventsThatWaitForNothing(t *testing.T) {
	var got core.Envelope
	ch := house(channels.Gateway{Accept: func(_ context.Context, e core.Envelope) (core.Receipt, error) {
		got = e
		return core.Receipt{Fresh: true}, nil
	}})
	doc := strings.NewReplacer("[text]", "[event]", "<Content>", "<Event>", "</Content>", "</Event>").
		Replace(string(textDoc(ch.Now(), alice, "1", "unsubscribe")))
	rec := httptest.NewRecorder()
	ch.Hook().ServeHTTP(rec, plainCall(ch.Now(), []byte(doc))) // Await would panic
	if rec.Body.String() != success || got.Window != 0 || got.Parts[0].Value != core.SignalUnfollow {
		t.Errorf("%d %s, envelope %+v", rec.Code, rec.Body, got)
	}
}

// Silence makes the platform call again; only the last call is ended politely.
func TestLateCalls(t *testing.T) {
	for _, tc := range []struct {
		age  time.Duration // of the message at the call
		took time.Duration
	}{{0, hangup}, {5 * time.Second, hangup}, {10 * time.Second, patience}, {time.Hour, patience}} {
		synctest.Test(t, func(t *testing.T) {
			ch := house(channels.Gateway{Accept: accepted(true), Await: func(ctx context.Context, _ core.TurnID) ([]core.Event, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			}})
			rec, start := httptest.NewRecorder(), time.Now()
			ch.Hook().ServeHTTP(rec, plainCall(ch.Now(), textDoc(ch.Now().Add(-tc.age), alice, "1", "hi")))
			if took := time.Since(start); took != tc.took || rec.Body.String() != success {
				t.Errorf("age %v: %q after %v, want %v", tc.age, rec.Body, took, tc.took)
			}
		})
	}
}
