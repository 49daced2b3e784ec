package wechat

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"frontdesk/channels/channeltest"
	sim "frontdesk/channels/sim/wechat"
	"frontdesk/core"
)

const (
	testToken  = "spamtest-token"
	testKey    = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aQ"
	testApp    = "wx49f0ab532d5d035a"
	testSecret = "app-secret-4711"
	alice      = "oAlice-000000000000000000001"
)

func TestMain(m *testing.M) {
	Install()
	os.Exit(m.Run())
}

// account is a valid configuration.
func account(over map[string]any) map[string]any {
	cfg := map[string]any{"token": testToken, "encoding_aes_key": testKey, "app_id": testApp, "app_secret": testSecret}
	for k, v := range over {
		if v == nil {
			delete(cfg, k)
			continue
		}
		cfg[k] = v
	}
	return cfg
}

// local serves requests in this process, on no network: in a bubble of
// synctest, its waits are virtual. Like a real server's, its handler's context
// ends when the client hangs up.
type local struct{ http.Handler }

// RoundTrip implements http.RoundTripper.
func (l local) RoundTrip(req *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	in := req.Clone(req.Context())
	in.RequestURI = in.URL.RequestURI()
	l.ServeHTTP(rec, in)
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	return rec.Result(), nil
}

// virtual is a simulator's clock that agrees with the rig's.
type virtual struct{ *channeltest.Clock }

// After implements sim.Clock.
func (virtual) After(d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTimer(d)
	return t.C, func() { t.Stop() }
}

// stage is an account, its customers and a house that answers, in virtual time.
type stage struct {
	*testing.T
	rig *channeltest.Rig
	sim *sim.Server
	ch  *Channel
	end func()
}

// scene is how a stage is set.
type scene struct {
	config   map[string]any // over account's
	mode     string         // of the simulator
	verified bool
	bot      channeltest.Answer
}

// play runs f in a bubble where time passes by itself.
func play(t *testing.T, sc scene, f func(*stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := setStage(t, sc)
		f(s)
		s.end()
	})
}

func setStage(t *testing.T, sc scene) *stage {
	t.Helper()
	rig := channeltest.New(t, sc.bot, core.DeskRef{})
	rig.Engine.Poll, rig.Engine.Senders = 50*time.Millisecond, 2 // a minute passes fast
	stopClock := runClock(rig.Clock)
	hook := &late{}
	platform, err := sim.New(sim.Options{Webhook: "http://desk.example/", Token: testToken, AESKey: testKey, AppID: testApp,
		AppSecret: testSecret, Mode: sc.mode, Verified: sc.verified, HTTP: &http.Client{Transport: local{hook}}, Clock: virtual{rig.Clock}})
	if err != nil {
		t.Fatal(err)
	}
	set := rig.Settings("wx", account(sc.config))
	set.HTTP = &http.Client{Transport: local{platform.Handler()}, Timeout: 5 * time.Second}
	ch, err := Open(set)
	if err != nil {
		t.Fatal(err)
	}
	hook.Handler = ch.(*Channel).Hook()
	stop := rig.Start(t, ch)
	return &stage{T: t, rig: rig, sim: platform, ch: ch.(*Channel), end: func() {
		platform.Close()
		stop()
		stopClock()
	}}
}

// late is a handler that is known later.
type late struct{ http.Handler }

// runClock moves c along with the bubble's time.
func runClock(c *channeltest.Clock) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				c.Add(10 * time.Millisecond)
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() { cancel(); <-done }
}

// after is a bot that thinks for d and then echoes.
func after(d time.Duration) channeltest.Answer {
	return func(ctx context.Context, t *core.Turn) error {
		if len(t.Work.Envelope.Parts) > 0 && t.Work.Envelope.Parts[0].Kind == core.Signal {
			return nil
		}
		select {
		case <-time.After(d):
			return channeltest.Echo(ctx, t)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// said are the lines of openid's chat from who.
func (s *stage) said(openid, who string) []sim.Line {
	var out []sim.Line
	for _, l := range s.sim.Transcript(openid) {
		if l.From == who {
			out = append(out, l)
		}
	}
	return out
}

func (s *stage) outgoing(openid string) map[core.OutState]int {
	s.Helper()
	c, err := s.rig.Ledger.Locate(context.Background(), core.Envelope{Workspace: core.DefaultWorkspace, Channel: "wx", Address: openid})
	if err != nil {
		s.Fatal(err)
	}
	m, err := s.rig.Ledger.Outgoing(context.Background(), c)
	if err != nil {
		s.Fatal(err)
	}
	return m
}
