package llm

import (
	"sync"
	"time"
)

// Breaker says when a provider that failed is asked again. The zero value has
// the defaults.
type Breaker struct {
	Failures int           // in a row that open it; 3 if 0
	CoolDown time.Duration // until the first probe; 15s if 0, doubled by each probe that fails
	Longest  time.Duration // that a cool-down may become; 5m if 0
}

func (b Breaker) withDefaults() Breaker {
	if b.Failures <= 0 {
		b.Failures = 3
	}
	if b.CoolDown <= 0 {
		b.CoolDown = 15 * time.Second
	}
	if b.Longest <= 0 {
		b.Longest = 5 * time.Minute
	}
	b.Longest = max(b.Longest, b.CoolDown)
	return b
}

// verdict is what an attempt says of its provider's health.
type verdict int

const (
	healthy verdict = iota
	failed
	silent // it says nothing: the turn ended, or the limit was full
)

// pass is the breaker's leave to ask a provider once.
type pass struct {
	ok    bool
	probe bool
	era   int // of the breaker: what was begun before it opened does not count after
}

// breaker is the state of one provider. Safe for concurrent use. An attempt
// asks, and then reports exactly once if it may.
type breaker struct {
	rules Breaker

	mu      sync.Mutex
	row     int // failures in a row
	era     int
	rests   int       // cool-downs in a row
	until   time.Time // the end of the cool-down; zero while closed
	probing bool
}

// ask gives leave: always while closed, to one probe at a time after a cool-down.
func (b *breaker) ask(now time.Time) pass {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.until.IsZero():
		return pass{ok: true, era: b.era}
	case b.probing || now.Before(b.until):
		return pass{}
	}
	b.probing = true
	return pass{ok: true, probe: true, era: b.era}
}

// report says how the attempt of p went. after, if not 0, is how long the
// provider asked to be left alone.
func (b *breaker) report(p pass, v verdict, after time.Duration, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p.era != b.era {
		return
	}
	if p.probe {
		b.probing = false
	}
	switch {
	case after > 0:
		b.rest(after, now)
	case v == healthy:
		b.row, b.rests, b.until = 0, 0, time.Time{}
		if p.probe {
			b.era++
		}
	case v == failed:
		b.row++
		if p.probe || b.row >= b.rules.Failures {
			b.rest(min(b.rules.CoolDown<<min(b.rests, 16), b.rules.Longest), now)
			b.rests++
		}
	}
}

// rest begins a cool-down, and a new era: its callers hold mu.
func (b *breaker) rest(d time.Duration, now time.Time) {
	b.era++
	b.row, b.until = 0, now.Add(d)
}

// open reports whether a cool-down is under way.
func (b *breaker) open(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return now.Before(b.until)
}
