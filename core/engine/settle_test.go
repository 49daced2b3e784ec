package engine

import (
	"errors"
	"testing"
	"time"

	"frontdesk/core"
)

func TestSettlement(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	e := New(nil, nil)
	e.Now = func() time.Time { return now }
	e.SendPause = func(int) time.Duration { return time.Second }
	for _, tc := range []struct {
		name    string
		attempt int
		err     error
		want    core.OutState
		wait    time.Duration
		done    int
	}{
		{"arrived", 1, nil, core.Sent, 0, 0},
		{"unknown failures are retried", 1, errors.New("reset"), core.Queued, time.Second, 0},
		{"until there were too many", e.SendTries, errors.New("reset"), core.Buried, 0, 0},
		{"refused", 1, core.Refused(errors.New("blocked")), core.Buried, 0, 0},
		{"held until the customer writes", 1, &core.SendError{Hold: true, Err: errors.New("45015")}, core.Held, 0, 0},
		{"the platform names the pause", 1, &core.SendError{After: time.Minute, Err: errors.New("429")}, core.Queued, time.Minute, 0},
		{"which does not count as being away", e.SendTries, &core.SendError{After: time.Minute, Err: errors.New("429")}, core.Queued, time.Minute, 0},
		{"nor does progress", e.SendTries, &core.SendError{Done: 1, Err: errors.New("503")}, core.Queued, time.Second, 1},
		{"half of it arrived", 1, &core.SendError{Done: 2, Err: errors.New("503")}, core.Queued, time.Second, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := e.settlement(core.Delivery{Attempt: tc.attempt}, "n", tc.err)
			if s.To != tc.want || s.Done != tc.done {
				t.Fatalf("got %+v, want %s, %d done", s, tc.want, tc.done)
			}
			if s.To == core.Queued && s.At.Sub(now) != tc.wait {
				t.Fatalf("again after %v, want %v", s.At.Sub(now), tc.wait)
			}
			if (tc.err != nil) != (s.Note != "") {
				t.Fatalf("note %q", s.Note)
			}
		})
	}
}

// No customer's message can free a desk: what it will not show now is tried
// again, and buried in the end like anything else.
func TestDeskIsNeverHeld(t *testing.T) {
	e := New(nil, nil)
	d := core.Delivery{Attempt: 1, Reply: core.Reply{Desk: &core.DeskPost{}}}
	hold := &core.SendError{Hold: true, Err: errors.New("closed")}
	if s := e.settlement(d, "", hold); s.To != core.Queued || !s.At.After(time.Now()) {
		t.Fatalf("got %+v", s)
	}
	d.Attempt = e.SendTries
	if s := e.settlement(d, "", hold); s.To != core.Buried {
		t.Fatalf("got %+v", s)
	}
}

// The whole row of pauses: it grows, never above five minutes, and all of it
// together outlasts half an hour's outage.
func TestPauses(t *testing.T) {
	var sum, last time.Duration
	for n := 1; n < New(nil, nil).SendTries; n++ {
		d := pauseBetweenSends(n)
		if d <= 0 || d > 5*time.Minute || n < 9 && d < last {
			t.Fatalf("pause %d is %v after %v", n, d, last)
		}
		last, sum = d, sum+d
	}
	if sum < 30*time.Minute {
		t.Fatalf("gives up after %v", sum)
	}
}
