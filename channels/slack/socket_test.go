package slack_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/channels"
	sim "frontdesk/channels/sim/slack"
	"frontdesk/core"
)

// socketRig runs the channel over Socket Mode alone.
func socketRig(t *testing.T, o sim.Options, change ...func(*channels.Settings)) *rig {
	t.Helper()
	r := newRig(t, o, conf{"app_token": appToken, "signing_secret": ""}, change...)
	r.Connect("")
	r.run()
	r.until("connected", func() bool { return r.Links() == 1 })
	return r
}

// run runs the channel until the test ends.
func (r *rig) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.ch.Run(ctx) }()
	r.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Errorf("run: %v", err)
		}
	})
}

func TestSocketMode(t *testing.T) {
	r := socketRig(t, sim.Options{})
	do(t)(r.As("U1").DM("hello"))
	do(t)(r.As("U1").Say("C1", "@frontdesk hi"))
	if shown, err := r.As("U1").Command("C1", "/ask", "when?"); err != nil || !strings.Contains(shown, "direct messages") {
		t.Errorf("command: %q %v", shown, err)
	}
	if err := r.As("U1").React("D1", r.Transcript("D1")[0].TS, "eyes"); err != nil {
		t.Error(err)
	}
	r.idle()
	if got := r.house.got(); len(got) != 3 || got[0].Text() != "hello" || got[1].Text() != "hi" || got[2].Text() != "when?" {
		t.Errorf("turns:\n%s", summary(got))
	}
}

func TestSocketModeDesk(t *testing.T) {
	r := socketRig(t, sim.Options{})
	ref := core.DeskRef{Channel: "sl", Room: "C0DESK"}
	ts, err := r.ch.Desk().Show(t.Context(), core.DeskPost{Action: core.DeskOpen, Ref: ref, Card: card(core.Waiting)})
	if err != nil {
		t.Fatal(err)
	}
	ref.Thread = ts
	r.house.open(ref)
	bo := r.As("U2")
	if err := bo.Press("C0DESK", ts, "frontdesk_reply"); err != nil {
		t.Fatal(err)
	}
	r.until("opened", func() bool { return len(bo.Windows()) == 1 })
	r.house.say(core.Invalid("not now"))
	if p, err := bo.Submit(bo.Windows()[0].ID, "hi"); err != nil || len(p) != 1 {
		t.Errorf("problems %v, %v: they travel in the acknowledgement", p, err)
	}
	r.house.say(nil)
	if p, err := bo.Submit(bo.Windows()[0].ID, "hi"); err != nil || len(p) != 0 {
		t.Errorf("problems %v, %v", p, err)
	}
	if acts := r.house.done(); len(acts) != 1 || acts[0].Do != core.DoReply {
		t.Errorf("%+v", acts)
	}
	r.until("shown", func() bool {
		th := r.Thread("C0DESK", ts)
		return len(th) == 2 && len(th[1].Reactions) == 1
	})
	r.idle()
}

func TestSocketModeComesAgainWhenBusy(t *testing.T) {
	r := socketRig(t, sim.Options{Patience: 100 * time.Millisecond})
	r.house.failing = 1
	do(t)(r.As("U1").DM("hello")) // not acknowledged, so Slack tries again at once
	r.idle()
	if got := r.house.got(); len(got) != 1 {
		t.Errorf("turns:\n%s", summary(got))
	}
}

func TestSocketModeReconnects(t *testing.T) {
	r := socketRig(t, sim.Options{})
	r.Refresh()
	r.until("connected again", func() bool { return r.Links() == 1 && len(r.Calls("apps.connections.open")) == 2 })
	do(t)(r.As("U1").DM("hello"))
	r.idle()
	if got := r.house.got(); len(got) != 1 {
		t.Errorf("turns:\n%s", summary(got))
	}
}

func TestTwoConnectionsOneTurnEach(t *testing.T) {
	r := socketRig(t, sim.Options{})
	second := open(t, settings(r.house, conf{"bot_token": botToken, "app_token": appToken, "api_base_url": r.APIURL()}))
	(&rig{Server: r.Server, house: r.house, ch: second, t: t}).run()
	r.until("both connected", func() bool { return r.Links() == 2 })
	for range 10 {
		do(t)(r.As("U1").DM("hello"))
	}
	r.idle()
	if got := r.house.got(); len(got) != 10 {
		t.Errorf("%d turns", len(got))
	}
}

// buffer is a log that may be read while it is written.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) { b.mu.Lock(); defer b.mu.Unlock(); return b.b.Write(p) }

func (b *buffer) String() string { b.mu.Lock(); defer b.mu.Unlock(); return b.b.String() }

func TestSocketModeSaysWhatIsWrong(t *testing.T) {
	log := &buffer{}
	r := newRig(t, sim.Options{}, conf{"app_token": "xapp-wrong"}, func(s *channels.Settings) {
		s.Log = slog.New(slog.NewTextHandler(log, nil))
	})
	r.run()
	// The hook keeps working meanwhile.
	do(t)(r.As("U1").DM("hello"))
	r.until("told", func() bool { return len(r.Calls("apps.connections.open")) == 1 })
	deadline := time.After(5 * time.Second)
	for !strings.Contains(log.String(), "connections:write") {
		select {
		case <-deadline:
			t.Fatalf("log: %s", log)
		case <-time.After(time.Millisecond):
		}
	}
	if len(r.house.got()) != 1 || strings.Contains(log.String(), "xapp-wrong") {
		t.Errorf("%d turns, log %s", len(r.house.got()), log)
	}
}

func TestRunWithoutSocketModeCallsNobody(t *testing.T) {
	s := settings(newHouse(), conf{"bot_token": botToken})
	s.HTTP = &http.Client{Transport: forbidden{t}}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- open(t, s).Run(ctx) }()
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

type forbidden struct{ t *testing.T }

func (f forbidden) RoundTrip(r *http.Request) (*http.Response, error) {
	f.t.Errorf("%s was called", r.URL)
	return nil, http.ErrNotSupported
}
