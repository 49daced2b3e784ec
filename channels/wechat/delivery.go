package wechat

import (
	"context"
	"errors"
	"net/http"
	"time"

	"frontdesk/channels/problem"
	"frontdesk/core"
)

const (
	// claimFor is how long a claim holds: writing and settling take milliseconds.
	claimFor = 10 * time.Second
	// settleFor bounds the store's part after the answer was written.
	settleFor = 5 * time.Second
	// again is after how long a reply that could not be written goes another way:
	// the next delivery, 5 s after this one, comes first.
	again = 6 * time.Second
)

// delivery is one call of the platform with one message.
type delivery struct {
	c       *Channel
	w       http.ResponseWriter
	gone    context.Context // ends when the platform hangs up
	query   call
	in      inbound
	sealed  bool
	receipt core.Receipt
	last    bool
}

// answer waits for the turn until ctx ends, and writes what there is to say.
func (d delivery) answer(ctx context.Context) {
	_, err := d.c.Gateway.Await(ctx, d.receipt.Turn)
	switch {
	case d.gone.Err() != nil: // nobody listens
	case ctx.Err() != nil:
		d.late()
	case errors.Is(err, core.ErrDraining):
		problem.Busy(d.w, busyFor, "This server is stopping. Please deliver the message again.")
	case err != nil:
		d.c.Log.Error("turn not awaited", "turn", d.receipt.Turn.String(), "err", err)
		d.late()
	default:
		d.say(ctx)
	}
}

// say writes the replies that are due, or those this turn's delivery before
// wrote: that the platform asks again proves that they did not arrive.
func (d delivery) say(ctx context.Context) {
	if text, err := d.written(ctx); err != nil {
		d.c.Log.Error("passive reply not looked up", "turn", d.receipt.Turn.String(), "err", err)
		d.late()
		return
	} else if text != "" {
		_ = d.write(text) // the platform hung up: it asks again, or the tries are over
		return
	}
	claimed, err := d.claim(ctx)
	if err != nil {
		d.c.Log.Error("replies not claimed", "turn", d.receipt.Turn.String(), "err", err)
		writeText(d.w, success) // senders have them
		return
	}
	b := pack(claimed, d.receipt.Turn, d.c.Now())
	if err := d.write(b.text); err != nil {
		b.giveBack(d.retryAt(), "the platform hung up while the answer was written")
	}
	d.settle(ctx, b)
}

// A reply that became due while the customer waits may be with a sender, which
// learns in a moment that it can only be said here, and gives it back.
const (
	claimTries = 5
	claimPause = 50 * time.Millisecond
)

// claim takes what is unsent, looking again a few times while there is nothing.
func (d delivery) claim(ctx context.Context) (ds []core.Delivery, err error) {
	for try := range claimTries {
		if try > 0 {
			time.Sleep(claimPause)
		}
		ds, err = d.c.Gateway.ClaimTurn(ctx, d.receipt.Turn, claimFor)
		if err != nil || len(ds) > 0 || d.gone.Err() != nil {
			break
		}
	}
	return ds, err
}

// written is the text a delivery of the same turn wrote before, "" if none did.
func (d delivery) written(ctx context.Context) (string, error) {
	if d.receipt.Fresh {
		return "", nil
	}
	rs, err := d.c.Gateway.Passive(ctx, d.receipt.Turn)
	return repack(rs), err
}

// write answers the call with text; with "success" if it is "".
func (d delivery) write(text string) error {
	if err := d.gone.Err(); err != nil {
		return err
	}
	if text == "" {
		writeText(d.w, success)
		return nil
	}
	doc, err := d.c.reply(d.in, text, d.sealed)
	if err != nil {
		return err
	}
	return writeXML(d.w, doc)
}

// settle ends the claims, though the platform may hang up meanwhile.
func (d delivery) settle(ctx context.Context, b bundle) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleFor)
	defer cancel()
	for _, s := range b.settled {
		if err := d.c.Gateway.Settle(ctx, s.delivery, s.Settlement); err != nil {
			d.c.Log.Error("passive reply not settled", "turn", d.receipt.Turn.String(), "err", err)
		}
	}
}

func (d delivery) retryAt() time.Time {
	if d.last {
		return d.c.Now()
	}
	return d.c.Now().Add(again)
}

// late ends a call whose turn is not done. Silence makes the platform call
// again; after three times it would tell the customer that the service is
// broken, so the last call is answered.
func (d delivery) late() {
	if d.last {
		_ = d.write(d.notice())
		return
	}
	hold := time.NewTimer(hangup - patience)
	defer hold.Stop()
	select {
	case <-d.gone.Done():
	case <-hold.C:
		writeText(d.w, success)
	}
}

// notice tells the customer of an account that can only answer when called how
// to get the late answer: tapping the link is a message like any other, and
// what is held leaves in the answer to it. "" for an account that can send.
func (d delivery) notice() string {
	if !d.c.passiveOnly() {
		return ""
	}
	return noticeFor(d.in.words())
}
