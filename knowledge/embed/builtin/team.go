package builtin

import "sync"

// teamTokens is how many tokens make a pass worth parting: below it, waking the
// other workers twelve times costs what they save.
const teamTokens = 64

// team is the members that compute one pass, each some of its rows. They meet
// once a layer, when all keys and values are there.
type team struct {
	e     *encoder
	b     *bench
	parts []rows // of the members; the leader has the last
	goOn  func() bool

	mu      sync.Mutex
	all     *sync.Cond // of mu: a meeting is over
	joined  int        // members besides the leader
	arrived int
	meeting int  // meetings over
	last    bool // what goOn said in the last one
	members sync.WaitGroup
}

func newTeam(e *encoder) *team {
	t := &team{e: e}
	t.all = sync.NewCond(&t.mu)
	return t
}

// part cuts a pass of n rows for that many members. Cuts are at multiples of
// eight, as products take up to eight rows at a time.
func (t *team) part(n, members int) {
	t.parts = t.parts[:0]
	for lo := range members {
		t.parts = append(t.parts, rows{roundUp(n*lo/members, 8), min(n, roundUp(n*(lo+1)/members, 8))})
	}
	t.joined, t.arrived = 0, 0
}

// join computes one part with the memory of a helper.
func (t *team) join(d *desk) {
	defer t.members.Done()
	t.mu.Lock()
	r := t.parts[t.joined]
	t.joined++
	t.mu.Unlock()
	t.e.forward(t.b, d, r, t.meet)
}

// meet waits for all members; the one who comes last asks goOn, so that all
// hear the same.
func (t *team) meet() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.arrived++; t.arrived == len(t.parts) {
		t.last, t.arrived = t.goOn(), 0
		t.meeting++
		t.all.Broadcast()
		return t.last
	}
	for now := t.meeting; now == t.meeting; {
		t.all.Wait()
	}
	return t.last
}
