package llm

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Member is a provider of a Fallback with its own limits.
type Member struct {
	Provider
	FirstToken time.Duration // until its first piece; 0: Total alone counts
	Total      time.Duration // until its answer is whole; 0: the turn's alone
	Parallel   int           // requests at once; DefaultParallel if 0
	// Local marks a model that may begin early, see Options.HeadStart.
	Local bool
}

// DefaultParallel is how many requests a member has under way at most. More
// wait for a place, as long as they would for a first token.
const DefaultParallel = 256

// Options of a Fallback.
type Options struct {
	Breaker Breaker
	// HeadStart, in (0,1), is the share of the turn's total time after which the
	// first Local member begins beside a model that has not finished. 0: never.
	HeadStart float64
}

// Try is one attempt of a turn, for its trace.
type Try struct {
	Provider string        `json:"provider"`
	Model    string        `json:"model,omitempty"`
	Why      string        `json:"why"`             // one of the Why… words
	Kind     Kind          `json:"error,omitempty"` // "" if it answered or was not needed
	Status   int           `json:"status,omitempty"`
	Won      bool          `json:"won,omitempty"`
	First    time.Duration `json:"first_ns,omitempty"` // until its first piece
	Took     time.Duration `json:"took_ns"`
	Usage    Usage         `json:"usage,omitzero"`
	Cost     Cost          `json:"cost,omitzero"`
}

// Why a provider was asked, or not.
const (
	WhyFirst     = "first"      // it stands first
	WhyNext      = "next"       // those before it failed or rest
	WhyHeadStart = "head start" // much of the time was gone
	WhyHedge     = "hedge"      // the one before it was only being probed
	WhyProbe     = "probe"      // its cool-down was over
	WhyResting   = "resting"    // not asked: its cool-down is not over
)

// Fallback asks its members in order until one answers, within the turn's
// budget. A member that fails or is late is left for the next; one that fails
// again and again rests. It is a Provider: however many models were asked, a
// turn gets one answer, or one error. Safe for concurrent use.
type Fallback struct {
	members   []*member
	headStart float64

	base    context.Context // of all attempts; ends with Close
	end     context.CancelFunc
	mu      sync.Mutex
	closed  bool
	running sync.WaitGroup // attempts, also those nobody waits for any more
}

type member struct {
	Member
	breaker breaker
	places  chan struct{}
}

// errClosed is what a Fallback says after Close.
var errClosed = errors.New("it is closed")

// NewFallback makes a Fallback of ms, best first. The error names a member
// that cannot be one.
func NewFallback(o Options, ms ...Member) (*Fallback, error) {
	if o.HeadStart < 0 || o.HeadStart >= 1 {
		return nil, fmt.Errorf("head start %v: want a share in [0,1)", o.HeadStart)
	}
	f := &Fallback{headStart: o.HeadStart}
	f.base, f.end = context.WithCancel(context.Background())
	seen := map[string]bool{}
	for _, m := range ms {
		switch {
		case m.Provider == nil || m.Name() == "" || seen[m.Name()]:
			return nil, errors.New("each language model needs a name of its own")
		case m.FirstToken < 0 || m.Total < 0 || m.Parallel < 0:
			return nil, fmt.Errorf("language model %s: a limit is below 0", m.Name())
		case m.Parallel == 0:
			m.Parallel = DefaultParallel
		}
		seen[m.Name()] = true
		f.members = append(f.members, &member{Member: m, breaker: breaker{rules: o.Breaker.withDefaults()}, places: make(chan struct{}, m.Parallel)})
	}
	return f, nil
}

// Name implements Provider.
func (f *Fallback) Name() string { return "fallback" }

// Resting names the members whose cool-down is under way.
func (f *Fallback) Resting() (names []string) {
	now := time.Now()
	for _, m := range f.members {
		if m.breaker.open(now) {
			names = append(names, m.Name())
		}
	}
	return names
}

// Generate implements Provider. Answer.Tries is set with an error too.
func (f *Fallback) Generate(ctx context.Context, r Request, on func(Delta)) (Answer, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // whoever still runs is not needed any more
	defer context.AfterFunc(f.base, cancel)()
	race := &race{f: f, ctx: ctx, request: r, on: on, began: time.Now(), events: make(chan event, 8)}
	if r.Budget.Total > 0 {
		race.end = race.began.Add(r.Budget.Total)
	}
	return race.run()
}

// start runs work in a goroutine that Close waits for.
func (f *Fallback) start(work func()) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	f.running.Go(work)
	return true
}

// Close ends every request under way, and waits for all, also those whose turn
// is long over. Generate fails afterwards.
func (f *Fallback) Close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.end()
	f.running.Wait()
}

func (f *Fallback) isClosed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.closed
}
