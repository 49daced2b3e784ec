package app

import (
	"context"
	"runtime/debug"
	"sync"
)

// later runs what may take long beside the turns. Close cancels and waits.
type later struct {
	ctx    context.Context
	cancel context.CancelFunc
	turn   chan struct{} // the one place for work that computes

	mu   sync.Mutex
	open int
	idle chan struct{} // closed while nothing runs or waits
	done sync.WaitGroup
}

func newLater(ctx context.Context) *later {
	l := &later{turn: make(chan struct{}, 1), idle: make(chan struct{})}
	l.ctx, l.cancel = context.WithCancel(ctx)
	close(l.idle)
	return l
}

// Do runs work that computes, one piece after another, so that learning never
// takes more than one core from the turns.
func (l *later) Do(work func(ctx context.Context)) {
	l.Go(func(ctx context.Context) {
		select {
		case l.turn <- struct{}{}:
			defer func() { <-l.turn }()
			work(ctx)
			// Learning leaves some tens of megabytes behind, and then nothing is
			// allocated for long: without this they would stay.
			debug.FreeOSMemory()
		case <-ctx.Done():
		}
	})
}

// Go runs work at once, beside the others: what mostly waits.
func (l *later) Go(work func(ctx context.Context)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil {
		return
	}
	if l.open++; l.open == 1 {
		l.idle = make(chan struct{})
	}
	l.done.Go(func() {
		defer l.finished()
		work(l.ctx)
	})
}

// Watch is Go for work that waits for something outside to change: Wait does
// not wait for it.
func (l *later) Watch(work func(ctx context.Context)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() == nil {
		l.done.Go(func() { work(l.ctx) })
	}
}

func (l *later) finished() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open--; l.open == 0 {
		close(l.idle)
	}
}

// Wait returns when nothing is left to do, or ctx ends.
func (l *later) Wait(ctx context.Context) error {
	l.mu.Lock()
	idle := l.idle
	l.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close ends what runs and waits for it; what comes later is not begun.
func (l *later) Close() {
	l.mu.Lock()
	l.cancel()
	l.mu.Unlock()
	l.done.Wait()
}
