package telegram

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/channels/channeltest"
	sim "frontdesk/channels/sim/telegram"
	"frontdesk/core"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testToken  = "4242:the-tokens-own-secret_part"
	testSecret = "hook_secret-0123456789"
)

var (
	lin  = sim.User{ID: 11, FirstName: "Lin", LastName: "Mei", Language: "zh-hans"}
	alex = sim.User{ID: 12, FirstName: "Alex"}
)

func configured(more map[string]any) map[string]any {
	c := map[string]any{"token": testToken, "secret_token": testSecret}
	maps.Copy(c, more)
	return c
}

// bench is a channel between a house and a simulated Telegram.
type bench struct {
	*channeltest.Rig
	t   *testing.T
	sim *sim.Server
	ch  *Channel
}

// newBench opens a channel; nothing runs yet. Its server is at hook.
func newBench(t *testing.T, a channeltest.Answer, o sim.Options, more map[string]any) *bench {
	t.Helper()
	o.Token = testToken
	if o.Retry == 0 {
		o.Retry = 20 * time.Millisecond
	}
	s := sim.New(o)
	api := httptest.NewServer(s)
	b := &bench{Rig: channeltest.New(t, a, core.DeskRef{}), t: t, sim: s}
	hook := httptest.NewServer(http.StripPrefix("/webhooks/telegram/tg", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.ch.Hook().ServeHTTP(w, r)
	})))
	cfg := configured(map[string]any{"api_base_url": api.URL})
	maps.Copy(cfg, more)
	st := b.Settings("tg", cfg)
	st.PublicURL = hook.URL
	st.HTTP = &http.Client{Transport: &http.Transport{}}
	ch, err := Open(st)
	if err != nil {
		t.Fatal(err)
	}
	b.ch = ch.(*Channel)
	t.Cleanup(func() {
		s.Close()
		st.HTTP.CloseIdleConnections()
		hook.Close()
		api.Close()
	})
	return b
}

// run runs the channel and the engine until the test ends, or stop.
func (b *bench) run() (stop func()) {
	b.t.Helper()
	b.Start(b.t, b.ch)
	return b.receive()
}

// receive runs the channel alone.
func (b *bench) receive() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.ch.Run(ctx) }()
	ended := false
	stop = func() {
		if ended {
			return
		}
		ended = true
		began := time.Now()
		cancel()
		if err := <-done; err != nil {
			b.t.Errorf("Run = %v", err)
		}
		if took := time.Since(began); took > 3*time.Second {
			b.t.Errorf("Run took %v to end", took)
		}
	}
	b.t.Cleanup(stop)
	return stop
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(3 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: " + what)
		}
	}
}

// seen are the texts at p, the bot's marked by "> ".
func (b *bench) seen(p sim.Place) []string {
	var out []string
	for _, m := range b.sim.Transcript(p) {
		if m.Bot {
			out = append(out, "> "+m.Text)
		} else {
			out = append(out, m.Text)
		}
	}
	return out
}
