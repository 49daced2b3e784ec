package store

import (
	"slices"
	"time"

	"frontdesk/core"
)

// enter and leave enclose an accept in c. Between the store's commit and the
// push another goroutine may have loaded, run and settled the very turn; the
// line stays, and remembers.
func (q *queue) enter(c core.ConversationID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.line(c).refs++
}

func (q *queue) leave(c core.ConversationID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	ln := q.lines[c]
	ln.refs--
	q.offer(c, ln)
}

// settle removes w, which is committed, and lets the next turn run.
func (q *queue) settle(w core.Work, st core.State) {
	q.mu.Lock()
	if q.since != nil {
		q.since[w.Turn] = true
	}
	q.mu.Unlock()
	q.ended(w, func(ln *line) {
		ln.items = ln.items[1:]
		q.n--
		ln.state = st
	})
}

// again puts w back to the head of its line.
func (q *queue) again(w core.Work, attempt int, st core.State, due time.Time) {
	q.ended(w, func(ln *line) {
		ln.items[0].Work.Attempt = attempt
		ln.state, ln.due = st, due
	})
}

// drop forgets w: another owner has it.
func (q *queue) drop(w core.Work) {
	q.ended(w, func(ln *line) {
		q.n -= len(ln.items)
		ln.items = nil
		q.stuck[w.Turn.Conversation] = time.Time{} // look again: it may be ours still
	})
}

// pending reports whether t is open here, so that its end will be signalled,
// and whether it runs.
func (q *queue) pending(t core.TurnID) (open, running bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	ln := q.lines[t.Conversation]
	if ln == nil {
		return false, false
	}
	for i, it := range ln.items {
		if it.Work.Turn == t {
			return true, i == 0 && ln.busy
		}
	}
	return false, false
}

// busy lists the partitions in which a turn runs.
func (q *queue) busy() (parts []int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for c, ln := range q.lines {
		if ln.busy {
			parts = append(parts, c.Partition())
		}
	}
	slices.Sort(parts)
	return slices.Compact(parts)
}

func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.n
}

// beginLoad starts remembering what is settled while the store is read: the
// read may still show it open.
func (q *queue) beginLoad() (parts []int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.since = map[core.TurnID]bool{}
	for p := range q.held {
		parts = append(parts, p)
	}
	return parts
}

func (q *queue) endLoad(its []Item) {
	q.push(its...)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.since = nil
}

// lookAgain makes the store be asked soon, if c may have a turn for this replica
// that another accepted; "" may. Those that come at once are one look.
func (q *queue) lookAgain(c core.ConversationID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, held := q.held[c.Partition()]; !held && c != "" {
		return
	}
	if _, ok := q.stuck[c]; !ok {
		q.stuck[c] = time.Now()
	}
	q.signal()
}

// anyStuck reports whether the store is to be asked soon.
func (q *queue) anyStuck() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.stuck) > 0
}

// isStuck reports, once, that a conversation has been stuck for d.
func (q *queue) isStuck(d time.Duration) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, since := range q.stuck {
		if time.Since(since) > d {
			clear(q.stuck)
			return true
		}
	}
	return false
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// ended applies f to the line that runs w, unless another hand-over replaced it.
func (q *queue) ended(w core.Work, f func(*line)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	c := w.Turn.Conversation
	ln := q.lines[c]
	if ln == nil || !ln.busy || q.held[c.Partition()] != w.Fence || ln.items[0].Work.Turn != w.Turn {
		return
	}
	ln.busy = false
	f(ln)
	q.offer(c, ln)
	q.signal()
}
