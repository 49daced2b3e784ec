// Package engine moves messages: inbox to pipeline to outbox to channel.
//
// A turn is claimed in memory, run, and committed; a crash at any point leaves
// it open in the ledger and it runs again. What the pipeline did counts only if
// the commit does, so a failed run is simply repeated, at most Tries times, and
// never after StaleAfter: then the customer gets an honest line instead.
package engine

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"frontdesk/core"
)

// Bot is one bot's behaviour, built from one version of its configuration.
type Bot struct {
	Info     core.BotInfo
	Pipeline core.Pipeline
	// Sorry is what the customer reads, in their language, when a turn failed
	// for good, or came too late.
	Sorry func(lang string, f Failure) string
}

// Failure says why a turn ends without the pipeline.
type Failure string

// The failures.
const (
	Broken Failure = "broken" // it failed Tries times
	Late   Failure = "late"   // it waited longer than StaleAfter
)

// Observer is told what happens, for metrics. Safe for concurrent use; it must
// not block.
type Observer interface {
	Turned(t *core.Turn, took time.Duration) // after the commit
	Failed(w core.Work, err error)
	Sent(r core.Reply, as core.OutState, took time.Duration)
}

// Engine runs turns and sends replies. Order within a conversation is the
// ledger's business. A turn mostly waits (for a model), so many are in flight;
// what computes is bounded by core.Limited.
type Engine struct {
	Ledger core.Ledger
	Bot    func(name string) (*Bot, bool) // reads the current snapshot
	// Send delivers a reply to the channel or desk it names; errors as for
	// channels.Channel.Send.
	Send       func(context.Context, core.Reply) (native string, err error)
	Backoff    func(attempt int) time.Duration // between runs of a turn
	SendPause  func(attempt int) time.Duration // between sends of a reply
	InFlight   int                             // turns at once
	Senders    int                             // sends at once
	Tries      int                             // runs of a turn
	SendTries  int                             // sends of a reply, before it is buried
	Patience   time.Duration                   // with one turn, or one send
	StaleAfter time.Duration                   // a turn this old is not run any more
	Lease      time.Duration                   // of partitions
	Renew      time.Duration                   // how often leases are renewed, and free partitions taken
	Poll       time.Duration                   // of the outbox, when nothing wakes it
	Now        func() time.Time
	Log        *slog.Logger
	Observer   Observer
	// Show is given what a turn shows of its answer before it is committed; nil
	// shows nothing. It must not block.
	Show func(e core.Envelope, g core.Glimpse)
}

// New makes an engine with the product's numbers: three runs of a turn within a
// second, sends retried for about an hour (a platform's outage), partitions
// taken over ten seconds after a replica died.
func New(l core.Ledger, bot func(string) (*Bot, bool)) *Engine {
	return &Engine{Ledger: l, Bot: bot, InFlight: 4096, Senders: 32, Tries: 3, SendTries: 18,
		Patience: 30 * time.Second, StaleAfter: 15 * time.Minute,
		Backoff:   func(n int) time.Duration { return 100 * time.Millisecond << min(n, 10) },
		SendPause: pauseBetweenSends,
		Lease:     10 * time.Second, Renew: 2 * time.Second, Poll: 500 * time.Millisecond, Now: time.Now, Log: slog.Default(), Observer: silent{}}
}

// pauseBetweenSends grows from a second to five minutes; a fifth of it is
// random, so that what failed together does not come back together.
func pauseBetweenSends(attempt int) time.Duration {
	d := min(time.Second<<min(attempt-1, 9), 5*time.Minute)
	return d - time.Duration(rand.Int64N(int64(d/5)))
}

// Run works until ctx ends; then it takes nothing new, finishes what it began
// and gives its partitions up.
func (e *Engine) Run(ctx context.Context) error {
	after := context.WithoutCancel(ctx)
	if _, err := e.Ledger.Lease(ctx, e.Lease, core.Partitions); err != nil {
		return fmt.Errorf("first lease: %w", err)
	}
	var senders, keeper sync.WaitGroup
	keep, stop := context.WithCancel(after)
	keeper.Go(func() { e.keep(keep) })
	for range e.Senders {
		senders.Go(func() { e.sendAll(ctx) })
	}
	e.turns(ctx)
	senders.Wait()
	stop() // the leases are renewed until the last turn is done
	keeper.Wait()
	return e.Ledger.Release(after)
}

func (e *Engine) keep(ctx context.Context) {
	tick := time.NewTicker(e.Renew)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if _, err := e.Ledger.Lease(ctx, e.Lease, core.Partitions); err != nil && ctx.Err() == nil {
				e.Log.Error("lease not renewed", "err", err)
			}
		}
	}
}

// turns starts each turn the ledger hands over. It takes a place first, so
// that goroutines are bounded and not only what they do.
func (e *Engine) turns(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	defer e.Ledger.Drain()
	places := make(chan struct{}, e.InFlight)
	for {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return
		}
		w, err := e.Ledger.Next(ctx)
		if ctx.Err() != nil && err != nil {
			return
		}
		if err != nil {
			e.Log.Error("no turn", "err", err)
			pause(ctx, e.Poll)
			<-places
			continue
		}
		wg.Go(func() {
			defer func() { <-places }()
			e.turn(context.WithoutCancel(ctx), w)
		})
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// silent observes nothing.
type silent struct{}

func (silent) Turned(*core.Turn, time.Duration)              {}
func (silent) Failed(core.Work, error)                       {}
func (silent) Sent(core.Reply, core.OutState, time.Duration) {}
