// Package handoff decides when a person should have the conversation, gives it
// to them, and keeps the bot silent meanwhile.
//
// A Policy is pure: the same facts, the same reasons. Sense asks it early in a
// turn, before anything is answered; Route, at the end, hands over if any
// stage wanted a person; Guard, at the beginning of later turns, ends them.
package handoff

import (
	"cmp"
	"slices"
	"strings"

	"frontdesk/core"
)

// The names of signals, as the card shows them.
const (
	SignalWish       = "asked for a person"
	SignalAnger      = "anger"
	SignalSafety     = "safety"
	SignalLegal      = "legal"
	SignalRepeats    = "asked again"
	SignalMisses     = "no answer in a row"
	SignalConfidence = "confidence" // of an answer; its limit is from below
	SignalFailed     = "says it does not help"
)

// Facts are what a policy judges.
type Facts struct {
	Norm    string // what was written, normalised
	Repeats int    // times in a row it was asked before
	Misses  int    // turns in a row before this without an answer
}

// Policy turns facts into reasons. Safe for concurrent use.
type Policy struct {
	limits Limits
	words  []Keyword
}

// NewPolicy makes a policy of r. The words of r must be normalised.
func NewPolicy(r Rules) Policy {
	l := r.Limits
	l.Repeats = cmp.Or(l.Repeats, 2)
	l.Misses = cmp.Or(l.Misses, 3)
	l.Anger = cmp.Or(l.Anger, 0.6)
	return Policy{limits: l, words: r.Keywords}
}

// Judge returns the strongest reason to fetch a person, "" if there is none,
// and all signals it saw, those over their limits first.
func (p Policy) Judge(f Facts) (reason string, seen []core.Signalled) {
	add := func(name string, value, limit float64, why string) {
		if value <= 0 {
			return
		}
		seen = append(seen, core.Signalled{Name: name, Value: value, Limit: limit})
		if value >= limit && reason == "" {
			reason = why
		}
	}
	add(SignalWish, number(Wish(f.Norm)), 1, core.ReasonAsked)
	add(SignalSafety, number(Danger(f.Norm)), 1, core.ReasonRule)
	add(SignalLegal, number(Legal(f.Norm)), 1, core.ReasonRule)
	for _, k := range p.words {
		add("rule "+k.Name, number(k.matches(f.Norm)), 1, core.ReasonRule)
	}
	add(SignalAnger, Anger(f.Norm), p.limits.Anger, core.ReasonAngry)
	add(SignalFailed, number(Failed(f.Norm)), 1, core.ReasonFailed)
	add(SignalRepeats, float64(f.Repeats), float64(p.limits.Repeats), core.ReasonRepeated)
	add(SignalMisses, float64(f.Misses), float64(p.limits.Misses), core.ReasonFailed)
	return reason, telling(seen)
}

func (k Keyword) matches(norm string) bool {
	return slices.ContainsFunc(k.Words, func(w string) bool { return w != "" && strings.Contains(norm, w) })
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
