package store

import (
	"testing"
	"time"

	"frontdesk/core"
)

// once holds a queue to handing one turn over once, whatever comes between.
func once(t *testing.T, late func(q *queue, run func(), it Item)) {
	t.Helper()
	q := newQueue()
	var ls []Lease
	for p := range core.Partitions {
		ls = append(ls, Lease{Part: p, Fence: 1})
	}
	q.hold(ls)
	it := Item{Work: core.Work{Turn: core.TurnID{Conversation: "a", Seq: 1}}}
	late(q, func() {
		w, ok := q.pop(time.Now())
		if !ok {
			t.Fatal("nothing to run")
		}
		q.settle(w, core.State{Settled: 1})
	}, it)
	if w, ok := q.pop(time.Now()); ok {
		t.Fatalf("%v ran twice", w.Turn)
	}
	if len(q.lines) != 0 {
		t.Fatalf("%d lines left", len(q.lines))
	}
}

// Between a store's commit and the push, a load may have found the turn and
// others have run it.
func TestLatePush(t *testing.T) {
	once(t, func(q *queue, run func(), it Item) {
		q.enter("a")
		q.push(it) // the load
		run()
		q.push(it) // the caller of Accept
		q.leave("a")
	})
}

// A load may have read a turn as open that was settled since.
func TestLateLoad(t *testing.T) {
	once(t, func(q *queue, run func(), it Item) {
		q.push(it)
		q.beginLoad()
		run()
		q.endLoad([]Item{it})
	})
}
