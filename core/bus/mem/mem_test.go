package mem

import (
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/bus/bustest"
)

func TestBus(t *testing.T) {
	bustest.Run(t, func(*testing.T) (a, b core.Bus) {
		alone := New(time.Now)
		return alone, alone
	})
}

// A window ends; who left leaves nothing behind; memory is bounded.
func TestBounds(t *testing.T) {
	now := time.Now()
	b := New(func() time.Time { return now })
	for want := range 3 {
		if got := b.Allow(t.Context(), "k", 2, time.Minute); got != (want < 2) {
			t.Errorf("event %d: %v", want, got)
		}
	}
	if now = now.Add(time.Minute); !b.Allow(t.Context(), "k", 2, time.Minute) {
		t.Error("the window does not end")
	}
	for i := range maxKeys + 10 {
		b.Allow(t.Context(), string(rune(i)), 1, time.Minute)
	}
	if len(b.seen) > maxKeys {
		t.Errorf("%d keys", len(b.seen))
	}
	_, stop := b.Follow("c")
	stop()
	if len(b.follow) != 0 {
		t.Errorf("follows %v", b.follow)
	}
}
