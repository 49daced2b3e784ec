package store

import (
	"context"
	"time"

	"frontdesk/core"
)

// Move implements core.Cases.
func (l *Ledger) Move(ctx context.Context, m core.Move) (int64, error) {
	v, err := l.Backend.Move(ctx, m, l.o.Now())
	if err == nil {
		l.changed(m.Conversation, v.Queued)
	}
	return v.Epoch, err
}

// Speak implements core.Cases.
func (l *Ledger) Speak(ctx context.Context, s core.Speech) (int64, error) {
	v, err := l.Backend.Speak(ctx, s, l.o.Now())
	if err == nil {
		l.changed(s.Conversation, v.Queued)
	}
	return v.Seq, err
}

// Claim implements core.Outbox.
func (l *Ledger) Claim(ctx context.Context, d time.Duration) (core.Delivery, error) {
	now := l.o.Now()
	got, err := l.Backend.Claim(ctx, now, now.Add(d))
	if err == nil {
		l.wakeSenders() // what was told once may have been more than one reply
	}
	return got, err
}

// ClaimTurn implements core.Outbox.
func (l *Ledger) ClaimTurn(ctx context.Context, t core.TurnID, d time.Duration) ([]core.Delivery, error) {
	now := l.o.Now()
	return l.Backend.ClaimTurn(ctx, t, now, now.Add(d))
}

// Settle implements core.Outbox. What is queued again may be due at once, and
// what is done lets the next of its line go.
func (l *Ledger) Settle(ctx context.Context, d core.Delivery, s core.Settlement) error {
	err := l.Backend.Settle(ctx, d, s)
	if err == nil {
		l.changed(d.Reply.Conversation, true)
	}
	return err
}

// Due implements core.Outbox.
func (l *Ledger) Due() <-chan struct{} { return l.due }

// Watch implements core.Feed.
func (l *Ledger) Watch(c core.ConversationID) (<-chan core.ConversationID, func()) {
	return l.news.watch(c, l.Backend, l.o)
}
