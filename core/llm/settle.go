package llm

import (
	"context"
	"errors"
	"strings"
	"time"
)

// late gives up who missed a deadline, gives the head start if it is time, and
// reports whether the turn's own time is over.
func (r *race) late(now time.Time) bool {
	if h := r.headStart(); !h.IsZero() && !now.Before(h) {
		r.early = true
		if a := r.begin(true); a != nil {
			a.why = WhyHeadStart
		}
	}
	for _, a := range r.attempts {
		if due := a.due(); !due.IsZero() && !now.Before(due) {
			r.failed(a, &Error{Provider: a.m.Name(), Kind: r.lateness(a)}, now)
		}
	}
	return !r.end.IsZero() && !now.Before(r.end)
}

// overtime ends a turn whose time is over, with the answer that waits if one does.
func (r *race) overtime() (Answer, error) {
	if a := r.ready(); a != nil {
		r.show(strings.Join(a.said, ""))
		return r.settle(a, nil)
	}
	return r.settle(nil, &Error{Provider: r.f.Name(), Kind: Slow, Err: errors.New("the turn's time is over")})
}

// lateness tells a slow model from one that was never asked.
func (r *race) lateness(a *attempt) Kind {
	if a.asked.Load() != nil {
		return Slow
	}
	return Busy
}

// failed ends a, which has no answer, and tells the breaker.
func (r *race) failed(a *attempt, err error, now time.Time) {
	t := a.try(now)
	t.Kind = KindOf(err)
	var e *Error
	if errors.As(err, &e) {
		t.Status = e.Status
	}
	r.tries, r.last = append(r.tries, t), t.Kind
	v, after := r.health(a, t.Kind, e, now)
	a.m.breaker.report(a.pass, v, after, now)
	a.over = true
	a.cancel()
	if a == r.leader {
		r.leader = nil
		if r.shown {
			r.rev, r.shown = r.rev+1, false
		}
	}
}

// health is what a failure says of the member: a model that refuses or finds
// the request wrong is well, a limit that was full says nothing.
func (r *race) health(a *attempt, k Kind, e *Error, now time.Time) (verdict, time.Duration) {
	var after time.Duration
	if e != nil {
		after = e.After
	}
	switch k {
	case Refused, Invalid:
		return healthy, 0
	case Busy, Resting, OverBudget:
		return silent, 0
	case RateLimited, Denied:
		return failed, max(after, a.m.breaker.rules.CoolDown) // once is enough
	case Slow:
		if !a.enough(now) {
			return silent, 0
		}
	}
	return failed, after
}

// settle ends the turn: who is still running is not needed.
func (r *race) settle(won *attempt, err error) (Answer, error) {
	now := time.Now()
	var answer Answer
	if won != nil {
		answer = *won.answer
		if answer.Provider == "" {
			answer.Provider = won.m.Name()
		}
		t := won.try(now)
		t.Model, t.Usage, t.Cost, t.Won = answer.Model, answer.Usage, answer.Cost, true
		r.tries = append(r.tries, t)
	}
	for _, a := range r.attempts {
		a.cancel()
		if a.over && (a.answer == nil || a == won) {
			continue
		}
		t := a.try(now)
		if a.answer != nil {
			t.Model, t.Usage, t.Cost = a.answer.Model, a.answer.Usage, a.answer.Cost
		} else {
			a.m.breaker.report(a.pass, r.parting(a, won, now), 0, now)
		}
		r.tries = append(r.tries, t)
	}
	answer.Tries = r.tries
	return answer, err
}

// parting is what the turn's end says of one that was still running: a probe
// that another overtook within its time has to be made again.
func (r *race) parting(a, won *attempt, now time.Time) verdict {
	if won == nil && !errors.Is(r.ctx.Err(), context.Canceled) && a.enough(now) {
		return failed
	}
	return silent
}

// exhausted is the error of a turn nobody answered.
func (r *race) exhausted() error {
	k := r.last
	if k == "" {
		k = Resting
	}
	if r.f.isClosed() {
		return &Error{Provider: r.f.Name(), Kind: Unavailable, Err: errClosed}
	}
	return &Error{Provider: r.f.Name(), Kind: k, Err: errors.New("no language model answered")}
}
