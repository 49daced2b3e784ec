package store

import (
	"slices"
	"sync"
	"time"

	"frontdesk/core"
)

// line is the open turns of one conversation.
type line struct {
	items  []Item // by seq; the first is the running one if busy
	busy   bool
	queued bool // in ready
	state  core.State
	due    time.Time
	refs   int // accepts under way: what is settled meanwhile must be remembered
}

// queue hands turns over. It forgets a conversation with nothing open.
type queue struct {
	mu    sync.Mutex
	held  map[int]int64 // partition to fence
	lines map[core.ConversationID]*line
	ready []core.ConversationID
	later map[core.ConversationID]bool
	since map[core.TurnID]bool // settled while a load runs; nil when none does
	// stuck conversations wait for a turn this replica has not seen: a caller is
	// about to push it, or another replica accepted it.
	stuck map[core.ConversationID]time.Time
	n     int
	wake  chan struct{}
}

func newQueue() *queue {
	return &queue{held: map[int]int64{}, lines: map[core.ConversationID]*line{},
		later: map[core.ConversationID]bool{}, stuck: map[core.ConversationID]time.Time{}, wake: make(chan struct{}, 1)}
}

// hold sets the partitions held and returns those gained.
func (q *queue) hold(ls []Lease) (gained []int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	held := make(map[int]int64, len(ls))
	for _, l := range ls {
		held[l.Part] = l.Fence
		if q.held[l.Part] != l.Fence {
			gained = append(gained, l.Part)
		}
	}
	for c, ln := range q.lines {
		if p := c.Partition(); held[p] != q.held[p] {
			q.n -= len(ln.items)
			delete(q.later, c)
			*ln = line{state: core.State{Settled: ln.state.Settled}, refs: ln.refs}
			q.offer(c, ln)
		}
	}
	q.held = held
	return gained
}

// push adds open turns, in any order; known ones are ignored.
func (q *queue) push(its ...Item) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, it := range its {
		q.add(it)
	}
	q.signal()
}

func (q *queue) add(it Item) {
	c := it.Work.Turn.Conversation
	if _, ok := q.held[c.Partition()]; !ok || q.since[it.Work.Turn] {
		return
	}
	ln := q.line(c)
	if it.Work.State.Newer(ln.state) {
		ln.state = it.Work.State
	}
	at, known := slices.BinarySearchFunc(ln.items, it.Work.Turn.Seq, func(x Item, seq int64) int {
		return int(x.Work.Turn.Seq - seq)
	})
	if !known && it.Work.Turn.Seq > ln.state.Settled {
		ln.items = slices.Insert(ln.items, at, it)
		q.n++
	}
	q.offer(c, ln)
}

// line finds or makes c's line. The caller holds mu.
func (q *queue) line(c core.ConversationID) *line {
	ln := q.lines[c]
	if ln == nil {
		ln = &line{}
		q.lines[c] = ln
	}
	return ln
}

// offer puts c on the ready list if its first turn may run. The caller holds mu.
func (q *queue) offer(c core.ConversationID, ln *line) {
	switch {
	case ln.busy || ln.queued:
	case len(ln.items) == 0:
		if ln.refs == 0 {
			delete(q.lines, c)
		}
	case !ln.due.IsZero():
		q.later[c] = true
	case ln.items[0].Prev > ln.state.Settled:
		if _, ok := q.stuck[c]; !ok {
			q.stuck[c] = time.Now()
		}
	default:
		delete(q.stuck, c)
		ln.queued = true
		q.ready = append(q.ready, c)
	}
}

// pop hands the next turn over.
func (q *queue) pop(now time.Time) (core.Work, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for c := range q.later {
		if ln := q.lines[c]; !ln.due.After(now) {
			ln.due = time.Time{}
			delete(q.later, c)
			q.offer(c, ln)
		}
	}
	for len(q.ready) > 0 {
		c := q.ready[0]
		q.ready = q.ready[1:]
		ln := q.lines[c]
		if ln == nil || !ln.queued { // the partition was lost
			continue
		}
		ln.queued, ln.busy = false, true
		w := ln.items[0].Work
		w.State, w.Fence = ln.state, q.held[c.Partition()]
		w.Attempt++
		return w, true
	}
	return core.Work{}, false
}
