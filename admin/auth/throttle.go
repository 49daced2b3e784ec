package auth

import (
	"fmt"
	"net/netip"
	"sync"
	"time"
)

// A wrong password costs nothing up to a point, then the wait doubles from a
// second to a quarter of an hour. NIST SP 800-63B allows 100 wrong tries in a
// row; this reaches them after a day.
const (
	freeTries    = 5  // of one name from one address
	freeAddress  = 30 // of one address, whatever the names: an office shares one
	maxWait      = 15 * time.Minute
	forget       = time.Hour // without a try, the past is forgotten
	maxThrottled = 10_000    // keys remembered; beyond, an old one is dropped
)

// ThrottledError says that there were too many wrong tries.
type ThrottledError struct{ After time.Duration }

// Error implements error.
func (e *ThrottledError) Error() string {
	return fmt.Sprintf("too many tries: wait %s", e.After.Round(time.Second))
}

type tries struct {
	n    int
	last time.Time
}

// throttle counts tries. A try counts when it begins, so that many at once do
// not slip through, and is taken back when it succeeds.
type throttle struct {
	now func() time.Time
	mu  sync.Mutex
	m   map[string]*tries
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, m: map[string]*tries{}}
}

func keys(name, address string) (both, alone string) {
	a := network(address)
	return "u\x00" + name + "\x00" + a, "a\x00" + a
}

// network cuts an IPv6 address to the /64 that one customer line has.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	p, _ := ip.Prefix(64) // 64 is in range
	return p.String()
}

// begin counts a try, or returns a *ThrottledError.
func (t *throttle) begin(name, address string) error {
	both, alone := keys(name, address)
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	wait := max(t.wait(both, freeTries, now), t.wait(alone, freeAddress, now))
	if wait > 0 {
		return &ThrottledError{After: wait}
	}
	t.count(both, now)
	t.count(alone, now)
	return nil
}

// succeed forgets the name's tries and takes the address's last one back.
func (t *throttle) succeed(name, address string) {
	both, alone := keys(name, address)
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.m, both)
	if e := t.m[alone]; e != nil {
		e.n--
		if e.n <= 0 {
			delete(t.m, alone)
		}
	}
}

// wait is how long k must wait. The caller holds mu.
func (t *throttle) wait(k string, free int, now time.Time) time.Duration {
	e := t.m[k]
	if e == nil || e.n < free {
		return 0
	}
	if now.Sub(e.last) > forget {
		delete(t.m, k)
		return 0
	}
	d := maxWait
	if over := e.n - free; over < 10 { // 2^10 s is beyond maxWait
		d = min(maxWait, time.Second<<over)
	}
	return max(0, e.last.Add(d).Sub(now))
}

// count adds a try of k. The caller holds mu.
func (t *throttle) count(k string, now time.Time) {
	e := t.m[k]
	if e == nil || now.Sub(e.last) > forget {
		t.room()
		e = &tries{}
		t.m[k] = e
	}
	e.n++
	e.last = now
}

// room makes place for one more key: of a few taken at random the one longest
// ago goes, so that a flood costs its own keys mostly. The caller holds mu.
func (t *throttle) room() {
	if len(t.m) < maxThrottled {
		return
	}
	oldest, seen := "", 0
	for k, e := range t.m { // in random order
		if oldest == "" || e.last.Before(t.m[oldest].last) {
			oldest = k
		}
		if seen++; seen == 32 {
			break
		}
	}
	delete(t.m, oldest)
}
