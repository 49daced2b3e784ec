package wechat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/channels/channeltest"
	sim "frontdesk/channels/sim/wechat"
	"frontdesk/core"
)

// shop is a channel whose API is a simulator, on a clock moved by hand.
type shop struct {
	*testing.T
	*Channel
	rig *channeltest.Rig
	sim *sim.Server
}

// openShop opens one whose customer alice has just written.
func openShop(t *testing.T, verified bool, over map[string]any) shop {
	t.Helper()
	rig := channeltest.New(t, channeltest.Echo, core.DeskRef{})
	platform, err := sim.New(sim.Options{Webhook: "http://desk.example/", Token: testToken, AESKey: testKey, AppID: testApp,
		AppSecret: testSecret, Verified: verified, Clock: virtual{rig.Clock},
		HTTP: &http.Client{Transport: local{http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(platform.Close)
	set := rig.Settings("wx", account(over))
	set.HTTP = &http.Client{Transport: local{platform.Handler()}}
	ch, err := Open(set)
	if err != nil {
		t.Fatal(err)
	}
	platform.Say(alice, "hi")
	platform.Wait()
	return shop{t, ch.(*Channel), rig, platform}
}

func reply(text string) core.Reply {
	return core.Reply{Address: alice, Event: core.Event{Role: core.BotRole, Parts: []core.Part{{Text: text}}}}
}

// send sends text and returns what became of it.
func (s shop) send(text string) *core.SendError {
	s.Helper()
	_, err := s.Send(context.Background(), reply(text))
	if err == nil {
		return nil
	}
	for _, secret := range []string{testToken, testKey, testSecret, "stable-"} {
		if strings.Contains(err.Error(), secret) {
			s.Errorf("a secret is shown: %v", err)
		}
	}
	var se *core.SendError
	if !errors.As(err, &se) {
		s.Fatalf("%v is no SendError", err)
	}
	return se
}

func (s shop) shown() []string {
	var out []string
	for _, l := range s.sim.Transcript(alice) {
		if l.From == sim.FromAccount {
			out = append(out, l.Text)
		}
	}
	return out
}

func TestSend(t *testing.T) {
	s := openShop(t, true, nil)
	if err := s.send("**您好** & <welcome>"); err != nil {
		t.Fatal(err)
	}
	if got := s.shown(); len(got) != 1 || got[0] != "您好 & <welcome>" {
		t.Errorf("shown %q", got)
	}
	if err := s.send(" \n"); err != nil || len(s.shown()) != 1 {
		t.Errorf("nothing to say: %v, %q", err, s.shown())
	}
}

// What each of the platform's refusals makes of a reply.
func TestSendErrors(t *testing.T) {
	for _, tc := range []struct {
		code            int
		hold, permanent bool
		after           time.Duration
		cure            string
	}{
		{code: -1},
		{code: 40003, permanent: true, cure: "not known"},
		{code: 40164, hold: true, cure: "IP whitelist"},
		{code: 43004, hold: true},
		{code: 45002, permanent: true},
		{code: 45009, after: 10*time.Hour + 53*time.Minute + 53*time.Second + time.Minute}, // it is 13:06:07 in China
		{code: 45011, after: time.Minute},
		{code: 45015, hold: true},
		{code: 45047, hold: true},
		{code: 48001, hold: true, cure: "verified"},
		{code: 48004, hold: true},
		{code: 99999},
	} {
		t.Run(fmt.Sprint(tc.code), func(t *testing.T) {
			s := openShop(t, true, map[string]any{"mode": "active"})
			s.sim.Refuse(sim.SendPath, tc.code)
			err := s.send("hi")
			if err == nil {
				t.Fatal("it was sent, they say")
			}
			if err.Hold != tc.hold || err.Permanent != tc.permanent || err.After != tc.after || !strings.Contains(err.Error(), tc.cure) {
				t.Errorf("%+v", err)
			}
			if err := s.send("hi"); err != nil {
				t.Errorf("the next: %v", err)
			}
		})
	}
}

func TestSendQuota(t *testing.T) {
	s := openShop(t, true, nil)
	for i := range 5 {
		if err := s.send(fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.send("6th"); err == nil || !err.Hold {
		t.Errorf("the 6th: %+v", err)
	}
	s.rig.Clock.Add(48 * time.Hour)
	if err := s.send("late"); err == nil || !err.Hold {
		t.Errorf("after 48 h: %+v", err)
	}
	s.sim.Say(alice, "hi again")
	s.sim.Wait()
	if err := s.send("hi"); err != nil {
		t.Error(err)
	}
}

// A token the platform no longer takes is replaced, once.
func TestSendRenewsToken(t *testing.T) {
	for _, code := range []int{40001, 40014, 42001} {
		s := openShop(t, true, nil)
		s.sim.Refuse(sim.SendPath, code)
		if err := s.send("hi"); err != nil {
			t.Errorf("%d: %v", code, err)
		}
		s.sim.Refuse(sim.SendPath, code, code)
		err := s.send("hi")
		if err == nil || err.Hold || err.Permanent {
			t.Errorf("%d twice: %+v, want it retried later", code, err)
		}
		if n := s.sim.Calls(sim.SendPath); n != 4 {
			t.Errorf("%d: %d calls, want 4", code, n)
		}
	}
	s := openShop(t, true, nil)
	_ = s.send("1")
	s.sim.Revoke()
	if err := s.send("2"); err != nil || len(s.shown()) != 2 {
		t.Errorf("after a reset: %v, shown %q", err, s.shown())
	}
}

func TestTokenIsSharedAndStable(t *testing.T) {
	s := openShop(t, true, nil)
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if err := s.send("hi"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	s.rig.Clock.Add(110 * time.Minute)
	_ = s.send("x")
	if n := s.sim.Calls(sim.StablePath); n != 1 {
		t.Errorf("%d tokens fetched, want 1", n)
	}
	s.rig.Clock.Add(6 * time.Minute) // 4 left of the token's 120
	_ = s.send("x")
	if n := s.sim.Calls(sim.StablePath); n != 2 {
		t.Errorf("%d tokens fetched, want a second before the first ends", n)
	}
	if n := s.sim.Calls(sim.ClassPath); n != 0 {
		t.Errorf("the classic token was used: other programs lose theirs")
	}
}

// An account in auto mode that was refused is passive for an hour.
func TestAutoLearns(t *testing.T) {
	s := openShop(t, false, nil)
	for range 3 {
		if err := s.send("hi"); err == nil || !err.Hold {
			t.Fatalf("%+v, want it held", err)
		}
	}
	if n := s.sim.Calls(sim.SendPath); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
	s.sim.SetVerified(true)
	s.rig.Clock.Add(59 * time.Minute)
	if err := s.send("hi"); err == nil {
		t.Error("tried again within the hour")
	}
	s.rig.Clock.Add(2 * time.Minute)
	if err := s.send("hi"); err != nil {
		t.Error(err)
	}
}

func TestPassiveNeverCalls(t *testing.T) {
	s := openShop(t, true, map[string]any{"mode": "passive"})
	if err := s.send("hi"); err == nil || !err.Hold {
		t.Errorf("%+v, want it held", err)
	}
	if n := s.sim.Calls(sim.SendPath) + s.sim.Calls(sim.StablePath); n != 0 {
		t.Errorf("%d calls", n)
	}
}

// A long reply goes in pieces; one that fails in the middle goes on there.
func TestSendResumes(t *testing.T) {
	s := openShop(t, true, nil)
	text := strings.TrimSpace(strings.Repeat("The quick brown fox jumps over the lazy dog. ", 120))
	want := pieces(text)
	s.sim.Refuse(sim.SendPath, 0, -1)
	err := s.send(text)
	if err == nil || err.Done != 1 {
		t.Fatalf("%+v, want one piece done", err)
	}
	r := reply(text)
	r.Done = err.Done
	if _, err := s.Send(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	if got := s.shown(); len(want) != 3 || strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%d pieces shown, want %d", len(got), len(want))
	}
}

func TestCheck(t *testing.T) {
	for _, tc := range []struct {
		name     string
		over     map[string]any
		verified bool
		refuse   int
		want     string // "" for fine
	}{
		{name: "verified", verified: true},
		{name: "auto, not verified"},
		{name: "passive", over: map[string]any{"mode": "passive", "app_secret": nil}},
		{name: "active, not verified", over: map[string]any{"mode": "active"}, want: "mode passive"},
		{name: "no staff", verified: true, over: map[string]any{"mode": "active"}, refuse: 65400},
		{name: "wrong secret", over: map[string]any{"app_secret": "wrong"}, want: "app_secret is wrong"},
		{name: "wrong app", over: map[string]any{"app_id": "wx1"}, want: "app_id"},
		{name: "not on the list", verified: true, refuse: 40164, want: "IP whitelist"},
		{name: "no token", over: map[string]any{"token": nil}, want: "token is missing"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := openShop(t, tc.verified, tc.over)
			if tc.refuse != 0 {
				s.sim.Refuse(sim.StaffPath, tc.refuse)
			}
			err := s.Check(context.Background())
			if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, want %q", err, tc.want)
			}
		})
	}
}

// Two accounts use the SDK's one client and do not meet there.
func TestAccountsStayApart(t *testing.T) {
	a := openShop(t, true, nil)
	b := openShop(t, true, nil)
	var wg sync.WaitGroup
	for _, s := range []shop{a, b} {
		for range 5 {
			wg.Go(func() { _ = s.send("hi") })
		}
	}
	wg.Wait()
	for _, s := range []shop{a, b} {
		if n := len(s.shown()); n != 5 {
			t.Errorf("%d messages, want 5", n)
		}
	}
}
