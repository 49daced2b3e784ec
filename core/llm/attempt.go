package llm

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// attempt is one request to one member on behalf of one turn. Its goroutine
// only asks and reports to the race; what it reports too late, nobody hears.
type attempt struct {
	m       *member
	pass    pass
	why     string
	cancel  context.CancelFunc
	began   time.Time
	firstBy time.Time // when its first piece is late; zero: never
	doneBy  time.Time // when its answer is
	first   time.Duration
	asked   atomic.Pointer[time.Time] // when it had its place; nil before
	over    bool                      // it answered, failed or was given up
	said    []string                  // while another leads
	answer  *Answer                   // while another leads
}

// event is what an attempt reports: a piece of text, or its end.
type event struct {
	from   *attempt
	text   string
	end    bool
	answer Answer
	err    error
}

// ask is the attempt's goroutine.
func (a *attempt) ask(ctx context.Context, r Request, events chan<- event) {
	report := func(e event) {
		e.from = a
		select {
		case events <- e:
		case <-ctx.Done():
		}
	}
	select {
	case a.m.places <- struct{}{}:
		defer func() { <-a.m.places }()
	case <-ctx.Done():
		return
	}
	now := time.Now()
	a.asked.Store(&now)
	answer, err := a.guarded(ctx, r, func(d Delta) {
		if d.Text != "" {
			report(event{text: d.Text})
		}
	})
	report(event{end: true, answer: answer, err: err})
}

// guarded turns a provider's panic into its failure.
func (a *attempt) guarded(ctx context.Context, r Request, on func(Delta)) (answer Answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &Error{Provider: a.m.Name(), Kind: Unavailable, Err: fmt.Errorf("it panicked: %T", p)}
		}
	}()
	return a.m.Generate(ctx, r, on)
}

// due is when the attempt is late next; zero: never.
func (a *attempt) due() time.Time {
	switch {
	case a.over:
		return time.Time{}
	case a.first == 0 && !a.firstBy.IsZero():
		return sooner(a.firstBy, a.doneBy)
	}
	return a.doneBy
}

// sooner is the earlier of two times, of which the zero one is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// enough reports whether a, once it had its place, had at least a quarter of
// the time its member is allowed: a turn in a greater hurry proves nothing
// about a model.
func (a *attempt) enough(now time.Time) bool {
	asked := a.asked.Load()
	if asked == nil {
		return false
	}
	own := a.m.Total
	if a.first == 0 && a.m.FirstToken > 0 {
		own = a.m.FirstToken
	}
	if due := a.due(); own == 0 && !due.IsZero() {
		own = due.Sub(a.began)
	}
	return now.Sub(*asked) >= own/4
}

// try is the attempt's line in the trace.
func (a *attempt) try(now time.Time) Try {
	return Try{Provider: a.m.Name(), Why: a.why, First: a.first, Took: now.Sub(a.began)}
}
