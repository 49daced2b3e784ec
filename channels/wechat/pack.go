package wechat

import (
	"time"

	"frontdesk/core"
)

// gap stands between replies that share a text.
const gap = "\n\n"

// bundle is one passive text and how the claims behind it end.
type bundle struct {
	text    string
	settled []settled
}

type settled struct {
	delivery core.Delivery
	core.Settlement
}

// pack puts as many pieces as one text holds into it, in order. The replies, or
// their rest, that do not fit go back to the queue.
func pack(claimed []core.Delivery, t core.TurnID, now time.Time) bundle {
	var b bundle
	full := false
	for _, d := range claimed {
		ps := pieces(render(d.Reply.Event))
		done := min(d.Reply.Done, len(ps))
		for done < len(ps) && !full {
			if full = !b.add(ps[done]); !full {
				done++
			}
		}
		s := core.Settlement{To: core.Sent, Done: done, Native: core.PassiveNative(t)}
		switch {
		case done == len(ps):
		case done > d.Reply.Done:
			s.To, s.At = core.Queued, now
		default:
			s = core.Settlement{To: core.Queued, At: now, Done: done}
		}
		b.settled = append(b.settled, settled{d, s})
	}
	return b
}

// add appends piece unless it does not fit.
func (b *bundle) add(piece string) bool {
	switch {
	case b.text == "":
		b.text = piece
	case len(b.text)+len(gap)+len(piece) > pieceMax:
		return false
	default:
		b.text += gap + piece
	}
	return true
}

// giveBack turns the settlements of a text that was not written.
func (b *bundle) giveBack(at time.Time, why string) {
	for i, s := range b.settled {
		b.settled[i].Settlement = core.Settlement{To: core.Queued, At: at, Done: s.delivery.Reply.Done, Note: why}
	}
}

// repack restores the text a bundle had from the replies that were in it: all
// of the later ones up to where they stand, and of the first, which may have
// been begun before, as much of the end as there is room for.
func repack(rs []core.Reply) string {
	var text string
	for i := len(rs) - 1; i >= 0; i-- {
		ps := pieces(render(rs[i].Event))
		if n := rs[i].Done; n > 0 && n < len(ps) {
			ps = ps[:n]
		}
		for j := len(ps) - 1; j >= 0; j-- {
			switch {
			case text == "":
				text = ps[j]
			case len(ps[j])+len(gap)+len(text) > pieceMax:
				return text
			default:
				text = ps[j] + gap + text
			}
		}
	}
	return text
}
