package llm

import (
	"testing"
	"time"
)

// A cool-down grows with each probe that fails, up to the longest.
func TestCoolDownsGrow(t *testing.T) {
	b := breaker{rules: Breaker{Failures: 1, CoolDown: time.Second, Longest: 5 * time.Second}.withDefaults()}
	now := time.Unix(0, 0)
	for i, want := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 5 * time.Second, 5 * time.Second} {
		p := b.ask(now)
		if !p.ok || p.probe != (i > 0) {
			t.Fatalf("cool-down %d: leave %+v", i, p)
		}
		b.report(p, failed, 0, now)
		if b.ask(now.Add(want-1)).ok || !b.open(now) {
			t.Fatalf("cool-down %d ended before %s", i, want)
		}
		now = now.Add(want)
	}
	p := b.ask(now)
	b.report(p, silent, 0, now) // a probe that says nothing is made again
	if p = b.ask(now); !p.probe {
		t.Fatalf("no second probe: %+v", p)
	}
	b.report(p, healthy, 0, now)
	if p = b.ask(now); !p.ok || p.probe || b.open(now) {
		t.Fatalf("it did not close: %+v", p)
	}
}

func TestBreakerDefaults(t *testing.T) {
	if got := (Breaker{}).withDefaults(); got != (Breaker{Failures: 3, CoolDown: 15 * time.Second, Longest: 5 * time.Minute}) {
		t.Errorf("%+v", got)
	}
	if got := (Breaker{CoolDown: time.Hour}).withDefaults(); got.Longest != time.Hour {
		t.Errorf("%+v", got)
	}
}

func BenchmarkBreaker(b *testing.B) {
	br := breaker{rules: Breaker{}.withDefaults()}
	for b.Loop() {
		now := time.Now()
		br.report(br.ask(now), healthy, 0, now)
	}
}
