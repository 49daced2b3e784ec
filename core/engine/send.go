package engine

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	"frontdesk/core"
)

// sendAll sends what is due until ctx ends. A reply once claimed is settled
// even then.
func (e *Engine) sendAll(ctx context.Context) {
	for ctx.Err() == nil {
		d, err := e.Ledger.Claim(ctx, 2*e.Patience)
		if err == nil {
			err = e.deliver(context.WithoutCancel(ctx), d)
		}
		switch {
		case err == nil:
		case errors.Is(err, core.ErrNotFound):
			e.waitDue(ctx)
		default:
			e.Log.Error("send failed", "err", err)
			pause(ctx, e.Poll)
		}
	}
}

func (e *Engine) waitDue(ctx context.Context) {
	t := time.NewTimer(e.Poll)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-e.Ledger.Due():
	case <-t.C:
	}
}

func (e *Engine) deliver(ctx context.Context, d core.Delivery) error {
	start := time.Now()
	native, err := e.send(ctx, d.Reply)
	s := e.settlement(d, native, err)
	if s.To == core.Buried {
		e.Log.Error("reply buried", "channel", d.Reply.Channel, "reply", d.Reply.ID, "cause", s.Note)
	}
	e.Observer.Sent(d.Reply, s.To, time.Since(start))
	return e.Ledger.Settle(ctx, d, s)
}

// send keeps a channel that panics from taking the gateway with it.
func (e *Engine) send(ctx context.Context, r core.Reply) (native string, err error) {
	ctx, cancel := context.WithTimeout(ctx, e.Patience)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			e.Log.Error("channel panicked", "channel", r.Channel, "panic", p, "stack", string(debug.Stack()))
			err = errors.New("the channel failed unexpectedly")
		}
	}()
	return e.Send(ctx, r)
}

// settlement is what becomes of d after its send came to err.
func (e *Engine) settlement(d core.Delivery, native string, err error) core.Settlement {
	if err == nil {
		return core.Settlement{To: core.Sent, Native: native}
	}
	var se *core.SendError
	if !errors.As(err, &se) {
		se = &core.SendError{Err: err}
	}
	s := core.Settlement{To: core.Queued, Done: se.Done, Note: err.Error()}
	switch {
	case se.Hold && d.Reply.Desk == nil: // no customer's message frees a desk
		s.To = core.Held
	case se.Permanent, d.Attempt >= e.SendTries && se.After == 0 && se.Done <= d.Reply.Done:
		// A platform that names its pause, or took another piece, is not away.
		s.To = core.Buried
	default:
		s.At = e.Now().Add(max(e.SendPause(d.Attempt), se.After))
	}
	return s
}
