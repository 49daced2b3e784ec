package handoff_test

import (
	"testing"

	"frontdesk/core"
	"frontdesk/core/handoff"
)

func TestJudge(t *testing.T) {
	rules := handoff.Rules{Keywords: []handoff.Keyword{{Name: "vip", Words: []string{"至尊卡", "black card"}}}}
	strict := handoff.Rules{Limits: handoff.Limits{Repeats: 1, Misses: 1, Anger: 0.3}}
	for _, c := range []struct {
		name   string
		rules  handoff.Rules
		facts  handoff.Facts
		reason string
		signal core.Signalled // the first; none if its name is ""
	}{
		{"nothing", rules, handoff.Facts{Norm: "满多少包邮"}, "", core.Signalled{}},
		{"wish", rules, handoff.Facts{Norm: "转人工"}, core.ReasonAsked, core.Signalled{Name: handoff.SignalWish, Value: 1, Limit: 1}},
		{"wish before anger", rules, handoff.Facts{Norm: "垃圾平台,转人工"}, core.ReasonAsked, core.Signalled{Name: handoff.SignalWish, Value: 1, Limit: 1}},
		{"anger", rules, handoff.Facts{Norm: "垃圾平台"}, core.ReasonAngry, core.Signalled{Name: handoff.SignalAnger, Value: 0.7, Limit: 0.6}},
		{"a little anger", rules, handoff.Facts{Norm: "真烦"}, "", core.Signalled{Name: handoff.SignalAnger, Value: 0.4, Limit: 0.6}},
		{"danger", rules, handoff.Facts{Norm: "冒烟了"}, core.ReasonRule, core.Signalled{Name: handoff.SignalSafety, Value: 1, Limit: 1}},
		{"law", rules, handoff.Facts{Norm: "我要起诉"}, core.ReasonRule, core.Signalled{Name: handoff.SignalLegal, Value: 1, Limit: 1}},
		{"keyword", rules, handoff.Facts{Norm: "i have a black card"}, core.ReasonRule, core.Signalled{Name: "rule vip", Value: 1, Limit: 1}},
		{"second asking", rules, handoff.Facts{Norm: "满多少包邮", Repeats: 1}, "", core.Signalled{Name: handoff.SignalRepeats, Value: 1, Limit: 2}},
		{"third asking", rules, handoff.Facts{Norm: "满多少包邮", Repeats: 2}, core.ReasonRepeated, core.Signalled{Name: handoff.SignalRepeats, Value: 2, Limit: 2}},
		{"one miss", rules, handoff.Facts{Norm: "满多少包邮", Misses: 1}, "", core.Signalled{Name: handoff.SignalMisses, Value: 1, Limit: 3}},
		{"three misses", rules, handoff.Facts{Norm: "满多少包邮", Misses: 3}, core.ReasonFailed, core.Signalled{Name: handoff.SignalMisses, Value: 3, Limit: 3}},
		{"no help", rules, handoff.Facts{Norm: "答非所问"}, core.ReasonFailed, core.Signalled{Name: handoff.SignalFailed, Value: 1, Limit: 1}},
		{"strict anger", strict, handoff.Facts{Norm: "真烦"}, core.ReasonAngry, core.Signalled{Name: handoff.SignalAnger, Value: 0.4, Limit: 0.3}},
		{"strict repeats", strict, handoff.Facts{Norm: "x", Repeats: 1}, core.ReasonRepeated, core.Signalled{Name: handoff.SignalRepeats, Value: 1, Limit: 1}},
		{"over its limit first", rules, handoff.Facts{Norm: "真烦", Repeats: 2}, core.ReasonRepeated, core.Signalled{Name: handoff.SignalRepeats, Value: 2, Limit: 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			reason, seen := handoff.NewPolicy(c.rules).Judge(c.facts)
			if reason != c.reason {
				t.Errorf("reason %q, want %q", reason, c.reason)
			}
			var first core.Signalled
			if len(seen) > 0 {
				first = seen[0]
			}
			if first.Name != c.signal.Name || first.Limit != c.signal.Limit || first.Value < c.signal.Value-1e-9 || first.Value > c.signal.Value+1e-9 {
				t.Errorf("signals %+v, want %+v first", seen, c.signal)
			}
		})
	}
}

func TestNormalizedRules(t *testing.T) {
	r := handoff.Rules{Limits: handoff.Limits{Repeats: 3}, Keywords: []handoff.Keyword{{Name: "a", Words: []string{"X"}}}}
	n := r.Normalized(func(string) string { return "x" })
	if n.Keywords[0].Words[0] != "x" || r.Keywords[0].Words[0] != "X" || n.Limits.Repeats != 3 {
		t.Errorf("%+v of %+v", n, r)
	}
}
