// Package storetest is the contract of a store as tests. Every Backend runs
// it: memory, SQLite, Postgres.
package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/store"
)

// Open makes the data of one test and returns what opens a handle on it.
type Open func(t *testing.T) func() store.Backend

// Clock is moved by hand.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// Now is what ledgers are given.
func (c *Clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

// Add moves the clock.
func (c *Clock) Add(d time.Duration) { c.mu.Lock(); c.t = c.t.Add(d); c.mu.Unlock() }

// env is one test's world. handle opens one more replica.
type env struct {
	*testing.T
	*Clock
	handle func() *store.Ledger
}

// Run holds open's stores to the contract.
func Run(t *testing.T, open Open) {
	for _, tc := range []struct {
		name string
		run  func(env)
	}{
		{"duplicate is accepted once", duplicate},
		{"same id, other content conflicts", conflict},
		{"ids are a workspace's and a channel's", scoped},
		{"one conversation, one turn", exclusive},
		{"order under 16 workers", order},
		{"retry does not overtake", retry},
		{"fence stolen mid-turn", stolen},
		{"fence stolen and the case moved", stolenAndMoved},
		{"a turn that died counts attempts", died},
		{"seq without gaps under concurrency", gapless},
		{"person takes over mid-turn", stale},
		{"state read too early", early},
		{"take drops what is queued", takeDrops},
		{"stale take, return, resolve", moves},
		{"a message reopens a closed case", reopen},
		{"held is released by the next message", held},
		{"not_before is honoured", notBefore},
		{"passive handler and worker: one wins", passive},
		{"a claim runs out", claimLapses},
		{"replies leave in order, one at a time", replyOrder},
		{"an expired reply is buried", expired},
		{"what waits behind a held reply waits too", heldBlocks},
		{"pieces sent are not sent again", pieces},
		{"passive replies are remembered", passiveAgain},
		{"a handler takes all that is unsent, in order", passiveAll},
		{"a requeued reply of the bot is void after a take", staleRequeue},
		{"an address is one conversation", located},
		{"a conversation belongs to its channel", foreign},
		{"a person speaks once, and takes the case", speaks},
		{"a person's words outlive the return", wordsSurvive},
		{"two people of one name", namesakes},
		{"notes stay inside", notes},
		{"a desk is shown the case, in order", desk},
		{"a desk hears a person who spoke elsewhere", deskMirror},
		{"lists by mode, page by page", lists},
		{"the trace is kept", traced},
		{"watchers are told", watched},
		{"drain lets waiters go", drained},
		{"the backlog is counted", backlog},
		{"await on another replica", awaitRemote},
		{"message accepted by another replica", acceptRemote},
		{"await duplicate after the answer", awaitLate},
		{"a reopened case voids nothing", reopenVoidsNothing},
		{"a reopened case revives nothing", reopenRevivesNothing},
		{"what is freed is the handler's first", heldForHandler},
		{"what is fetched is not sent", pulled},
		{"a take voids the bot's words only", systemSurvives},
		{"who speaks has the case", speakers},
		{"held while the customer wrote", heldTooLate},
		{"a handler takes the head of the line", prefix},
		{"drain lets who waits for a failed turn go", drainedRetry},
		{"a chat without a name is refused", nameless},
		{"an address is taken", occupied},
		{"a case moves to another room", deskMoves},
		{"a thread named twice", deskTwice},
		{"a held desk row is freed", deskHeld},
		{"the desk's line is its own", deskApart},
		{"take drops what is held", takeDropsHeld},
		{"one chat located at once", locateRace},
		{"held while the customer writes", heldRace},
		{"strange words are kept", strange},
		{"the same said at once", sameRace},
	} {
		t.Run(tc.name, func(t *testing.T) {
			handle := open(t)
			c := &Clock{t: time.Unix(1_700_000_000, 0).UTC()}
			tc.run(env{t, c, func() *store.Ledger {
				return store.New(handle(), store.Options{Now: c.Now, Shared: true, Poll: 20 * time.Millisecond})
			}})
		})
	}
}

var bg = context.Background()

// leased opens a replica that holds every partition.
func (e env) leased() *store.Ledger {
	e.Helper()
	l := e.handle()
	if n, err := l.Lease(bg, time.Minute, core.Partitions); err != nil || n != core.Partitions {
		e.Fatalf("Lease = %d, %v", n, err)
	}
	return l
}

func msg(conv, native string) core.Envelope {
	return core.Envelope{Workspace: "w", Channel: "c", Conversation: core.ConversationID(conv), Native: native,
		Parts: []core.Part{{Text: native}}}
}

func (e env) accept(l core.Ledger, m core.Envelope) core.TurnID {
	e.Helper()
	r, err := l.Accept(bg, m)
	if err != nil || !r.Fresh {
		e.Fatalf("Accept(%s) = %+v, %v", m.Native, r, err)
	}
	return r.Turn
}

// next wants the turn of message native, or none if native is "".
func (e env) next(l core.Ledger, native string) core.Work {
	e.Helper()
	d := 5 * time.Second
	if native == "" {
		d = 60 * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(bg, d)
	defer cancel()
	w, err := l.Next(ctx)
	if err != nil && (native != "" || !errors.Is(err, context.DeadlineExceeded)) {
		e.Fatalf("Next: %v, want %q", err, native)
	}
	if w.Envelope.Native != native {
		e.Fatalf("Next = %q, want %q", w.Envelope.Native, native)
	}
	return w
}

func (e env) say(texts ...string) core.Outcome {
	o := core.Outcome{At: e.Now()}
	for _, s := range texts {
		o.Events = append(o.Events, core.Event{Role: core.BotRole, Parts: []core.Part{{Text: s}}})
	}
	return o
}

func (e env) commit(l core.Ledger, w core.Work, o core.Outcome, want error) {
	e.Helper()
	if err := l.Commit(bg, w, o); !errors.Is(err, want) {
		e.Fatalf("Commit = %v, want %v", err, want)
	}
}
