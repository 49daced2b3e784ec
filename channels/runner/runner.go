// Package runner keeps the running channels equal to the configured ones.
package runner

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"frontdesk/channels"
	"frontdesk/core"
)

// Spec is one channel as configured. Two specs with the same Digest are the
// same channel and survive a reload untouched.
type Spec struct {
	Kind, Digest string
	Settings     channels.Settings
}

type running struct {
	kind   string
	digest string
	ch     channels.Channel
	hook   http.Handler // nil if nobody calls it
	stop   context.CancelFunc
	done   chan struct{}
}

// Runner starts, stops and finds channels. It is safe for concurrent use.
type Runner struct {
	kinds channels.Kinds
	ended func(id string, err error)

	apply sync.Mutex // one Apply at a time; it waits for channels to stop
	mu    sync.RWMutex
	run   map[string]running

	drafts *drafter
}

// New makes a runner without channels; ended is told how each stopped.
func New(k channels.Kinds, ended func(id string, err error)) *Runner {
	r := &Runner{kinds: k, ended: ended, run: map[string]running{}}
	r.drafts = newDrafter(r.Get)
	return r
}

// Apply makes want the running set. Everything that can fail happens before
// anything is touched: on error the old set runs on. The channels run until
// they are applied away or Close; ctx only lends its values.
func (r *Runner) Apply(ctx context.Context, want []Spec) error {
	r.apply.Lock()
	defer r.apply.Unlock()
	next, err := r.open(want)
	if err != nil {
		return err
	}
	r.mu.RLock()
	old := r.run
	r.mu.RUnlock()
	for id, o := range old {
		if next[id].done != o.done { // gone or rebuilt
			o.stop()
			<-o.done
		}
	}
	for id, n := range next {
		if n.done == nil {
			next[id] = r.start(ctx, id, n)
		}
	}
	r.mu.Lock()
	r.run = next
	r.mu.Unlock()
	return nil
}

// open builds what is new in want and keeps what is not.
func (r *Runner) open(want []Spec) (map[string]running, error) {
	next := make(map[string]running, len(want))
	var errs []error
	for _, s := range want {
		id := s.Settings.ID
		if _, dup := next[id]; dup {
			errs = append(errs, fmt.Errorf("channel %s: configured twice", id))
			continue
		}
		if old, ok := r.find(id); ok && old.digest == s.Digest && old.kind == s.Kind {
			next[id] = old
			continue
		}
		ch, err := r.kinds.Open(s.Kind, s.Settings)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		n := running{kind: s.Kind, digest: s.Digest, ch: ch}
		if h, ok := ch.(channels.Hooked); ok {
			n.hook = h.Hook()
		}
		next[id] = n
	}
	return next, errors.Join(errs...)
}

func (r *Runner) start(ctx context.Context, id string, n running) running {
	ctx, n.stop = context.WithCancel(context.WithoutCancel(ctx))
	n.done = make(chan struct{})
	go func() {
		defer close(n.done)
		r.ended(id, n.ch.Run(ctx))
	}()
	return n
}

func (r *Runner) find(id string) (running, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	n, ok := r.run[id]
	return n, ok
}

// Get finds a running channel.
func (r *Runner) Get(id string) (channels.Channel, bool) {
	n, ok := r.find(id)
	return n.ch, ok
}

// Hook finds what serves the requests of a running channel of this kind.
func (r *Runner) Hook(kind, id string) (http.Handler, bool) {
	n, ok := r.find(id)
	return n.hook, ok && n.kind == kind && n.hook != nil
}

// Send routes rep to its channel, or to its desk.
func (r *Runner) Send(ctx context.Context, rep core.Reply) (string, error) {
	n, ok := r.find(rep.Channel)
	if !ok {
		return "", fmt.Errorf("channel %s: %w", rep.Channel, core.ErrNotFound) // retried: it may come back
	}
	if rep.Desk == nil {
		rep.Draft = r.drafts.claim(rep)
		native, err := n.ch.Send(ctx, rep)
		if on, ok := n.ch.(channels.Drafting); ok && err != nil && rep.Draft != "" && !core.IsPermanent(err) {
			r.drafts.giveBack(on, rep)
		}
		return native, err
	}
	d, ok := n.ch.(channels.Desked)
	if !ok {
		return "", core.Refused(fmt.Errorf("channel %s is no desk", rep.Channel))
	}
	return d.Desk().Show(ctx, *rep.Desk)
}

// Show lets the customer see a piece of the answer to e as it is written, on
// channels that can. It does not block.
func (r *Runner) Show(e core.Envelope, g core.Glimpse) { r.drafts.show(e, g) }

// Close stops all channels and waits for them.
func (r *Runner) Close() {
	r.drafts.close()
	r.apply.Lock()
	defer r.apply.Unlock()
	r.mu.Lock()
	old := r.run
	r.run = map[string]running{}
	r.mu.Unlock()
	for _, o := range old {
		o.stop()
	}
	for _, o := range old {
		<-o.done
	}
}
