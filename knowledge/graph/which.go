package graph

import (
	"slices"
	"strings"

	"frontdesk/core"
)

const (
	// mostChoices are offered; of more, mostExamples are named.
	mostChoices, mostExamples = 8, 3
	// surely is how well a fact must fit for its entity to be offered.
	surely = 0.8
)

// classes are what entity e may be called besides its name: the headings its
// rows stand under, and its kind where a column tells it.
func (g *Graph) classes(e entity) []string {
	var names []string
	for home := range e.home {
		_, title, _ := strings.Cut(home, "\x00")
		names = append(names, strings.Split(title, " › ")...)
	}
	for _, f := range e.facts {
		if slices.ContainsFunc(g.concepts(g.norm(f.Attribute)), func(i int) bool { return concepts[i].name == "name" }) {
			names = append(names, f.Value)
		}
	}
	var out []string
	for _, n := range names {
		n = strings.TrimSpace(numbered.ReplaceAllString(g.norm(n), ""))
		for _, half := range plainNames(n) {
			half = strings.TrimSuffix(half, "s")
			if nameable(half) && !slices.Contains(out, half) {
				out = append(out, half)
			}
		}
	}
	return out
}

var numbered = re(`^[\d.、)）\s]+`)

// which asks which of several is meant, where a question names a class of things
// and an attribute that several of them have, or a name that several share; nil
// if it names none.
func (g *Graph) which(q query, lang string) *core.Draft {
	var names []string
	if len(q.ambiguous) > 0 {
		names = q.ambiguous[0]
	} else {
		names = g.candidates(q)
	}
	if len(names) < 2 {
		return nil
	}
	for i, n := range names {
		names[i] = inLang(n, lang)
	}
	ask, more := "请问是哪一款？", "请告诉我具体型号，例如 "
	if lang != "zh" {
		ask, more = "Which one do you mean?", "Please tell me which one, such as "
	}
	d := &core.Draft{By: By, Score: Exact, Asks: true}
	if len(names) > mostChoices {
		sep, end := "、", "。"
		if lang != "zh" {
			sep, end = ", ", "."
		}
		d.Parts = []core.Part{{Text: more + strings.Join(names[:mostExamples], sep) + end}}
		return d
	}
	d.Parts = []core.Part{{Text: ask}}
	for _, n := range names {
		d.Parts = append(d.Parts, core.Part{Kind: core.Choice, Text: n, Value: n})
	}
	return d
}

// candidates are the entities of the class that a question names, if they have
// what it asks for.
func (g *Graph) candidates(q query) []string {
	if len(q.concepts) == 0 {
		return nil
	}
	longest := ""
	byClass := map[string][]string{}
	for _, e := range g.entities {
		if !slices.ContainsFunc(e.facts, func(f Fact) bool { return g.fit(q.wish, f) >= surely }) {
			continue
		}
		for _, c := range g.classes(e) {
			if len(c) >= len(longest) && stands(q.norm, c) {
				longest = c
				byClass[c] = append(byClass[c], e.name)
			}
		}
	}
	return byClass[longest]
}

// stands reports whether a class is named in a question, in either number.
func stands(norm, class string) bool {
	return find(norm, class) >= 0 || find(norm, class+"s") >= 0
}
