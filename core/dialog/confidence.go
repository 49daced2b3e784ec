package dialog

import (
	"context"
	"math"

	"frontdesk/core"
)

// Who wrote a draft.
const (
	byIntent = "intent"
	byFAQ    = "faq"
)

// closeGap is the distance of the best two intents below which they count as
// tied: the best one's confidence shrinks in proportion, to a half at 0.
const closeGap = 0.1

// intentConfidence combines the best intent's probability p with its gap g to
// the second: p·(½ + ½·min(1, g/closeGap)). It grows with p and with g.
func intentConfidence(in []core.Intent) float64 {
	if len(in) == 0 {
		return 0
	}
	return in[0].Score * (.5 + .5*min(1, gap(in)/closeGap))
}

func gap(in []core.Intent) float64 {
	if len(in) < 2 {
		return in[0].Score
	}
	return in[0].Score - in[1].Score
}

// confidence is the chance in [0,1] that d answers t; 0 without a draft. Drafts
// say themselves how sure they are: an intent's own answer is as sure as the
// intent, a written answer as its question was found, a quotation or a fact as
// whoever picked it judged, and what a model wrote as it is borne out by the
// passages it cites.
func confidence(d *core.Draft) float64 {
	if d == nil {
		return 0
	}
	return unit(d.Score)
}

// unit brings p into [0,1]; what is no number is 0.
func unit(p float64) float64 {
	if math.IsNaN(p) {
		return 0
	}
	return min(max(p, 0), 1)
}

// Confidence decides what becomes of the turn: the draft is said if it is sure
// enough, a flow that was nearly understood starts, the bot asks back once, or
// a person is wanted. A flow that waits is returned to.
func (s *Script) Confidence() core.Stage {
	return core.NewStage("confidence", func(ctx context.Context, t *core.Turn) error {
		if t.Handoff != "" {
			return nil
		}
		c := confidence(t.Draft)
		t.Trace.Add("confidence", c)
		t.Trace.Add("threshold", t.Bot.Threshold)
		if f := s.flow(t.State().Flow); f != nil {
			s.digressed(ctx, t, f, c)
			return nil
		}
		s.decide(ctx, t, c)
		return nil
	})
}

// reply says the draft, with more after it.
func (s *Script) reply(t *core.Turn, c float64, more ...core.Part) {
	t.Note(core.Event{Kind: core.Answered})
	parts := append(append([]core.Part{}, t.Draft.Parts...), more...)
	t.Note(core.Event{Role: core.BotRole, Parts: parts, Citations: t.Draft.Citations, Score: &c, Verdict: core.VerdictAnswered})
}

// doubts are the numbers behind "unsure".
func doubts(t *core.Turn, c float64) []core.Signalled {
	out := []core.Signalled{{Name: "confidence", Value: c, Limit: t.Bot.Threshold}}
	if len(t.Intents) > 0 {
		out = append(out, core.Signalled{Name: "intent " + t.Intents[0].Name, Value: t.Intents[0].Score},
			core.Signalled{Name: "gap to the second intent", Value: gap(t.Intents), Limit: closeGap})
	}
	if len(t.Passages) > 0 {
		out = append(out, core.Signalled{Name: "best passage", Value: t.Passages[0].Score})
	}
	return out
}
