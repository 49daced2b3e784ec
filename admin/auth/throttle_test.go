package auth

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func newClock() *clock { return &clock{time.Unix(1_700_000_000, 0).UTC()} }

// after is how long begin asks to wait.
func after(t *testing.T, th *throttle, name, address string) time.Duration {
	t.Helper()
	err := th.begin(name, address)
	var e *ThrottledError
	if err != nil && !errors.As(err, &e) {
		t.Fatal(err)
	}
	if e == nil {
		return 0
	}
	return e.After
}

func TestWaitDoubles(t *testing.T) {
	c := newClock()
	th := newThrottle(c.now)
	for i := range freeTries {
		if d := after(t, th, "ann", "10.0.0.1"); d != 0 {
			t.Fatalf("try %d waits %s", i, d)
		}
	}
	want := []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900}
	for i, w := range want {
		d := after(t, th, "ann", "10.0.0.1")
		if d != w*time.Second {
			t.Fatalf("wait %d is %s, want %ds", i, d, w)
		}
		c.t = c.t.Add(d - time.Millisecond)
		if after(t, th, "ann", "10.0.0.1") == 0 {
			t.Fatalf("wait %d ended early", i)
		}
		c.t = c.t.Add(time.Millisecond)
		if d := after(t, th, "ann", "10.0.0.1"); d != 0 {
			t.Fatalf("wait %d did not end: %s", i, d)
		}
	}
}

func TestThrottleIsPerNameAndAddress(t *testing.T) {
	c := newClock()
	th := newThrottle(c.now)
	for range freeTries {
		after(t, th, "ann", "10.0.0.1")
	}
	if after(t, th, "ann", "10.0.0.1") == 0 {
		t.Fatal("not throttled")
	}
	if d := after(t, th, "ann", "10.0.0.2"); d != 0 {
		t.Fatalf("ann is locked out elsewhere: %s", d)
	}
	if d := after(t, th, "ben", "10.0.0.1"); d != 0 {
		t.Fatalf("ben is locked out beside ann: %s", d)
	}
	for i := range freeAddress {
		after(t, th, fmt.Sprint("name", i), "10.0.0.1")
	}
	if after(t, th, "zoe", "10.0.0.1") == 0 {
		t.Fatal("an address may try any number of names")
	}
	for range freeTries {
		after(t, th, "ann", "2001:db8:1:2::1")
	}
	if after(t, th, "ann", "2001:db8:1:2:ffff::9") == 0 {
		t.Fatal("another address of the same line is free")
	}
}

func TestSuccessAndTimeForgive(t *testing.T) {
	c := newClock()
	th := newThrottle(c.now)
	for range freeTries - 1 {
		after(t, th, "ann", "a")
	}
	after(t, th, "ann", "a")
	th.succeed("ann", "a")
	for range freeTries {
		if after(t, th, "ann", "a") != 0 {
			t.Fatal("success did not forgive")
		}
	}
	if after(t, th, "ann", "a") == 0 {
		t.Fatal("not throttled")
	}
	c.t = c.t.Add(forget + time.Second)
	if after(t, th, "ann", "a") != 0 {
		t.Fatal("time did not forgive")
	}
	for range 3 * freeAddress { // an office that signs in all day
		if after(t, th, "ben", "b") != 0 {
			t.Fatal("successes count")
		}
		th.succeed("ben", "b")
	}
}

func TestThrottleIsBounded(t *testing.T) {
	c := newClock()
	th := newThrottle(c.now)
	for i := range 2 * maxThrottled / 10 {
		c.t = c.t.Add(time.Millisecond)
		for j := range 10 {
			th.count(fmt.Sprint(i, "-", j), c.t)
		}
	}
	if len(th.m) > maxThrottled {
		t.Fatalf("%d keys", len(th.m))
	}
}
