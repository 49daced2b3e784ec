package engine

import (
	"context"
	"slices"

	"frontdesk/core"
)

// draft is what the customer of a turn sees before it is committed.
type draft struct {
	e          *Engine
	ctx        context.Context
	w          core.Work
	base       int  // of this run's revisions
	rev, index int  // of the next piece
	begun      bool // something was shown
	mute       bool // a person spoke, or the turn is over
}

// shown is the draft of one run of w. Its revisions are counted from the
// milliseconds since the message came, so that they follow those of any run
// before, on any replica.
func (e *Engine) shown(ctx context.Context, w core.Work) *draft {
	base := max(0, int(e.Now().Sub(w.At).Milliseconds()))
	return &draft{e: e, ctx: ctx, w: w, base: base, rev: base}
}

// show passes a piece on unless the case has changed hands meanwhile: then the
// bot has lost the floor, and what it showed is taken back.
func (d *draft) show(rev int, piece string) {
	if d.e.Show == nil || d.mute || piece == "" {
		return
	}
	if !d.mayShow() {
		d.takeBack()
		return
	}
	if rev += d.base; rev > d.rev {
		d.rev, d.index = rev, 0
	}
	d.publish(piece)
}

// mayShow reports whether the case is still as the turn met it.
func (d *draft) mayShow() bool {
	now, err := d.e.Ledger.Conversation(d.ctx, d.w.Turn.Conversation)
	return err == nil && now.State.Case.Epoch == d.w.State.Case.Epoch
}

// end says that the answer is stored, and takes what was shown's place.
func (d *draft) end() {
	if d.begun && !d.mute {
		t := d.w.Turn
		d.e.Show(d.w.Envelope, core.Glimpse{Conversation: t.Conversation, Turn: t.Seq, Rev: d.rev, Index: d.index, Last: true})
	}
	d.mute = true
}

// takeBack makes what was shown disappear; nothing more is shown.
func (d *draft) takeBack() {
	if d.begun && !d.mute {
		d.rev, d.index = d.rev+1, 0
		d.publish("")
	}
	d.mute = true
}

func (d *draft) publish(piece string) {
	d.begun = true
	t := d.w.Turn
	d.e.Show(d.w.Envelope, core.Glimpse{Conversation: t.Conversation, Turn: t.Seq, Rev: d.rev, Index: d.index, Text: piece})
	d.index++
}

// answers reports whether t says something to the customer, which replaces what
// was shown.
func answers(t *core.Turn) bool {
	return slices.ContainsFunc(t.Events(), func(ev core.Event) bool { return ev.Role == core.BotRole && ev.Visible() })
}
