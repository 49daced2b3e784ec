package llm

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// share of the time left that an attempt may use while others could follow.
const share = 0.6

// race is one turn's way through the members. All of it runs in the caller's
// goroutine; the attempts' only report to events.
type race struct {
	f       *Fallback
	ctx     context.Context
	request Request
	on      func(Delta)
	began   time.Time
	end     time.Time // of the turn's budget; zero: none
	events  chan event

	attempts []*attempt // in the order begun
	leader   *attempt   // whose words are shown
	tries    []Try
	rev      int
	shown    bool // the leader's words began to be
	early    bool // the head start was given, or nobody can have it
	last     Kind
}

func (r *race) run() (Answer, error) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		if r.leader == nil {
			if done, err := r.lead(); done != nil || err != nil {
				return r.settle(done, err)
			}
		}
		timer.Reset(r.wait(time.Now()))
		select {
		case e := <-r.events:
			if done := r.heard(e); done != nil {
				return r.settle(done, nil)
			}
		case <-timer.C:
			if now := time.Now(); r.late(now) {
				return r.overtime()
			}
		case <-r.ctx.Done():
			return r.settle(nil, fmt.Errorf("language model: %w", context.Cause(r.ctx)))
		}
	}
}

// lead gives the lead to who runs already, else to the next member. An answer
// that waited is returned; an error if nobody is left.
func (r *race) lead() (*attempt, error) {
	if a := r.ready(); a != nil {
		r.show(strings.Join(a.said, ""))
		return a, nil
	}
	for _, a := range r.attempts {
		if !a.over {
			r.leader = a
			r.show(strings.Join(a.said, ""))
			a.said = nil
			return nil, nil
		}
	}
	a := r.begin(false)
	if a == nil {
		return nil, r.exhausted()
	}
	r.leader = a
	if a.pass.probe {
		r.hedge() // the customer does not wait for the probe
	}
	return nil, nil
}

// ready is an attempt whose answer waits, nil if there is none.
func (r *race) ready() *attempt {
	for _, a := range r.attempts {
		if a.answer != nil {
			return a
		}
	}
	return nil
}

// begin starts the next member that may be asked, nil if there is none.
func (r *race) begin(onlyLocal bool) *attempt {
	now := time.Now()
	if !r.end.IsZero() && !now.Before(r.end) {
		return nil
	}
	for i, m := range r.f.members {
		if onlyLocal && !m.Local || r.knows(m) {
			continue
		}
		p := m.breaker.ask(now)
		if !p.ok {
			r.tries = append(r.tries, Try{Provider: m.Name(), Why: WhyResting, Kind: Resting})
			continue
		}
		return r.start(&attempt{m: m, pass: p, why: r.why(i, p), began: now})
	}
	return nil
}

func (r *race) why(i int, p pass) string {
	switch {
	case p.probe:
		return WhyProbe
	case i == 0:
		return WhyFirst
	}
	return WhyNext
}

// knows reports whether m was asked or found resting in this turn.
func (r *race) knows(m *member) bool {
	return slices.ContainsFunc(r.attempts, func(a *attempt) bool { return a.m == m }) ||
		slices.ContainsFunc(r.tries, func(t Try) bool { return t.Provider == m.Name() })
}

// start gives a its deadlines and its goroutine.
func (r *race) start(a *attempt) *attempt {
	total := r.allowed(a)
	if total > 0 {
		a.doneBy = a.began.Add(total)
	}
	if first := least(a.m.FirstToken, r.request.Budget.FirstToken); first > 0 {
		a.firstBy = a.began.Add(first)
	}
	ctx, cancel := context.WithCancel(r.ctx)
	a.cancel = cancel
	if !r.f.start(func() { a.ask(ctx, r.request, r.events) }) {
		cancel()
		a.m.breaker.report(a.pass, silent, 0, a.began)
		return nil
	}
	r.attempts = append(r.attempts, a)
	return a
}

// allowed is the time a may take: its member's own, and of the turn's what is
// left, or a share of it while somebody could follow.
func (r *race) allowed(a *attempt) time.Duration {
	if r.end.IsZero() {
		return a.m.Total
	}
	left := max(r.end.Sub(a.began), time.Nanosecond)
	if slices.ContainsFunc(r.f.members, func(m *member) bool { return m != a.m && !r.knows(m) && !m.breaker.open(a.began) }) {
		left = time.Duration(share * float64(left))
	}
	return least(a.m.Total, left)
}

// least is the smaller of two durations, of which 0 is no limit.
func least(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// hedge starts a member that is well beside the leader.
func (r *race) hedge() {
	for a := r.begin(false); a != nil; a = r.begin(false) {
		if !a.pass.probe {
			a.why = WhyHedge
			return
		}
	}
}

// headStart is when the local model begins beside the leader; zero: never.
func (r *race) headStart() time.Time {
	if r.early || r.f.headStart == 0 || r.end.IsZero() {
		return time.Time{}
	}
	return r.began.Add(time.Duration(r.f.headStart * float64(r.request.Budget.Total)))
}

// wait is how long nothing can become late.
func (r *race) wait(now time.Time) time.Duration {
	next := sooner(r.end, r.headStart())
	for _, a := range r.attempts {
		next = sooner(next, a.due())
	}
	if next.IsZero() {
		return time.Hour
	}
	return max(next.Sub(now), 0)
}

// heard takes an event in. It returns the attempt that won, if one did.
func (r *race) heard(e event) *attempt {
	a := e.from
	now := time.Now()
	switch {
	case a.over: // it was given up; this was on its way
		return nil
	case !e.end:
		r.piece(a, e.text, now)
		return nil
	case e.err != nil:
		r.failed(a, e.err, now)
		return nil
	}
	a.over, a.answer = true, &e.answer
	a.m.breaker.report(a.pass, healthy, 0, now)
	if a != r.leader {
		return nil
	}
	return a
}

func (r *race) piece(a *attempt, text string, now time.Time) {
	if a.first == 0 {
		a.first = max(now.Sub(a.began), 1)
	}
	if a == r.leader {
		r.show(text)
		return
	}
	a.said = append(a.said, text)
}

// show passes the leader's words on; a new leader's begin a new text.
func (r *race) show(text string) {
	if r.on == nil || text == "" {
		return
	}
	r.shown = true
	r.on(Delta{Rev: r.rev, Text: text})
}
