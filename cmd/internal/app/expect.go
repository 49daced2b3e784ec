package app

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"frontdesk/configs"
)

// against lists how p differs from what is wanted.
func (p played) against(want configs.Turn) (out []Diff) {
	add := func(wrong bool, what, want, got string) {
		if wrong {
			out = append(out, Diff{What: what, Want: want, Got: got})
		}
	}
	add(want.Intent != "" && p.trace.Intent != want.Intent, "intent", want.Intent, p.trace.Intent)
	for _, name := range slices.Sorted(maps.Keys(want.Slots)) {
		got := p.state.Slots[name]
		add(got != want.Slots[name], "slot "+name, want.Slots[name], got)
	}
	said := strings.ToLower(p.text)
	for _, s := range want.Contains {
		add(!strings.Contains(said, strings.ToLower(s)), "contains", s, p.text)
	}
	for _, s := range want.Lacks {
		add(strings.Contains(said, strings.ToLower(s)), "lacks", "anything but "+s, p.text)
	}
	for _, s := range want.Offers {
		add(!p.offers(s), "offers", s, strings.Join(p.offered(), ", "))
	}
	for _, doc := range want.Cites {
		add(!slices.Contains(p.cites, doc), "cites", doc, strings.Join(p.cites, ", "))
	}
	for _, tag := range want.Tags {
		add(!slices.Contains(p.state.Tags, tag), "tag", tag, strings.Join(p.state.Tags, ", "))
	}
	add(want.Outcome != "" && string(p.last) != want.Outcome, "outcome", want.Outcome, string(p.last))
	flow := p.state.Flow
	if flow == "" {
		flow = "none"
	}
	add(want.Flow != "" && flow != want.Flow, "flow", want.Flow, flow)
	return append(out, p.handed(want.Handoff)...)
}

// handed compares whether, and why, a person was fetched.
func (p played) handed(want string) []Diff {
	held, got := p.state.Case.Mode.Held(), "false"
	if held {
		got = fmt.Sprintf("true (%s)", p.state.Case.Reason)
	}
	ok := true
	switch want {
	case "":
	case "true", "false":
		ok = held == (want == "true")
	default:
		ok = held && p.state.Case.Reason == want
	}
	if ok {
		return nil
	}
	return []Diff{{What: "handoff", Want: want, Got: got}}
}
