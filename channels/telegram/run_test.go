package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/channels/channeltest"
	sim "frontdesk/channels/sim/telegram"
	"frontdesk/core"
)

// The same conversation, by webhook and by polling.
func TestConversation(t *testing.T) {
	for _, mode := range []string{webhook, polling} {
		t.Run(mode, func(t *testing.T) {
			b := newBench(t, channeltest.Echo, sim.Options{Username: "shop_bot"}, map[string]any{"mode": mode})
			b.run()
			home, group := b.sim.Private(lin), b.sim.Group(-100200, "Shop")
			topic := b.sim.Topic(group, 9)
			b.sim.Say(lin, home, "你好")
			first := b.sim.Say(lin, home, "where is my order?")
			b.sim.Say(alex, group, "lunch?")
			b.sim.Say(alex, group, "@shop_bot open today?")
			b.sim.Say(alex, topic, "/price@shop_bot blue")
			b.sim.Say(alex, topic, "/price@other_bot blue")
			eventually(t, "answers", func() bool { return len(b.seen(home)) == 4 && len(b.seen(group)) == 3 && len(b.seen(topic)) == 3 })
			if err := b.sim.Edit(lin, home, first, "where is order 12?"); err != nil {
				t.Fatal(err)
			}
			eventually(t, "an answer to the edit", func() bool { return slices.Contains(b.seen(home), "> re: where is order 12?") })
			eventually(t, "all confirmed", func() bool { return b.sim.Pending() == 0 || mode == polling })
			got := b.seen(home)
			slices.Sort(got)
			want := []string{"where is order 12?", "你好", "> re: where is order 12?", "> re: where is my order?", "> re: 你好"}
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("home: %q", got)
			}
			if got := b.seen(group); got[2] != "> re: open today?" {
				t.Errorf("group: %q", got)
			}
			if m := b.sim.Transcript(topic)[2]; m.Text != "re: /price blue" || m.ReplyTo == 0 {
				t.Errorf("topic: %+v", m)
			}
			secretless(t, b.Log.String())
		})
	}
}

// ask offers a short and a long choice, and says which was pressed.
func ask(_ context.Context, t *core.Turn) error {
	if p := t.Work.Envelope.Parts[0]; p.Kind == core.Choice {
		t.Say(core.Part{Text: p.Text + " = " + p.Value})
		return nil
	}
	t.Say(core.Part{Text: "which?"}, core.Part{Kind: core.Choice, Text: "short", Value: "s"},
		core.Part{Kind: core.Choice, Text: "long", Value: "flow:" + strings.Repeat("x", 80)})
	return nil
}

func TestButtons(t *testing.T) {
	for _, mode := range []string{webhook, polling} {
		t.Run(mode, func(t *testing.T) {
			b := newBench(t, ask, sim.Options{}, map[string]any{"mode": mode})
			b.run()
			home := b.sim.Private(lin)
			b.sim.Say(lin, home, "hi")
			eventually(t, "the question", func() bool { return len(b.seen(home)) == 2 })
			q := b.sim.Transcript(home)[1].ID
			for _, label := range []string{"short", "long"} {
				if err := b.sim.Press(lin, home, q, label); err != nil {
					t.Fatal(err)
				}
			}
			eventually(t, "both answers", func() bool { return len(b.seen(home)) == 4 })
			got := b.seen(home)[2:]
			if want := []string{"> short = s", "> long = flow:" + strings.Repeat("x", 80)}; !slices.Equal(got, want) {
				t.Errorf("got %q", got)
			}
			eventually(t, "no button spins", func() bool { return b.sim.Spinning() == 0 })
		})
	}
}

// A value that is not where it should be in the history stays what Telegram
// gave: nobody may press what was not offered.
func TestExpandForgotten(t *testing.T) {
	b := newBench(t, ask, sim.Options{}, map[string]any{"mode": webhook})
	b.run()
	home := b.sim.Private(lin)
	b.sim.Say(lin, home, "hi")
	eventually(t, "the question", func() bool { return len(b.seen(home)) == 2 })
	long := "flow:" + strings.Repeat("x", 80)
	for v, want := range map[string]string{
		data(2, 2, long): long, // message 2, its third part
		data(2, 1, long): "", data(1, 2, long): "", data(2, 9, long): "", data(9, 2, long): "", data(2, 2, long+"!"): "",
		"~": "", "~1.2": "", "~x!.0.abc": "", "~-5.0.abc": "", "~zzzzzzzzzzzzzz.0.abc": "", "~2.-1.abc": "",
	} {
		e := core.Envelope{Workspace: core.DefaultWorkspace, Channel: "tg", Address: "11", Bot: "default", Parts: []core.Part{{Kind: core.Choice, Text: "a", Value: v}}}
		if want == "" {
			want = v
		}
		if err := b.ch.expand(context.Background(), &e); err != nil || e.Parts[0].Value != want {
			t.Errorf("%s became %+v, %v", v, e.Parts[0], err)
		}
	}
}

// One update delivered at 0, 5 and 10 s: one turn, one answer.
func TestDuplicates(t *testing.T) {
	b := newBench(t, channeltest.Echo, sim.Options{}, map[string]any{"mode": webhook})
	b.run()
	home := b.sim.Private(lin)
	b.sim.Say(lin, home, "hello")
	eventually(t, "an answer", func() bool { return len(b.seen(home)) == 2 })
	var update map[string]any
	if err := json.Unmarshal(said(b.Clock.Now(), 11, 3), &update); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if status, err := b.sim.Deliver(context.Background(), update); status != 200 || err != nil {
			t.Fatalf("%d, %v", status, err)
		}
		b.Clock.Add(5 * time.Second)
	}
	eventually(t, "the second answer", func() bool { return len(b.seen(home)) == 3 })
	b.sim.Say(lin, home, "last")
	eventually(t, "the last answer", func() bool { return slices.Contains(b.seen(home), "> re: last") })
	if n := len(b.Accepted()); n != 3 || len(b.seen(home)) != 5 {
		t.Errorf("%d accepted, seen %q", n, b.seen(home))
	}
}

// A refused message comes again until it is stored, in order, once.
func TestBusyLosesNothing(t *testing.T) {
	for _, mode := range []string{webhook, polling} {
		t.Run(mode, func(t *testing.T) {
			b := newBench(t, channeltest.Echo, sim.Options{}, map[string]any{"mode": mode})
			var mu sync.Mutex
			waited := 0
			b.ch.wait = func(ctx context.Context, _ time.Duration) error {
				mu.Lock()
				defer mu.Unlock()
				if waited++; waited == 2 {
					b.Busy(false)
				}
				return ctx.Err()
			}
			b.Busy(true)
			b.run()
			home := b.sim.Private(lin)
			for i := range 3 {
				b.sim.Say(lin, home, fmt.Sprint("m", i))
			}
			if mode == webhook {
				eventually(t, "a refusal", func() bool { return strings.Contains(b.Log.String(), "not stored") })
				b.Busy(false)
			}
			eventually(t, "three answers", func() bool { return len(b.seen(home)) == 6 })
			if got := b.seen(home)[3:]; !slices.Equal(got, []string{"> re: m0", "> re: m1", "> re: m2"}) {
				t.Errorf("answers %q", got)
			}
		})
	}
}

// What cannot be read must not hold up what follows.
func TestPollPassesOver(t *testing.T) {
	b := newBench(t, channeltest.Echo, sim.Options{}, map[string]any{"mode": polling})
	deep := json.RawMessage(strings.Repeat("[", 80) + strings.Repeat("]", 80))
	for _, body := range []map[string]any{{"message": "no object"}, {"message": deep}, {"message": map[string]any{}}} {
		b.sim.Push(11, body)
	}
	home := b.sim.Private(lin)
	b.sim.Say(lin, home, "hi")
	b.run()
	eventually(t, "an answer", func() bool { return len(b.seen(home)) == 2 })
	if n := strings.Count(b.Log.String(), "update passed over"); n != 2 {
		t.Errorf("%d updates passed over in the log, want 2", n)
	}
}

func TestPollPassesOverTheLast(t *testing.T) {
	b := newBench(t, channeltest.Echo, sim.Options{}, map[string]any{"mode": polling})
	id := b.sim.Push(11, map[string]any{"message": "no object"})
	if next, err := b.ch.pollOnce(context.Background(), 0); err != nil || next != id+1 {
		t.Errorf("offset %d, %v; want %d", next, err, id+1)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"ok":true,"result":[{"message":{}}]}`))
	}))
	defer srv.Close()
	c := opened(t, &fake{}, config{Token: testToken, Mode: polling, APIBaseURL: srv.URL})
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	if next, err := c.pollOnce(context.Background(), 5); err == nil || next != 5 {
		t.Errorf("an update without an id: offset %d, %v", next, err)
	}
}

func TestPollAcknowledgesOnlyWhatIsStored(t *testing.T) {
	f := &fake{fail: []error{nil, core.ErrBusy}}
	b := newBench(t, channeltest.Echo, sim.Options{}, map[string]any{"mode": polling})
	b.ch.s.Gateway.Accept = f.accept
	home := b.sim.Private(lin)
	for i := range 3 {
		b.sim.Say(lin, home, fmt.Sprint(i))
	}
	offset, err := b.ch.pollOnce(context.Background(), 0)
	if err == nil || len(f.got) != 1 {
		t.Fatalf("%v, %d stored", err, len(f.got))
	}
	if next, err := b.ch.pollOnce(context.Background(), offset); err != nil || next != offset+2 || len(f.got) != 3 {
		t.Fatalf("offset %d then %d, %v, %d stored", offset, next, err, len(f.got))
	}
}

func TestPollExplainsAConflict(t *testing.T) {
	b := newBench(t, channeltest.Echo, sim.Options{}, map[string]any{"mode": polling})
	b.sim.Fail("getUpdates", sim.Fault{Status: 409, Description: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"})
	waits := make(chan time.Duration, 8)
	b.ch.wait = func(ctx context.Context, d time.Duration) error { waits <- d; return ctx.Err() }
	b.receive()
	if d := <-waits; d != time.Second {
		t.Errorf("waited %v", d)
	}
	eventually(t, "the next poll", func() bool { return b.sim.Calls("getUpdates") == 2 })
	if l := b.Log.String(); !strings.Contains(l, "another program polls with this token") {
		t.Errorf("the log does not explain: %s", l)
	}
}

// Of several replicas one polls; who is not, says nothing of it, and begins when
// it is.
func TestPollInTurn(t *testing.T) {
	b := newBench(t, channeltest.Echo, sim.Options{}, map[string]any{"mode": polling})
	var turn atomic.Bool
	b.ch.s.Gateway.Mine = func(job string) bool { return job == "poll tg" && turn.Load() }
	asked := make(chan time.Duration, 100)
	b.ch.wait = func(ctx context.Context, d time.Duration) error {
		select {
		case asked <- d:
		default:
		}
		return ctx.Err()
	}
	home := b.sim.Private(lin)
	b.sim.Say(lin, home, "hi")
	b.run()
	for range 3 {
		if d := <-asked; d != turnPause {
			t.Fatalf("waited %v", d)
		}
	}
	if n := b.sim.Calls("getUpdates"); n != 0 {
		t.Fatalf("%d polls out of turn", n)
	}
	turn.Store(true)
	eventually(t, "an answer", func() bool { return len(b.seen(home)) == 2 })
}

// Run ends at once though a poll is open, and is patient with a platform that
// is not ready.
func TestRunWaitsForThePlatform(t *testing.T) {
	for mode, method := range map[string]string{webhook: "setWebhook", polling: "deleteWebhook"} {
		t.Run(mode, func(t *testing.T) {
			b := newBench(t, channeltest.Echo, sim.Options{}, map[string]any{"mode": mode})
			b.sim.Fail(method, sim.Fault{}, sim.Fault{Status: 502, Raw: "x"}, sim.Fault{Status: 429, RetryAfter: 90}, sim.Fault{Status: 401})
			var mu sync.Mutex
			var waits []time.Duration
			b.ch.wait = func(ctx context.Context, d time.Duration) error {
				mu.Lock()
				defer mu.Unlock()
				waits = append(waits, d)
				return ctx.Err()
			}
			stop := b.receive()
			eventually(t, "five calls", func() bool { return b.sim.Calls(method) == 5 })
			if mode == polling {
				eventually(t, "an open poll", func() bool { return b.sim.Calls("getUpdates") == 1 })
			}
			stop()
			mu.Lock()
			defer mu.Unlock()
			if want := []time.Duration{time.Second, 2 * time.Second, 90 * time.Second, 8 * time.Second}; !slices.Equal(waits, want) {
				t.Errorf("waits %v", waits)
			}
			secretless(t, b.Log.String())
		})
	}
}

func TestPauseAfter(t *testing.T) {
	var got []int
	for i := range 9 {
		got = append(got, int(pauseAfter(i).Seconds()))
	}
	if want := []int{1, 2, 4, 8, 16, 32, 60, 60, 60}; !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := pause(ctx, time.Hour); err == nil {
		t.Error("an ended context is waited for")
	}
	if err := pause(context.Background(), time.Millisecond); err != nil {
		t.Error(err)
	}
}

// A server that answers polls at once is not asked without pause.
func TestPollRests(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"ok":true,"result":[]}`))
	}))
	defer srv.Close()
	c := opened(t, &fake{}, config{Token: testToken, Mode: polling, APIBaseURL: srv.URL})
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	var waits []time.Duration
	c.wait = func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }
	if _, err := c.pollOnce(context.Background(), 0); err != nil || !slices.Equal(waits, []time.Duration{pollRest}) {
		t.Errorf("%v, waits %v", err, waits)
	}
}

func TestUnfollow(t *testing.T) {
	b := newBench(t, func(_ context.Context, _ *core.Turn) error { return nil }, sim.Options{}, map[string]any{"mode": polling})
	b.run()
	home := b.sim.Private(lin)
	b.sim.Say(lin, home, "/start promo")
	b.sim.Block(lin, home)
	eventually(t, "both", func() bool { return len(b.Accepted()) == 2 })
	es := b.Accepted()
	if a, z := es[0].Parts[0], es[1].Parts[0]; a.Value != core.SignalFollow || a.Text != "promo" || z.Value != core.SignalUnfollow {
		t.Errorf("%+v, then %+v", a, z)
	}
}
