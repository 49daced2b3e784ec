package builtin

import (
	"context"
	"sync"
	"time"

	"frontdesk/core"
	"frontdesk/knowledge/embed"
)

// maxCalls is how many calls may wait for each kind. A turn waits in the call,
// so more than a few dozen have no use for their vectors when they come.
const maxCalls = 256

// call is one Embed. Its fields below done are guarded by the pool's mutex.
type call struct {
	ctx   context.Context
	kind  core.EmbedKind
	texts []string
	out   []float32 // a row for each text
	dim   int
	done  chan struct{} // closed when no worker has or will take a text of it

	next int   // texts taken
	open int   // texts not finished
	err  error // of the first that failed
}

func (c *call) row(i int) []float32 { return c.out[i*c.dim : (i+1)*c.dim] }

// cost is about how many tokens a text has, from its bytes: a token is three to
// five of them in Chinese and in English. What it is off is in the pace.
func cost(text string) int { return 5 + min(len(text), embed.MaxText)/4 }

func costs(texts []string) (sum int) {
	for _, t := range texts {
		sum += cost(t)
	}
	return sum
}

// line is the calls of one kind that have texts left, first come first.
type line struct {
	calls  []*call
	tokens int // of texts not taken, by cost
}

// pool hands texts to workers. Questions go before passages: a customer waits
// for the one, an import for the other.
type pool struct {
	workers int

	mu      sync.Mutex
	wake    *sync.Cond // of mu: there is a text, an offer, or the end
	lines   map[core.EmbedKind]*line
	running map[core.EmbedKind]int // cost of texts in hand
	idle    int                    // workers in wake.Wait
	offers  []*team                // shares of passes, each for one idle worker
	pace    time.Duration          // a unit of cost takes one worker, smoothed
	closed  bool
}

func newPool(workers int, pace time.Duration) *pool {
	p := &pool{workers: workers, pace: pace, running: map[core.EmbedKind]int{},
		lines: map[core.EmbedKind]*line{core.EmbedQuery: {}, core.EmbedPassage: {}}}
	p.wake = sync.NewCond(&p.mu)
	return p
}

// submit queues a call, or says at once that its deadline cannot be met.
func (p *pool) submit(c *call) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lines[c.kind]
	switch {
	case p.closed:
		return embed.ErrClosed
	case len(l.calls) >= maxCalls:
		return &embed.BusyError{}
	}
	own := costs(c.texts)
	if end, ok := c.ctx.Deadline(); ok {
		if wait := p.wait(c.kind, own, len(c.texts)); time.Until(end) < wait {
			return &embed.BusyError{Wait: wait}
		}
	}
	l.calls, l.tokens = append(l.calls, c), l.tokens+own
	p.wake.Broadcast()
	return nil
}

// wait is about how long texts of that cost would take now.
func (p *pool) wait(kind core.EmbedKind, own, texts int) time.Duration {
	ahead := p.running[core.EmbedQuery] + p.lines[core.EmbedQuery].tokens
	if kind != core.EmbedQuery {
		ahead += p.running[kind] + p.lines[kind].tokens
	}
	units := float64(ahead)/float64(p.workers) + float64(own)/float64(min(p.workers, texts))
	return time.Duration(units * float64(p.pace))
}

// next waits for work: a share of a pass, or a call with texts. Neither means
// that the pool is closed.
func (p *pool) next() (*team, *call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		if n := len(p.offers); n > 0 {
			t := p.offers[n-1]
			p.offers = p.offers[:n-1]
			return t, nil
		}
		if c := p.front(core.EmbedQuery, core.EmbedPassage); c != nil || p.closed {
			return nil, c
		}
		p.idle++
		p.wake.Wait()
		p.idle--
	}
}

// front is the call whose turn it is, of the kinds in that order; nil if none.
func (p *pool) front(kinds ...core.EmbedKind) *call {
	for _, k := range kinds {
		if l := p.lines[k]; len(l.calls) > 0 {
			return l.calls[0]
		}
	}
	return nil
}

// question is a call of questions that waits; nil if none.
func (p *pool) question() *call {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.front(core.EmbedQuery)
}

// take gives out the next text of c, if there is one left.
func (p *pool) take(c *call) (int, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.next == len(c.texts) {
		return 0, false
	}
	i, l := c.next, p.lines[c.kind]
	c.next++
	l.tokens -= cost(c.texts[i])
	p.running[c.kind] += cost(c.texts[i])
	if c.next == len(c.texts) {
		l.remove(c)
	}
	return i, true
}

func (l *line) remove(c *call) {
	for i := range l.calls {
		if l.calls[i] == c {
			copy(l.calls[i:], l.calls[i+1:])
			l.calls[len(l.calls)-1] = nil
			l.calls = l.calls[:len(l.calls)-1]
			return
		}
	}
}

// share is how many texts of c a worker should take, so that idle ones get some.
func (p *pool) share(c *call) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return (len(c.texts) - c.next + p.idle) / (p.idle + 1)
}

// drop takes what is left of c out of its line.
func (p *pool) drop(c *call, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dropLocked(c, err)
}

func (p *pool) dropLocked(c *call, err error) {
	left := len(c.texts) - c.next
	if left == 0 {
		return
	}
	l := p.lines[c.kind]
	l.tokens -= costs(c.texts[c.next:])
	l.remove(c)
	c.next = len(c.texts)
	c.finish(left, err)
}

// finish counts n texts of c as done with. The pool's mutex is held.
func (c *call) finish(n int, err error) {
	if c.err == nil {
		c.err = err
	}
	if c.open -= n; c.open == 0 {
		close(c.done)
	}
}

// finished tells the pool of n texts of c, of that cost, and how long they took
// all members together; 0 if that says nothing.
func (p *pool) finished(c *call, n, units int, took time.Duration, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running[c.kind] -= units
	if took > 0 && err == nil {
		// An eighth of the news: one pass on a busy machine is not the rule.
		p.pace += (took/time.Duration(units) - p.pace) / 8
	}
	c.finish(n, err)
}

// maxTeam is how many members a pass may have.
const maxTeam = 4

// spareLocked is how many idle workers may help, while nobody waits for them.
// The pool's mutex is held.
func (p *pool) spareLocked() int {
	if p.front(core.EmbedQuery, core.EmbedPassage) != nil {
		return 0
	}
	return min(p.idle-len(p.offers), maxTeam-1)
}

func (p *pool) spare() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.spareLocked()
}

// offer parts a pass of n rows between the leader of t and the idle workers, and
// returns how many those are together.
func (p *pool) offer(t *team, n int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	helpers := p.spareLocked()
	if helpers < 1 {
		return 1
	}
	t.part(n, helpers+1)
	t.members.Add(helpers)
	for range helpers {
		p.offers = append(p.offers, t)
		p.wake.Signal()
	}
	return helpers + 1
}

// ended reports whether the pool was closed.
func (p *pool) ended() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

// close lets the workers end and fails what waits.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, l := range p.lines {
		for len(l.calls) > 0 {
			p.dropLocked(l.calls[0], embed.ErrClosed)
		}
	}
	p.wake.Broadcast()
}
