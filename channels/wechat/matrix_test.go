package wechat

import (
	"fmt"
	"testing"
	"time"

	sim "frontdesk/channels/sim/wechat"
	"frontdesk/core"
)

// The platform calls at 0, 5 and 10 s. Whenever the answer is ready, there is
// one turn, one answer, and it is shown by the delivery then open.
func TestDeliveryThenOpen(t *testing.T) {
	for _, mode := range []string{sim.Plain, sim.Compatible, sim.AES} {
		for _, tc := range []struct {
			ready   time.Duration
			attempt int
		}{{0, 1}, {3 * time.Second, 1}, {7 * time.Second, 2}, {12 * time.Second, 3}} {
			t.Run(fmt.Sprintf("%s/%v", mode, tc.ready), func(t *testing.T) {
				play(t, scene{config: map[string]any{"encryption": mode}, mode: mode, verified: true, bot: after(tc.ready)}, func(s *stage) {
					s.sim.Say(alice, "发货要多久？")
					time.Sleep(time.Minute)
					s.answeredOnce("re: 发货要多久？", sim.ViaPassive, tc.attempt)
					if n := s.outgoing(alice); n[core.Sent] != 1 || len(n) != 1 {
						t.Errorf("outbox %v", n)
					}
				})
			})
		}
	}
}

func (s *stage) answeredOnce(text, via string, attempt int) {
	s.Helper()
	if n := len(s.rig.Accepted()); n != 1 {
		s.Errorf("%d turns", n)
	}
	got := s.said(alice, sim.FromAccount)
	if len(got) != 1 || got[0].Text != text || got[0].Via != via || got[0].Attempt != attempt {
		s.Errorf("shown %+v, want %q by %s, attempt %d", got, text, via, attempt)
	}
	if n := s.said(alice, sim.FromPlatform); len(n) != 0 {
		s.Errorf("the platform apologised: %+v", n)
	}
}

func TestReadyTooLateIsSentIfTheAccountMay(t *testing.T) {
	play(t, scene{verified: true, bot: after(20 * time.Second)}, func(s *stage) {
		s.sim.Say(alice, "hi")
		time.Sleep(time.Minute)
		s.answeredOnce("re: hi", sim.ViaCustom, 0)
	})
}

// An account without the right shows the link, holds the answer, and gives it
// to the tap of the link or to the next message.
func TestReadyTooLateIsHeldElse(t *testing.T) {
	for name, sc := range map[string]scene{
		"passive": {config: map[string]any{"mode": "passive", "app_secret": nil}},
		"auto":    {config: map[string]any{"mode": "auto"}},
	} {
		t.Run(name, func(t *testing.T) {
			sc.bot = after(20 * time.Second)
			play(t, sc, func(s *stage) {
				s.sim.Say(alice, "hi")
				time.Sleep(time.Minute)
				if n := s.outgoing(alice); n[core.Held] != 1 {
					t.Fatalf("outbox %v, want it held", n)
				}
				notice := s.said(alice, sim.FromAccount)
				if name == "passive" && (len(notice) != 1 || notice[0].Text != noticeEN || notice[0].Attempt != 3) {
					t.Errorf("shown %+v, want the notice on the third delivery", notice)
				}
				s.sim.Tap(alice, fetchID, "Show the answer")
				time.Sleep(time.Minute)
				got := s.said(alice, sim.FromAccount)
				if last := got[len(got)-1]; last.Text != "re: hi" || last.Via != sim.ViaPassive {
					t.Errorf("shown after the tap: %+v", last)
				}
				if n := s.outgoing(alice); n[core.Held] != 0 || n[core.Sent] != 1 {
					t.Errorf("outbox %v", n)
				}
				if n := s.said(alice, sim.FromPlatform); len(n) != 0 {
					t.Errorf("the platform apologised: %+v", n)
				}
			})
		})
	}
}

// A tap before the answer is ready waits for it like any message.
func TestTapBeforeTheAnswerIsReady(t *testing.T) {
	play(t, scene{config: map[string]any{"mode": "passive"}, bot: after(20 * time.Second)}, func(s *stage) {
		s.sim.Say(alice, "hi")
		time.Sleep(16 * time.Second)
		s.sim.Tap(alice, fetchID, "Answer")
		time.Sleep(30 * time.Second)
		got := s.said(alice, sim.FromAccount)
		if len(got) != 2 || got[0].Text != noticeEN || got[1].Text != "re: hi" || got[1].Via != sim.ViaPassive {
			t.Errorf("shown %+v", got)
		}
	})
}

func TestActiveAcknowledgesAtOnce(t *testing.T) {
	play(t, scene{config: map[string]any{"mode": "active"}, verified: true, bot: after(7 * time.Second)}, func(s *stage) {
		s.sim.Say(alice, "hi")
		time.Sleep(time.Second)
		s.sim.Wait() // returns though the turn runs
		time.Sleep(time.Minute)
		s.answeredOnce("re: hi", sim.ViaCustom, 0)
	})
}
