package llm_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"frontdesk/core/llm"
)

// player is a model that plays a part, in the test's own time.
type player struct {
	name   string
	part   func(n int, ctx context.Context, on func(llm.Delta)) (llm.Answer, error)
	asked  atomic.Int32
	inside atomic.Int32
}

func (p *player) Name() string { return p.name }

func (p *player) Generate(ctx context.Context, _ llm.Request, on func(llm.Delta)) (llm.Answer, error) {
	p.inside.Add(1)
	defer p.inside.Add(-1)
	return p.part(int(p.asked.Add(1))-1, ctx, on)
}

type part = func(n int, ctx context.Context, on func(llm.Delta)) (llm.Answer, error)

// rest waits, unless ctx ends first.
func rest(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// speaks says words, one each interval, the first after it too.
func speaks(every time.Duration, words ...string) part {
	return func(_ int, ctx context.Context, on func(llm.Delta)) (llm.Answer, error) {
		for _, w := range words {
			if err := rest(ctx, every); err != nil {
				return llm.Answer{}, err
			}
			on(llm.Delta{Text: w})
		}
		return llm.Answer{Text: strings.Join(words, ""), Model: "m", Usage: llm.Usage{In: 1, Out: len(words), Known: true}}, nil
	}
}

func hangs(_ int, ctx context.Context, _ func(llm.Delta)) (llm.Answer, error) {
	<-ctx.Done()
	return llm.Answer{}, ctx.Err()
}

func fails(k llm.Kind, after time.Duration) part {
	return func(int, context.Context, func(llm.Delta)) (llm.Answer, error) {
		return llm.Answer{}, &llm.Error{Provider: "x", Kind: k, After: after, Err: errors.New("words of the provider")}
	}
}

// stage is a Fallback of players within a bubble of its own time.
type stage struct {
	*llm.Fallback
	t     *testing.T
	parts []*player
	shown []llm.Delta
}

var soon = llm.Budget{FirstToken: time.Second, Total: 4 * time.Second}

func play(t *testing.T, o llm.Options, test func(*stage), ms ...llm.Member) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f, err := llm.NewFallback(o, ms...)
		if err != nil {
			t.Fatal(err)
		}
		s := &stage{Fallback: f, t: t}
		for _, m := range ms {
			s.parts = append(s.parts, m.Provider.(*player))
		}
		test(s)
		f.Close()
		for _, p := range s.parts { // and the bubble fails if a goroutine is left
			if p.inside.Load() != 0 {
				t.Errorf("%s is still being asked", p.name)
			}
		}
	})
}

func member(name string, p part) llm.Member {
	return llm.Member{Provider: &player{name: name, part: p}}
}

// turn asks once and says how long it took.
func (s *stage) turn(b llm.Budget) (llm.Answer, error, time.Duration) {
	s.shown = nil
	start := time.Now()
	a, err := s.Generate(s.t.Context(), llm.Request{Budget: b}, func(d llm.Delta) { s.shown = append(s.shown, d) })
	return a, err, time.Since(start)
}

// text is what the customer would see in the end.
func (s *stage) text() string {
	var b strings.Builder
	rev := 0
	for _, d := range s.shown {
		if d.Rev > rev {
			rev = d.Rev
			b.Reset()
		}
		b.WriteString(d.Text)
	}
	return b.String()
}

// Whatever the first does, the second answers, in time, once.
func TestTheNextAnswers(t *testing.T) {
	half := func(k llm.Kind) part {
		return func(n int, ctx context.Context, on func(llm.Delta)) (llm.Answer, error) {
			on(llm.Delta{Text: "half a "})
			return fails(k, 0)(n, ctx, on)
		}
	}
	for name, tc := range map[string]struct {
		first part
		kind  llm.Kind
		took  time.Duration
	}{
		"hangs": {hangs, llm.Slow, time.Second},
		"deaf": {func(int, context.Context, func(llm.Delta)) (llm.Answer, error) {
			time.Sleep(time.Minute)
			return llm.Answer{Text: "too late"}, nil
		}, llm.Slow, time.Second},
		"talks on": {func(_ int, _ context.Context, on func(llm.Delta)) (llm.Answer, error) {
			time.Sleep(time.Minute)
			for range 100 {
				on(llm.Delta{Text: "too late "})
			}
			return llm.Answer{Text: "too late"}, nil
		}, llm.Slow, time.Second},
		"late word":     {speaks(1500*time.Millisecond, "too", "late"), llm.Slow, time.Second},
		"drips":         {speaks(900*time.Millisecond, strings.Split(strings.Repeat("x ", 20), " ")...), llm.Slow, 2400 * time.Millisecond},
		"down":          {fails(llm.Unavailable, 0), llm.Unavailable, 0},
		"limits":        {fails(llm.RateLimited, time.Minute), llm.RateLimited, 0},
		"denies":        {fails(llm.Denied, 0), llm.Denied, 0},
		"refuses":       {fails(llm.Refused, 0), llm.Refused, 0},
		"finds invalid": {fails(llm.Invalid, 0), llm.Invalid, 0},
		"is cut":        {half(llm.Malformed), llm.Malformed, 0},
		"panics":        {func(int, context.Context, func(llm.Delta)) (llm.Answer, error) { panic("oh") }, llm.Unavailable, 0},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, llm.Options{}, func(s *stage) {
				a, err, took := s.turn(soon)
				if err != nil || a.Text != "hello" || s.text() != "hello" || a.Provider != "second" {
					t.Fatalf("%+v, %v, shown %v", a, err, s.shown)
				}
				if took != tc.took+10*time.Millisecond {
					t.Errorf("it took %s", took)
				}
				if len(a.Tries) != 2 || a.Tries[0].Kind != tc.kind || a.Tries[0].Provider != "first" || a.Tries[1].Won != true || a.Tries[1].Why != llm.WhyNext || !a.Tries[1].Usage.Known {
					t.Errorf("tries %+v", a.Tries)
				}
			}, member("first", tc.first), member("second", speaks(5*time.Millisecond, "hel", "lo")))
		})
	}
}

// A turn ends in time though nobody answers, with an error that tells nothing
// of the providers' words.
func TestNobodyAnswers(t *testing.T) {
	play(t, llm.Options{}, func(s *stage) {
		a, err, took := s.turn(soon)
		if err == nil || took > soon.Total || len(a.Tries) != 3 || strings.Contains(err.Error(), "words of") {
			t.Errorf("%+v, %v after %s", a, err, took)
		}
	}, member("a", hangs), member("b", fails(llm.Unavailable, 0)), member("c", speaks(900*time.Millisecond, strings.Split(strings.Repeat("x ", 20), " ")...)))
	play(t, llm.Options{}, func(s *stage) {
		if _, err, _ := s.turn(soon); llm.KindOf(err) != llm.Resting {
			t.Errorf("without members: %v", err)
		}
	})
}

// The one that is asked alone has the turn's whole time.
func TestTheLastHasAllTheTime(t *testing.T) {
	play(t, llm.Options{}, func(s *stage) {
		if a, err, took := s.turn(soon); err != nil || took != 3600*time.Millisecond {
			t.Errorf("%+v, %v after %s", a, err, took)
		}
	}, member("only", speaks(900*time.Millisecond, "a", "b", "c", "d")))
}

// The breaker opens, lets one probe a cool-down through, and closes.
func TestBreaker(t *testing.T) {
	var well atomic.Bool
	first := func(n int, ctx context.Context, on func(llm.Delta)) (llm.Answer, error) {
		if well.Load() {
			return speaks(0, "first")(n, ctx, on)
		}
		return hangs(n, ctx, on)
	}
	o := llm.Options{Breaker: llm.Breaker{Failures: 3, CoolDown: 10 * time.Second}}
	play(t, o, func(s *stage) {
		for range 20 {
			if a, err, _ := s.turn(soon); err != nil || a.Text != "second" {
				t.Fatalf("%+v, %v", a, err)
			}
		}
		if n := s.parts[0].asked.Load(); n != 3 {
			t.Errorf("asked %d times before it rested", n)
		}
		time.Sleep(10 * time.Second)
		a, err, took := s.turn(soon)
		if err != nil || a.Text != "second" || a.Tries[0].Why != llm.WhyProbe || took != time.Second {
			t.Errorf("the probe: %+v, %v after %s", a, err, took)
		}
		time.Sleep(15 * time.Second) // the cool-down doubled
		if a, _, _ := s.turn(soon); a.Tries[0].Kind != llm.Resting || len(s.Resting()) != 1 {
			t.Errorf("it did not rest twice as long: %+v", a.Tries)
		}
		well.Store(true)
		time.Sleep(5 * time.Second)
		for range 2 {
			if a, err, _ := s.turn(soon); err != nil || a.Text != "first" {
				t.Errorf("after it recovered: %+v, %v", a, err)
			}
		}
		if n := s.parts[0].asked.Load(); n != 6 || len(s.Resting()) != 0 {
			t.Errorf("asked %d times in all", n)
		}
	}, member("first", first), member("second", speaks(time.Millisecond, "second")))
}

// Of the turns that come together after a cool-down one is the probe.
func TestOneProbeAtATime(t *testing.T) {
	play(t, llm.Options{Breaker: llm.Breaker{Failures: 1, CoolDown: 10 * time.Second}}, func(s *stage) {
		s.turn(soon)
		time.Sleep(10 * time.Second)
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if a, err := s.Generate(s.t.Context(), llm.Request{Budget: soon}, nil); err != nil || a.Text != "x" {
					t.Errorf("%+v, %v", a, err)
				}
			})
		}
		wg.Wait()
		if n := s.parts[0].asked.Load(); n != 2 {
			t.Errorf("%d probes", n-1)
		}
	}, member("first", hangs), member("second", speaks(time.Millisecond, "x")))
}

// The provider's own Retry-After decides, after one answer.
func TestRetryAfter(t *testing.T) {
	first := func(n int, ctx context.Context, on func(llm.Delta)) (llm.Answer, error) {
		if n == 0 {
			return fails(llm.RateLimited, 42*time.Second)(n, ctx, on)
		}
		return speaks(0, "first")(n, ctx, on)
	}
	play(t, llm.Options{Breaker: llm.Breaker{CoolDown: time.Second}}, func(s *stage) {
		s.turn(soon)
		time.Sleep(41 * time.Second)
		if a, _, _ := s.turn(soon); a.Text != "second" {
			t.Errorf("asked again too early: %+v", a)
		}
		time.Sleep(time.Second)
		if a, _, _ := s.turn(soon); a.Text != "first" {
			t.Errorf("not asked again: %+v", a)
		}
	}, member("first", first), member("second", speaks(0, "second")))
}

// Refusals and requests that are wrong say nothing against a provider.
func TestWhatIsNoFault(t *testing.T) {
	for _, k := range []llm.Kind{llm.Refused, llm.Invalid} {
		play(t, llm.Options{}, func(s *stage) {
			for range 10 {
				s.turn(soon)
			}
			if n := s.parts[0].asked.Load(); n != 10 {
				t.Errorf("%s: asked %d times of 10", k, n)
			}
		}, member("first", fails(k, 0)), member("second", speaks(0, "x")))
	}
	play(t, llm.Options{}, func(s *stage) { // nor does a turn that had no time
		for range 10 {
			s.turn(llm.Budget{Total: 100 * time.Millisecond})
		}
		if n := s.parts[0].asked.Load(); n != 10 {
			t.Errorf("in a hurry: asked %d times of 10", n)
		}
	}, llm.Member{Provider: &player{name: "slow", part: hangs}, Total: 8 * time.Second}, member("second", speaks(time.Millisecond, "x")))
}

// The local model begins early, is silent while another leads, and takes over
// without losing time.
func TestHeadStart(t *testing.T) {
	local := llm.Member{Provider: &player{name: "local", part: speaks(500*time.Millisecond, "lo", "cal")}, Local: true}
	o := llm.Options{HeadStart: .1}
	budget := llm.Budget{Total: 10 * time.Second}
	play(t, o, func(s *stage) { // cloud is slow but answers: it is preferred
		a, err, took := s.turn(budget)
		if err != nil || a.Text != "cloud" || s.text() != "cloud" || len(s.shown) != 2 || took != 4*time.Second || len(a.Tries) != 2 || a.Tries[1].Why != llm.WhyHeadStart && a.Tries[0].Why != llm.WhyHeadStart {
			t.Errorf("%+v, %v after %s, shown %v", a, err, took, s.shown)
		}
	}, member("cloud", speaks(2*time.Second, "clo", "ud")), local)
	play(t, o, func(s *stage) { // cloud breaks off after two words: what is ready is said at once
		a, err, took := s.turn(budget)
		if err != nil || a.Text != "local" || s.text() != "local" || took != 4*time.Second || s.shown[len(s.shown)-1].Rev != 1 {
			t.Errorf("%+v, %v after %s, shown %v", a, err, took, s.shown)
		}
	}, member("cloud", func(n int, ctx context.Context, on func(llm.Delta)) (llm.Answer, error) {
		if _, err := speaks(2*time.Second, "clo", "ud")(n, ctx, on); err != nil {
			return llm.Answer{}, err
		}
		return fails(llm.Malformed, 0)(n, ctx, on)
	}), llm.Member{Provider: &player{name: "local", part: speaks(500*time.Millisecond, "lo", "cal")}, Local: true})
}

// A limit that is full makes a turn wait, and then go on; the provider is not
// blamed.
func TestParallel(t *testing.T) {
	play(t, llm.Options{}, func(s *stage) {
		first := make(chan string)
		for range 3 {
			go func() {
				a, err := s.Generate(s.t.Context(), llm.Request{Budget: llm.Budget{FirstToken: time.Second, Total: 10 * time.Second}}, nil)
				if err != nil {
					t.Error(err)
				}
				first <- a.Provider
			}()
		}
		got := map[string]int{}
		for range 3 {
			got[<-first]++
		}
		if got["narrow"] != 2 || got["second"] != 1 || len(s.Resting()) != 0 {
			t.Errorf("answered by %v", got)
		}
	}, llm.Member{Provider: &player{name: "narrow", part: speaks(220*time.Millisecond, "x", "y")}, Parallel: 1}, member("second", speaks(time.Millisecond, "x")))
}

// Who was not asked at all is not to blame.
func TestBusy(t *testing.T) {
	play(t, llm.Options{Breaker: llm.Breaker{Failures: 1}}, func(s *stage) {
		var wg sync.WaitGroup
		var kinds [2]llm.Kind
		for i := range kinds {
			wg.Go(func() {
				a, err := s.Generate(s.t.Context(), llm.Request{Budget: llm.Budget{FirstToken: time.Second, Total: 10 * time.Second}}, nil)
				if err != nil {
					t.Error(err)
				}
				kinds[i] = a.Tries[0].Kind
			})
		}
		wg.Wait()
		if kinds != [2]llm.Kind{"", llm.Busy} && kinds != [2]llm.Kind{llm.Busy, ""} || len(s.Resting()) != 0 {
			t.Errorf("%v, resting %v", kinds, s.Resting())
		}
	}, llm.Member{Provider: &player{name: "narrow", part: speaks(600*time.Millisecond, "x", "y")}, Parallel: 1}, member("second", speaks(time.Millisecond, "x")))
}

// The turn's own end ends everything.
func TestCanceledTurn(t *testing.T) {
	play(t, llm.Options{}, func(s *stage) {
		ctx, cancel := context.WithTimeout(s.t.Context(), 300*time.Millisecond)
		defer cancel()
		start := time.Now()
		if _, err := s.Generate(ctx, llm.Request{Budget: soon}, nil); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 300*time.Millisecond {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		if len(s.Resting()) != 0 {
			t.Error("the member was blamed")
		}
	}, member("only", hangs))
}

func TestClosed(t *testing.T) {
	play(t, llm.Options{}, func(s *stage) {
		s.Close()
		if _, err, took := s.turn(soon); llm.KindOf(err) != llm.Unavailable || took != 0 {
			t.Errorf("%v", err)
		}
	}, member("only", hangs))
}

// Close does not wait for a model's own deadlines.
func TestCloseEndsTurns(t *testing.T) {
	play(t, llm.Options{}, func(s *stage) {
		over := make(chan time.Duration)
		go func() {
			_, err, took := s.turn(llm.Budget{})
			if err == nil {
				t.Error("it answered")
			}
			over <- took
		}()
		time.Sleep(time.Second)
		s.Close()
		if took := <-over; took != time.Second {
			t.Errorf("the turn ended after %s", took)
		}
	}, member("only", hangs))
}

func TestNewFallback(t *testing.T) {
	m := member("a", hangs)
	for name, ms := range map[string][]llm.Member{"twice": {m, m}, "no provider": {{}}, "below 0": {{Provider: m.Provider, Total: -1}}} {
		if _, err := llm.NewFallback(llm.Options{}, ms...); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := llm.NewFallback(llm.Options{HeadStart: 1}, m); err == nil {
		t.Error("a head start at the end is taken")
	}
}
