package dialog

import (
	"encoding/json"
	"strings"
	"testing"
)

func graphed() *Script {
	s := shop()
	s.Flows[0].Steps = append([]Step{{ID: "vip", Do: If, When: Condition{"tier": {"gold"}, WhenHours: {"open"}}, Next: "order", Else: "end"}}, s.Flows[0].Steps...)
	s.Flows[0].Steps = append(s.Flows[0].Steps, Step{ID: "end", Do: Jump, Flow: "return"})
	s.Flows[1].Steps[1].Options[0].Next = "phone"
	s.Rules = []Rule{{Name: "night", When: Condition{WhenHours: {"closed"}}, Say: say1(`Quiet "now" <please>`), Start: "return", Tags: []string{"late"}}}
	return s
}

func TestGraph(t *testing.T) {
	g := graphed().Graph("en")
	has := func(from, to, label string) {
		t.Helper()
		for _, e := range g.Edges {
			if e.From == from && e.To == to && e.Label == label {
				return
			}
		}
		t.Errorf("no edge from %s to %s (%q)", from, to, label)
	}
	has("status/", "status/vip", "")
	has("status/vip", "status/order", "hours open, tier gold")
	has("status/vip", "status/end", "else")
	has("status/end", "return/", "")
	has("return/why", "return/phone", "broken")
	has("return/why", "return/phone", "")
	has("rule night", "return/", "start")
	for _, e := range g.Edges {
		if e.From == "status/3" {
			t.Errorf("a flow goes on after done: %+v", e)
		}
	}
	if n := len(graphed().Graph("en", "return").Nodes); n != 5 {
		t.Errorf("one flow has %d nodes", n)
	}
	b, err := json.Marshal(g)
	if err != nil || !strings.Contains(string(b), `"kind":"choose"`) {
		t.Errorf("%s, %v", b, err)
	}
}

// What is drawn is well formed whatever the texts hold.
func TestGraphIsEscaped(t *testing.T) {
	g := graphed().Graph("en")
	m := g.Mermaid()
	for line := range strings.Lines(m) {
		if strings.Count(line, `"`)%2 != 0 || strings.Contains(line, "<please>") {
			t.Errorf("%s", line)
		}
	}
	if strings.Count(m, "subgraph") != strings.Count(m, "  end\n") || !strings.HasPrefix(m, "flowchart TD\n") {
		t.Errorf("blocks are not closed:\n%s", m)
	}
	d := g.DOT()
	if !strings.Contains(d, `Quiet \"now\"`) || strings.Count(d, "{") != strings.Count(d, "}") || !strings.Contains(d, `"status/vip" -> "status/end" [label="else"];`) {
		t.Errorf("%s", d)
	}
}
