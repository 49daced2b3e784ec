package dialog

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Graph is the flows and rules of a script as nodes and edges, for people to
// look at. It is the same for the same script.
type Graph struct {
	Nodes []Node `json:"nodes"`
	Edges []Edge `json:"edges"`
}

// Node is a step, a trigger ("start"), or a rule.
type Node struct {
	ID    string `json:"id"`             // unique: "returns/order"
	Flow  string `json:"flow,omitempty"` // it belongs to
	Kind  string `json:"kind"`           // a step's kind, "start" or "rule"
	Label string `json:"label"`
}

// Edge leads from one node to another.
type Edge struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Label string `json:"label,omitempty"` // the option, "else", "on error", …
}

// graphText bounds a label, in characters.
const graphText = 40

// Graph returns all flows in lang, or those named alone.
func (s *Script) Graph(lang string, only ...string) Graph {
	g := graph{s: s, lang: lang}
	for i := range s.Flows {
		if f := &s.Flows[i]; len(only) == 0 || slices.Contains(only, f.Name) {
			g.flow(f)
		}
	}
	for _, r := range s.Rules {
		if len(only) == 0 {
			g.rule(r)
		}
	}
	return g.Graph
}

type graph struct {
	Graph
	s    *Script
	lang string
}

func (g *graph) text(w Wording) string {
	s := w.In(g.lang, slices.Sorted(maps.Keys(w))...)
	if r := []rune(s); len(r) > graphText {
		return string(r[:graphText]) + "…"
	}
	return s
}

func (g *graph) edge(from, to, label string) {
	g.Edges = append(g.Edges, Edge{From: from, To: to, Label: label})
}

func (g *graph) flow(f *Flow) {
	start := f.Name + "/"
	var how []string
	for _, x := range []struct {
		word  string
		names []string
	}{{"intent", f.Intents}, {"says", f.Keywords}, {"event", f.Events}, {"button", f.Buttons}} {
		if len(x.names) > 0 {
			how = append(how, x.word+" "+strings.Join(x.names[:min(len(x.names), 3)], ", "))
		}
	}
	label := f.Name
	if len(how) > 0 {
		label += ": " + strings.Join(how, "; ")
	}
	g.Nodes = append(g.Nodes, Node{ID: start, Flow: f.Name, Kind: "start", Label: label})
	if len(f.Steps) > 0 {
		g.edge(start, f.Name+"/"+f.id(0), "")
	}
	for i := range f.Steps {
		g.step(f, i)
	}
}

func (g *graph) step(f *Flow, i int) {
	st := f.Steps[i]
	id := f.Name + "/" + f.id(i)
	g.Nodes = append(g.Nodes, Node{ID: id, Flow: f.Name, Kind: string(st.Do), Label: g.label(f.id(i), st)})
	to := func(step, label string) {
		j := i + 1
		if step != "" {
			j = f.index(step)
		}
		if j >= 0 && j < len(f.Steps) {
			g.edge(id, f.Name+"/"+f.id(j), label)
		}
	}
	for _, o := range st.Options {
		if o.Next != "" {
			to(o.Next, g.text(o.Label))
		}
	}
	switch {
	case st.Do == Handoff || st.Do == Done:
		if len(st.When) > 0 {
			to("", "otherwise")
		}
		return
	case st.Do == Jump && st.Flow != "":
		g.edge(id, st.Flow+"/", "")
		return
	case st.Do == If:
		to(st.Next, st.When.String())
		to(st.Else, "else")
		return
	}
	if !slices.ContainsFunc(st.Options, func(o Option) bool { return o.Next == "" }) && len(st.Options) > 0 {
		return // every option leads elsewhere
	}
	to(st.Next, "")
	if st.OnError != "" {
		to(st.OnError, "on error")
	}
}

func (g *graph) label(id string, st Step) string {
	what := g.text(st.Text)
	switch st.Do {
	case Set:
		what = strings.Join(slices.Sorted(maps.Keys(st.Set)), ", ")
	case Call:
		what = st.Action
	case Prompt:
		what = st.Prompt
	case Answer:
		what = g.text(st.Question)
	case If:
		what = st.When.String()
	case Jump:
		what = st.Flow + st.Next
	}
	label := fmt.Sprintf("%s: %s", id, st.Do)
	if st.Slot != "" {
		label += " {" + st.Slot + "}"
	}
	if what != "" {
		label += " " + what
	}
	if len(st.When) > 0 && st.Do != If {
		label += " [" + st.When.String() + "]"
	}
	return label
}

func (g *graph) rule(r Rule) {
	id := "rule " + r.Name
	label := r.Name + ": when " + r.When.String()
	if len(r.Tags) > 0 {
		label += ", tag " + strings.Join(r.Tags, ", ")
	}
	if len(r.Say) > 0 {
		label += ", say " + g.text(r.Say)
	}
	if r.Handoff {
		label += ", hand over"
	}
	g.Nodes = append(g.Nodes, Node{ID: id, Kind: "rule", Label: label})
	if r.Start != "" {
		g.edge(id, r.Start+"/", "start")
	}
}

// String is c in words, its names sorted.
func (c Condition) String() string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(c)) {
		vs := slices.Clone(c[name])
		for i, v := range vs {
			if v == "" {
				vs[i] = "empty"
			}
		}
		all = append(all, name+" "+strings.Join(vs, " or "))
	}
	return strings.Join(all, ", ")
}

// Mermaid writes g as a Mermaid flowchart.
func (g Graph) Mermaid() string {
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	names, flow := g.names(), ""
	for _, n := range g.Nodes {
		if n.Flow != flow {
			if flow != "" {
				b.WriteString("  end\n")
			}
			if flow = n.Flow; flow != "" {
				fmt.Fprintf(&b, "  subgraph %s [\"%s\"]\n", "f_"+names[n.ID], mermaidText(flow))
			}
		}
		left, right := shape(n.Kind)
		fmt.Fprintf(&b, "  %s%s\"%s\"%s\n", names[n.ID], left, mermaidText(n.Label), right)
	}
	if flow != "" {
		b.WriteString("  end\n")
	}
	for _, e := range g.Edges {
		if e.Label == "" {
			fmt.Fprintf(&b, "  %s --> %s\n", names[e.From], names[e.To])
			continue
		}
		fmt.Fprintf(&b, "  %s -->|\"%s\"| %s\n", names[e.From], mermaidText(e.Label), names[e.To])
	}
	return b.String()
}

// names are short ones that any language of graphs takes. A node that an edge
// leads to and that is not shown gets one too.
func (g Graph) names() map[string]string {
	out := map[string]string{}
	add := func(id string) {
		if out[id] == "" {
			out[id] = fmt.Sprintf("n%d", len(out)+1)
		}
	}
	for _, n := range g.Nodes {
		add(n.ID)
	}
	for _, e := range g.Edges {
		add(e.From)
		add(e.To)
	}
	return out
}

func shape(kind string) (left, right string) {
	switch kind {
	case "start", string(Done), string(Handoff):
		return "([", "])"
	case string(If):
		return "{", "}"
	case string(Ask), string(Choose):
		return "[/", "/]"
	case string(Call), string(Answer), string(Prompt):
		return "[[", "]]"
	case "rule":
		return "{{", "}}"
	}
	return "[", "]"
}

// mermaidText is s within double quotes.
func mermaidText(s string) string {
	return strings.NewReplacer("&", "#amp;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "\n", " ", "\r", " ").Replace(s)
}

// DOT writes g in the language of Graphviz.
func (g Graph) DOT() string {
	var b strings.Builder
	b.WriteString("digraph flows {\n  rankdir=TB;\n  node [fontname=\"sans-serif\", shape=box];\n")
	shapes := map[string]string{"start": "oval", string(Done): "oval", string(Handoff): "oval", string(If): "diamond",
		string(Ask): "parallelogram", string(Choose): "parallelogram", string(Call): "component", "rule": "hexagon"}
	for _, n := range g.Nodes {
		form := ""
		if s := shapes[n.Kind]; s != "" {
			form = ", shape=" + s
		}
		fmt.Fprintf(&b, "  %s [label=%s%s];\n", dotText(n.ID), dotText(n.Label), form)
	}
	for _, e := range g.Edges {
		label := ""
		if e.Label != "" {
			label = " [label=" + dotText(e.Label) + "]"
		}
		fmt.Fprintf(&b, "  %s -> %s%s;\n", dotText(e.From), dotText(e.To), label)
	}
	b.WriteString("}\n")
	return b.String()
}

func dotText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ", "\r", " ").Replace(s) + `"`
}
