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

// all holds every partition under one fence.
func all(fence int64) (ls []Lease) {
	for p := range core.Partitions {
		ls = append(ls, Lease{Part: p, Fence: fence})
	}
	return ls
}

func item(c core.ConversationID, seq, prev int64) Item {
	return Item{Work: core.Work{Turn: core.TurnID{Conversation: c, Seq: seq}}, Prev: prev}
}

// What a lost partition had waiting, running or put off is forgotten whole; who
// gains it again begins anew, whatever becomes of the run before.
func TestLostPartition(t *testing.T) {
	q, now := newQueue(), time.Now()
	q.hold(all(1))
	q.push(item("ready", 1, 0), item("runs", 1, 0), item("runs", 2, 1), item("later", 1, 0))
	var old core.Work
	for range 3 {
		switch w, _ := q.pop(now); w.Turn.Conversation {
		case "runs":
			old = w
		case "later":
			q.again(w, 1, core.State{}, now.Add(time.Minute))
		case "ready":
			q.again(w, 1, core.State{}, time.Time{})
		}
	}
	q.hold(nil)
	if w, ok := q.pop(now.Add(time.Hour)); ok || q.len() != 0 || len(q.lines) != 0 {
		t.Fatalf("%v handed over, %d open, %d lines", w.Turn, q.len(), len(q.lines))
	}
	if gained := q.hold(all(2)); len(gained) != core.Partitions {
		t.Fatalf("%d gained", len(gained))
	}
	q.push(item("runs", 1, 0), item("runs", 2, 1))
	w, ok := q.pop(now)
	if !ok || w.Turn.Seq != 1 || w.Fence != 2 {
		t.Fatalf("pop = %+v, %v", w, ok)
	}
	q.settle(old, core.State{Settled: 1})
	if w, ok := q.pop(now); ok {
		t.Fatalf("%v handed over beside the one that runs", w.Turn)
	}
	q.settle(w, core.State{Settled: 1})
	if w, ok := q.pop(now); !ok || w.Turn.Seq != 2 || q.len() != 1 {
		t.Fatalf("pop = %+v, %v, %d open", w, ok, q.len())
	}
}

// What was settled is remembered while an accept is under way, though the
// partition came and went.
func TestLatePushAfterLoss(t *testing.T) {
	q := newQueue()
	q.hold(all(1))
	q.enter("a")
	q.push(item("a", 1, 0))
	w, _ := q.pop(time.Now())
	q.settle(w, core.State{Settled: 1})
	q.hold(nil)
	q.hold(all(2))
	q.push(item("a", 1, 0))
	q.leave("a")
	if w, ok := q.pop(time.Now()); ok {
		t.Fatalf("%v ran twice", w.Turn)
	}
}

// Only the turn that runs is running: the ones behind it are not begun.
func TestPending(t *testing.T) {
	q := newQueue()
	q.hold(all(1))
	q.push(item("a", 1, 0), item("a", 2, 1))
	for seq, want := range map[int64][2]bool{1: {true, true}, 2: {true, false}, 3: {false, false}} {
		_, _ = q.pop(time.Now())
		if open, running := q.pending(core.TurnID{Conversation: "a", Seq: seq}); open != want[0] || running != want[1] {
			t.Errorf("turn %d: open %v, running %v", seq, open, running)
		}
	}
}

// A place in the row from before a partition was lost is nobody's: who comes
// again has a new one, and runs once.
func TestOldPlace(t *testing.T) {
	q := newQueue()
	q.hold(all(1))
	q.push(item("a", 1, 0))
	q.hold(nil)
	q.hold(all(2))
	q.push(item("a", 1, 0))
	if w, ok := q.pop(time.Now()); !ok || w.Fence != 2 {
		t.Fatalf("pop = %+v, %v", w, ok)
	}
	if w, ok := q.pop(time.Now()); ok {
		t.Fatalf("%v handed over twice", w.Turn)
	}
}
