package dialog

import (
	"context"

	"frontdesk/core"
)

// Policy chooses what the bot does next with a message that no flow took. It
// decides, and writes nothing: Confidence carries its choice out. Safe for
// concurrent use.
type Policy interface {
	// Next returns one move. It does not alter t. A move that cannot be carried
	// out (a reply without a draft, a flow that does not exist) becomes a
	// question back, so that no policy can make the bot say nothing.
	Next(ctx context.Context, t *core.Turn, s Situation) Move
}

// Situation is what a policy may know of a turn beside the turn itself.
type Situation struct {
	Confidence float64 // that Turn.Draft answers, in [0,1]; 0 without a draft
	Intent     float64 // that the best intent is meant, in [0,1]
	Flow       string  // the one which the best intent starts, "" if none
	Question   bool    // the message looks like a question
	Errand     bool    // it wants something done rather than told
	Misses     int     // turns in a row before this one without an answer
	Offered    bool    // in the last of them readings were offered, and none was taken
}

// Do is what a policy may choose.
type Do string

// The moves.
const (
	DoReply   Do = "reply"   // say Turn.Draft
	DoFlow    Do = "flow"    // start the flow
	DoClarify Do = "clarify" // ask back with the likeliest readings, or admit to know nothing
	DoPerson  Do = "person"  // a person is wanted, for Reason
)

// Move is a choice.
type Move struct {
	Do     Do
	Flow   string           // of DoFlow
	Reason string           // of DoPerson: one of core's Reason… words
	Why    []core.Signalled // of DoPerson: the numbers behind it
}

// Thresholds is the built-in policy: what is sure enough is said or started,
// what is unsure is asked back once, and then a person is wanted. What the
// documents do not answer is said to be so, and the third time in a row a person
// is wanted: a customer may well ask two things that nobody wrote down.
type Thresholds struct{}

// mostMisses is how many messages in a row may go without an answer.
const mostMisses = 2

// Next implements Policy.
func (Thresholds) Next(_ context.Context, t *core.Turn, s Situation) Move {
	limit := t.Bot.Threshold
	sure := t.Draft != nil && s.Confidence >= limit
	known := s.Confidence >= limit && (s.Confidence > s.Intent || s.Question) // a question prefers an answer
	switch {
	case s.Flow != "" && s.Intent >= limit && !known:
		return Move{Do: DoFlow, Flow: s.Flow}
	case s.Errand && !(sure && t.Draft.By == byIntent):
		return Move{Do: DoPerson, Reason: core.ReasonRule, Why: []core.Signalled{{Name: "wants something done", Value: 1, Limit: 1}}}
	case sure:
		return Move{Do: DoReply}
	case s.Misses >= mostMisses, s.Misses > 0 && s.Offered:
		return Move{Do: DoPerson, Reason: core.ReasonUnsure}
	}
	return Move{Do: DoClarify}
}

// decide asks the policy and does what it chose.
func (s *Script) decide(ctx context.Context, t *core.Turn, c float64) {
	st := Situation{Confidence: c, Intent: intentConfidence(t.Intents), Question: questioning(t.Norm),
		Errand: s.Errand != nil && s.Errand(t.Norm), Misses: t.Work.State.Misses,
		Offered: len(t.Work.State.Offered) > 0}
	if s.remarked(t, c) {
		return
	}
	if len(t.Intents) > 0 {
		if f := s.startedBy(t.Intents[0].Name); f != nil {
			st.Flow = f.Name
		}
	}
	m := s.policy().Next(ctx, t, st)
	t.Trace.Add("next", string(m.Do))
	f := s.flow(m.Flow)
	switch {
	case m.Do == DoFlow && f != nil:
		s.begin(ctx, t, f)
	case m.Do == DoReply && t.Draft != nil && t.Draft.Asks:
		s.askWhich(t, c)
	case m.Do == DoReply && t.Draft != nil:
		s.reply(t, c)
		t.Settle("answered: " + t.Draft.By)
	case m.Do == DoPerson:
		t.Handoff = m.Reason
		if m.Reason == core.ReasonUnsure {
			m.Why = append(doubts(t, c), m.Why...)
		}
		t.Signals = append(m.Why, t.Signals...)
	default:
		s.clarify(t, c)
	}
}

func (s *Script) policy() Policy {
	if s.Policy != nil {
		return s.Policy
	}
	return Thresholds{}
}
