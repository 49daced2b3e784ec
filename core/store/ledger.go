package store

import (
	"context"
	"errors"
	"sync"
	"time"

	"frontdesk/core"
)

var _ core.Ledger = (*Ledger)(nil)

// Options of a Ledger.
type Options struct {
	Now     func() time.Time
	Shared  bool          // other replicas use the store: look every Poll
	Poll    time.Duration // 200 ms if zero
	MaxOpen int           // open turns before Accept says ErrBusy; 100,000 if zero
	// Bus tells other replicas what changed here, and this one what changed there,
	// sooner than Poll would; nil does without.
	Bus core.Bus
}

// Ledger is one replica's view of a Backend. It is safe for concurrent use and
// owns no goroutine.
type Ledger struct {
	Backend
	o     Options
	owner string
	q     *queue
	wait  waiters
	news  hub
	chats cache
	due   chan struct{}

	alone  sync.Once  // the claims of who had the store before
	load   sync.Mutex // one load at a time
	loaded time.Time  // real time of the last one
}

// New makes a ledger of b.
func New(b Backend, o Options) *Ledger {
	if o.Poll == 0 {
		o.Poll = 200 * time.Millisecond
	}
	if o.MaxOpen == 0 {
		o.MaxOpen = 100_000
	}
	return &Ledger{Backend: b, o: o, owner: core.NewID(o.Now()), q: newQueue(),
		wait: waiters{drain: make(chan struct{})}, due: make(chan struct{}, 1)}
}

// Locate implements core.Inbox.
func (l *Ledger) Locate(ctx context.Context, e core.Envelope) (core.ConversationID, error) {
	if e.Address == "" {
		return "", core.Invalid("a message on channel %s has neither an address nor a conversation", e.Channel)
	}
	k := chat{e.Workspace, e.Channel, e.Address}
	if c, ok := l.chats.get(k); ok {
		return c, nil
	}
	now := l.o.Now()
	c, err := l.Backend.Locate(ctx, e, core.ConversationID(core.NewID(now)), now)
	if err == nil {
		l.chats.put(k, c)
	}
	return c, err
}

// Accept implements core.Inbox.
func (l *Ledger) Accept(ctx context.Context, e core.Envelope) (core.Receipt, error) {
	if l.q.len() >= l.o.MaxOpen {
		return core.Receipt{}, core.ErrBusy
	}
	if e.Conversation == "" {
		c, err := l.Locate(ctx, e)
		if err != nil {
			return core.Receipt{}, err
		}
		e.Conversation = c
	}
	l.q.enter(e.Conversation)
	defer l.q.leave(e.Conversation)
	a, err := l.Backend.Accept(ctx, e, l.o.Now())
	if err != nil {
		return core.Receipt{}, err
	}
	if a.Fresh {
		l.q.push(a.Item)
		l.changed(e.Conversation, false)
	}
	return core.Receipt{Turn: a.Work.Turn, Fresh: a.Fresh}, nil
}

// Lease implements core.Inbox.
func (l *Ledger) Lease(ctx context.Context, d time.Duration, want int) (int, error) {
	now := l.o.Now()
	lapsed := now
	if !l.o.Shared {
		lapsed = now.Add(d + time.Hour) // alone with the store: any other owner is dead
		var err error
		if l.alone.Do(func() { err = l.Unclaim(ctx) }); err != nil {
			return 0, err
		}
	}
	held, err := l.Backend.Lease(ctx, l.owner, lapsed, now.Add(d), want, l.q.busy())
	if err != nil {
		return 0, err
	}
	gained := l.q.hold(held)
	if len(gained) > 0 {
		err = l.reload(ctx, gained)
	}
	return len(held), err
}

// Drain implements core.Inbox.
func (l *Ledger) Drain() { l.wait.stop() }

// Release implements core.Inbox.
func (l *Ledger) Release(ctx context.Context) error {
	l.q.hold(nil)
	return l.Backend.Release(ctx, l.owner)
}

// reload brings the queue up to the store, for gained partitions or, if nil, all.
func (l *Ledger) reload(ctx context.Context, gained []int) error {
	l.load.Lock()
	defer l.load.Unlock()
	parts := l.q.beginLoad()
	if gained != nil {
		parts = gained
	}
	its, err := l.Backend.Open(ctx, parts)
	l.q.endLoad(its)
	l.loaded = time.Now()
	return err
}

func (l *Ledger) stale() bool {
	l.load.Lock()
	defer l.load.Unlock()
	return time.Since(l.loaded) > l.o.Poll
}

// Next implements core.Inbox. After Drain it is ErrDraining.
func (l *Ledger) Next(ctx context.Context) (core.Work, error) {
	for ctx.Err() == nil {
		if l.wait.stopped() {
			return core.Work{}, core.ErrDraining
		}
		if l.q.isStuck(l.o.Poll/10) || l.o.Shared && l.stale() {
			if err := l.reload(ctx, nil); err != nil {
				return core.Work{}, err
			}
		}
		if w, ok := l.q.pop(l.o.Now()); ok {
			return w, nil
		}
		pause := l.o.Poll
		if l.q.anyStuck() {
			pause /= 10
		}
		t := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-l.wait.drain:
		case <-l.q.wake:
		case <-t.C:
		}
		t.Stop()
	}
	return core.Work{}, ctx.Err()
}

// Commit implements core.Inbox.
func (l *Ledger) Commit(ctx context.Context, w core.Work, o core.Outcome) error {
	c, err := l.Backend.Commit(ctx, w, o)
	switch {
	case err == nil:
		l.q.settle(w, c.State)
		l.wait.tell(w.Turn, c.Said)
		l.changed(w.Turn.Conversation, c.Queued)
	case errors.Is(err, core.ErrFenced):
		l.q.drop(w)
	case errors.Is(err, core.ErrStale):
		st, serr := l.Backend.State(ctx, w.Turn.Conversation)
		if serr != nil {
			return serr
		}
		l.q.again(w, w.Attempt-1, st, time.Time{})
	}
	return err
}

// changed tells watchers of c, here and elsewhere, and senders if something was
// queued.
func (l *Ledger) changed(c core.ConversationID, queued bool) {
	l.news.tell(c)
	if l.o.Bus != nil {
		l.o.Bus.Changed(c)
	}
	if queued {
		l.wakeSenders()
	}
}

// wakeSenders wakes one; it wakes the next if there was something to claim.
func (l *Ledger) wakeSenders() {
	select {
	case l.due <- struct{}{}:
	default:
	}
}

// Retry implements core.Inbox.
func (l *Ledger) Retry(w core.Work, at time.Time) { l.q.again(w, w.Attempt, w.State, at) }
