// Package modeltest holds a store to the one in memory: replicas do what comes to
// their minds, in any order, on both, and see the same. What both would get wrong
// alike is held to rules of its own (rules.go).
package modeltest

import (
	"context"
	"flag"
	"fmt"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"frontdesk/core"
	"frontdesk/core/store"
	"frontdesk/core/store/mem"
)

// Options of a run.
type Options struct {
	Checks int    // worlds tried
	Steps  int    // acts in each, on average
	Seed   uint64 // 0 for another at each run
	// Shared: the store divides partitions among the replicas that live.
	Shared bool
}

var bg = context.Background()

// replicas is how many ledgers share a store.
const replicas = 3

// Run tries the stores that open makes, each empty, against the model.
func Run(t *testing.T, o Options, open func(t *testing.T) store.Backend) {
	for name, v := range map[string]string{"checks": strconv.Itoa(o.Checks), "steps": strconv.Itoa(o.Steps), "seed": strconv.FormatUint(o.Seed, 10)} {
		if f := flag.Lookup("rapid." + name); f.Value.String() == f.DefValue { // not asked for otherwise
			if err := f.Value.Set(v); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = f.Value.Set(f.DefValue) }()
		}
	}
	acts := 0
	rapid.Check(t, func(r *rapid.T) {
		model := mem.New()
		if o.Shared {
			model = mem.Shared()
		}
		real := open(t)
		defer func() { _ = real.Close() }()
		w := newWorld(r, model, real)
		w.grab(r, 0)
		r.Repeat(map[string]func(*rapid.T){ // what is written twice is done more often
			"accept": w.accept, "accept more": w.accept, "again": w.again, "next": w.next, "next more": w.next, "commit": w.commit, "commit more": w.commit,
			"retry": w.retry, "steal": w.steal, "lapse": w.lapse,
			"move": w.move, "speak": w.speak, "claim": w.claim, "settle": w.settle, "handler": w.handler,
			"lease": w.lease, "release": w.release, "crash": w.crash, "wait": w.wait, "": w.look,
		})
		w.finish(r)
		acts += w.acts
	})
	t.Logf("%d acts of %d replicas in %d worlds, none seen otherwise than by the model", acts, replicas, o.Checks)
}

// side is one of the two stores, and the replicas on it.
type side struct {
	store.Backend
	at [replicas]*store.Ledger
}

// patient reads turns however little time the caller has.
type patient struct{ store.Backend }

// Open implements store.Backend.
func (p patient) Open(_ context.Context, parts []int) ([]store.Item, error) {
	return p.Backend.Open(bg, parts)
}

// glance is a context for one look: it has ended when it is asked again.
type glance struct {
	context.Context
	asked bool
}

// Err implements context.Context.
func (g *glance) Err() error {
	if !g.asked {
		g.asked = true
		return nil
	}
	return context.Canceled
}

// Done implements context.Context.
func (g *glance) Done() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

// work is a turn in a replica's hands, on both sides.
type work struct {
	of   [2]core.Work
	from [2]*store.Ledger
}

// claimed is a reply in a sender's hands, on both sides. What was claimed at once
// is settled in order; after one that was not sent nothing is.
type claimed struct {
	of    [2]core.Delivery
	batch *batch
}

type batch struct{ stopped bool }

// world is the two sides and what is under way on them.
type world struct {
	now   time.Time
	sides [2]*side
	poll  time.Duration
	rules
	hands  []work
	claims []claimed
	sent   []core.Envelope // to be sent again
	n      int             // of texts and ids, so that each is told apart
	acts   int
}

func newWorld(r *rapid.T, model, real store.Backend) *world {
	w := &world{now: time.Unix(1_700_000_000, 0).UTC(), sides: [2]*side{{Backend: patient{model}}, {Backend: patient{real}}}, rules: newRules()}
	// A replica that always looks, or one that relies on what it remembers.
	w.poll = rapid.SampledFrom([]time.Duration{-1, time.Hour}).Draw(r, "poll")
	for i := range replicas {
		w.open(i)
	}
	return w
}

// Now is the time of all replicas.
func (w *world) Now() time.Time { return w.now }

func (w *world) open(i int) {
	for _, s := range w.sides {
		s.at[i] = store.New(s.Backend, store.Options{Now: w.Now, Shared: true, Poll: w.poll})
	}
}

// both does f on both sides, and wants the same error.
func (w *world) both(r *rapid.T, what string, f func(i int, s *side) error) error {
	w.acts++
	var errs [2]error
	for i, s := range w.sides {
		errs[i] = f(i, s)
	}
	if kind(errs[0]) != kind(errs[1]) {
		r.Fatalf("%s: the model says %v, the store %v", what, errs[0], errs[1])
	}
	return errs[1]
}

func (w *world) replica(r *rapid.T) int { return rapid.IntRange(0, replicas-1).Draw(r, "replica") }

// fresh is a name nothing else has.
func (w *world) fresh(what string) string { w.n++; return fmt.Sprint(what, "-", w.n) }
