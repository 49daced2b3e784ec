package modeltest

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"frontdesk/core"
)

// claimTime is how long a sender has.
const claimTime = 10 * time.Second

func (w *world) move(r *rapid.T) {
	m := core.Move{Conversation: chat(r).Conversation,
		Kind:  rapid.SampledFrom([]string{core.Taken, core.Returned, core.Resolved}).Draw(r, "kind"),
		Epoch: int64(rapid.IntRange(0, 4).Draw(r, "epoch")), Agent: "ann"}
	at := w.replica(r)
	var epoch [2]int64
	err := w.both(r, "move", func(i int, s *side) (err error) { epoch[i], err = s.at[at].Move(bg, m); return err })
	same(r, "epoch", epoch)
	if err == nil {
		w.moved(m.Conversation)
	}
}

func (w *world) speak(r *rapid.T) {
	s := core.Speech{Conversation: chat(r).Conversation,
		Surface: rapid.SampledFrom([]string{"web", "desk"}).Draw(r, "surface"),
		Agent:   rapid.SampledFrom([]string{"ann", "ben"}).Draw(r, "agent"), Internal: rapid.IntRange(0, 3).Draw(r, "note") == 0}
	s.Native = w.fresh("s")
	if rapid.IntRange(0, 4).Draw(r, "again") == 0 {
		s.Native = "s-again"
	}
	s.Parts = []core.Part{{Text: "said " + s.Native}}
	at := w.replica(r)
	var seq, epoch [2]int64
	err := w.both(r, "speak", func(i int, x *side) (err error) { seq[i], err = x.at[at].Speak(bg, s); return err })
	same(r, "seq", seq)
	_ = w.both(r, "state", func(i int, x *side) error {
		st, err := x.State(bg, s.Conversation)
		epoch[i] = st.Case.Epoch
		return err
	})
	same(r, "epoch", epoch)
	if err == nil && !s.Internal {
		w.spoke(s.Conversation, epoch[1])
	}
}

// claim takes all that is due: which line is first is the store's business.
func (w *world) claim(r *rapid.T) {
	at := w.replica(r)
	var got [2][]core.Delivery
	_ = w.both(r, "claim", func(i int, s *side) error {
		for {
			d, err := s.at[at].Claim(bg, claimTime)
			if err != nil {
				return err
			}
			got[i] = append(got[i], d)
		}
	})
	for i := range got {
		slices.SortStableFunc(got[i], func(x, y core.Delivery) int { return compareReplies(x.Reply, y.Reply) })
	}
	w.delivered(r, got, false)
}

// handler is a webhook's: it takes the line up to a turn.
func (w *world) handler(r *rapid.T) {
	t := core.TurnID{Conversation: w.old(r).Conversation, Seq: int64(rapid.IntRange(1, 12).Draw(r, "seq"))}
	var got [2][]core.Delivery
	_ = w.both(r, "handler", func(i int, s *side) (err error) { got[i], err = s.at[0].ClaimTurn(bg, t, claimTime); return err })
	w.delivered(r, got, true)
}

func (w *world) delivered(r *rapid.T, got [2][]core.Delivery, together bool) {
	same(r, "deliveries", [2]any{each(got[0], plainDelivery), each(got[1], plainDelivery)})
	of := &batch{}
	for k := range got[1] {
		if !together {
			of = &batch{}
		}
		w.claimedOne(r, got[1][k], w.Now(), claimTime)
		w.claims = append(w.claims, claimed{[2]core.Delivery{got[0][k], got[1][k]}, of})
	}
}

func (w *world) settle(r *rapid.T) {
	x := some(r, &w.claims)
	for i, first := range w.claims {
		if first.batch == x.batch && first.of[1].Reply.ID < x.of[1].Reply.ID {
			x, w.claims[i] = first, x
		}
	}
	to := core.Settlement{To: rapid.SampledFrom([]core.OutState{core.Sent, core.Sent, core.Sent, core.Queued, core.Held, core.Buried}).Draw(r, "to")}
	reply := x.of[1].Reply
	if x.batch.stopped {
		to.To = core.Queued
	}
	switch {
	case to.To == core.Held && reply.Desk != nil: // no customer's message frees a desk
		to.To = core.Queued
		fallthrough
	case to.To == core.Queued:
		to.At, to.Done = w.Now().Add(rapid.SampledFrom(spans).Draw(r, "in")), rapid.IntRange(0, 2).Draw(r, "done")
	case to.To == core.Sent && reply.Desk != nil:
		to.Native = w.fresh("thread")
	case to.To == core.Sent && reply.Event.Role == core.BotRole:
		to.Native = core.PassiveNative(reply.Turn)
	}
	err := w.both(r, "settle", func(i int, s *side) error { return s.at[0].Settle(bg, x.of[i], to) })
	x.batch.stopped = x.batch.stopped || err != nil || to.To != core.Sent
	if err == nil {
		w.settled(r, x.of[1], to)
	}
	var passive [2]int
	_ = w.both(r, "passive", func(i int, s *side) error {
		all, err := s.Passive(bg, reply.Turn)
		passive[i] = len(all)
		return err
	})
	same(r, "passive replies", passive)
}
