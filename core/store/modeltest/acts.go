package modeltest

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"frontdesk/core"
	"frontdesk/core/store"
)

// chats are one that is sent to, one that fetches, and one with a passive reply.
var chats = []core.Envelope{
	{Workspace: "w", Channel: "push", Conversation: "a", Address: "a", Meta: map[string]string{"quote": "1"}},
	{Workspace: "w", Channel: "pull", Conversation: "b", Address: "b", Pull: true},
	{Workspace: "w", Channel: "hook", Conversation: "c", Address: "c", Window: 15 * time.Second},
}

func chat(r *rapid.T) core.Envelope { return chats[rapid.IntRange(0, len(chats)-1).Draw(r, "chat")] }

// old is a message that was sent.
func (w *world) old(r *rapid.T) core.Envelope {
	if len(w.sent) == 0 {
		r.Skip("nothing was sent")
	}
	return w.sent[rapid.IntRange(0, len(w.sent)-1).Draw(r, "sent")]
}

func (w *world) accept(r *rapid.T) {
	e := chat(r)
	e.Native = w.fresh("m")
	e.Parts = []core.Part{{Text: e.Native}}
	if rapid.IntRange(0, 4).Draw(r, "expires") == 0 {
		e.Expires = w.Now().Add(30 * time.Second)
	}
	w.sent = append(w.sent, e)
	w.take(r, e)
}

// again sends what was sent before, or something else under its id.
func (w *world) again(r *rapid.T) {
	e := w.old(r)
	if rapid.Bool().Draw(r, "other") {
		e.Parts = []core.Part{{Text: "other"}}
	}
	w.take(r, e)
}

func (w *world) take(r *rapid.T, e core.Envelope) {
	var got [2]core.Receipt
	at := w.replica(r)
	err := w.both(r, "accept", func(i int, s *side) (err error) {
		got[i], err = s.at[at].Accept(bg, e)
		return err
	})
	same(r, "receipt", got)
	if err == nil {
		w.accepted(r, e.Native, got[1])
	}
}

// next empties a replica's hands-on list: which conversation is first is its own
// business, which turns there are is not.
func (w *world) next(r *rapid.T) {
	at := w.replica(r)
	var got [2][]core.Work
	_ = w.both(r, "next", func(i int, s *side) error {
		for {
			x, err := s.at[at].Next(&glance{Context: bg})
			if err != nil {
				return nil
			}
			got[i] = append(got[i], x)
		}
	})
	var seen [2]any
	for i := range got {
		slices.SortFunc(got[i], func(x, y core.Work) int { return compare(x.Turn, y.Turn) })
		seen[i] = each(got[i], plainWork)
	}
	same(r, "turns", seen)
	for k := range got[1] {
		w.handed(r, got[1][k])
		w.hands = append(w.hands, work{of: [2]core.Work{got[0][k], got[1][k]}, from: [2]*store.Ledger{w.sides[0].at[at], w.sides[1].at[at]}})
	}
}

// some takes one out of what is under way.
func some[T any](r *rapid.T, all *[]T) T {
	if len(*all) == 0 {
		r.Skip("nothing is under way")
	}
	i := rapid.IntRange(0, len(*all)-1).Draw(r, "which")
	x := (*all)[i]
	*all = slices.Delete(slices.Clone(*all), i, i+1)
	return x
}

func (w *world) commit(r *rapid.T) { w.settleTurn(r, some(r, &w.hands)) }

func (w *world) settleTurn(r *rapid.T, x work) {
	o := w.outcome(r, x.of[1])
	err := w.both(r, "commit", func(i int, _ *side) error { return x.from[i].Commit(bg, x.of[i], o) })
	var got [2]any
	_ = w.both(r, "answer", func(i int, s *side) error {
		said, done, err := s.at[0].Answer(bg, x.of[i].Turn)
		got[i] = [2]any{plainEvents(said), done}
		return err
	})
	same(r, "answer", got)
	if err == nil {
		w.committed(r, x.of[1], o)
	}
}

// outcome is what a turn may come to.
func (w *world) outcome(r *rapid.T, x core.Work) core.Outcome {
	o := core.Outcome{At: w.Now(), Trace: []byte(`{"n":1}`)}
	for range rapid.IntRange(0, 2).Draw(r, "replies") {
		role := rapid.SampledFrom([]core.Role{core.BotRole, core.BotRole, core.System}).Draw(r, "role")
		o.Events = append(o.Events, core.Event{Role: role, Parts: []core.Part{{Text: w.fresh("re")}}})
	}
	switch rapid.IntRange(0, 4).Draw(r, "more") {
	case 0:
		o.Events = append(o.Events, core.Event{Kind: core.Missed})
	case 1:
		o.Events = append(o.Events, core.Event{Kind: core.Slot, Key: "k", Parts: []core.Part{{Text: w.fresh("v")}}})
	case 2:
		if !x.State.Case.Mode.Held() {
			room := rapid.SampledFrom([]string{"r1", "r2"}).Draw(r, "room")
			o.Events = append(o.Events, core.Event{Kind: core.Handed, Mode: core.Waiting, Key: core.ReasonAsked})
			o.Desk = []core.DeskPost{{Action: core.DeskOpen, Ref: core.DeskRef{Channel: "desk", Room: room}, Card: core.Card{Conversation: x.Turn.Conversation, Reason: core.ReasonAsked}},
				{Action: core.DeskSay, Role: core.Customer, Parts: []core.Part{{Text: w.fresh("desk")}}}}
		}
	}
	return o
}

func (w *world) retry(r *rapid.T) {
	x := some(r, &w.hands)
	at := w.Now().Add(rapid.SampledFrom(spans).Draw(r, "in"))
	_ = w.both(r, "retry", func(i int, _ *side) error { x.from[i].Retry(x.of[i], at); return nil })
}

func (w *world) lease(r *rapid.T) {
	at, want := w.replica(r), rapid.SampledFrom([]int{64, core.Partitions, core.Partitions}).Draw(r, "want")
	var n [2]int
	_ = w.both(r, "lease", func(i int, s *side) (err error) {
		n[i], err = s.at[at].Lease(bg, 5*time.Second, want)
		return err
	})
	same(r, "partitions", n)
}

// grab lets a replica have all partitions, if nobody has them.
func (w *world) grab(r *rapid.T, at int) {
	_ = w.both(r, "lease", func(_ int, s *side) error { _, err := s.at[at].Lease(bg, 5*time.Second, core.Partitions); return err })
}

// steal: a replica is too slow to renew its lease, and another has its work.
func (w *world) steal(r *rapid.T) {
	w.now = w.now.Add(6 * time.Second)
	w.grab(r, w.replica(r))
	w.next(r)
}

// lapse: a sender is too slow, and another has its reply.
func (w *world) lapse(r *rapid.T) {
	w.now = w.now.Add(claimTime)
	w.claim(r)
}

func (w *world) release(r *rapid.T) {
	at := w.replica(r)
	_ = w.both(r, "release", func(_ int, s *side) error { return s.at[at].Release(bg) })
}

// crash replaces a replica. What it had in hand stays there: a process that was
// only paused would come back with it.
func (w *world) crash(r *rapid.T) { w.open(w.replica(r)) }

// spans are a moment, less and more than a lease, a claim and a passive window.
var spans = []time.Duration{0, time.Millisecond, time.Second, 6 * time.Second, 16 * time.Second, 2 * time.Minute}

func (w *world) wait(r *rapid.T) { w.now = w.now.Add(rapid.SampledFrom(spans).Draw(r, "span")) }
