package bot

import (
	"context"
	"fmt"
	"slices"

	"frontdesk/core/nlu"
)

// NewTagger learns entities from sentences in which they are marked.
type NewTagger func(ctx context.Context, marked []nlu.Marked) (nlu.EntityExtractor, error)

// extractors are what finds a bot's entities: rules and lists, and then what is
// learnt from the examples, if anything is.
func (d Definition) extractors(ctx context.Context, p Parts) ([]nlu.EntityExtractor, error) {
	x, err := p.Entities(ctx, d.lexicons())
	if err != nil {
		return nil, err
	}
	all := []nlu.EntityExtractor{x}
	marked := d.marked()
	if !slices.ContainsFunc(marked, func(m nlu.Marked) bool { return len(m.Marks) > 0 }) {
		return all, nil
	}
	t, err := p.Tagger(ctx, marked)
	if err != nil {
		return nil, fmt.Errorf("learn the entities: %w", err)
	}
	return append(all, nlu.Learned{Finder: t, Values: nlu.LearnedValues(marked, d.lexicons())}), nil
}

// marked are all examples; those without marks show what is no entity.
func (d Definition) marked() []nlu.Marked {
	var out []nlu.Marked
	for _, in := range d.Intents {
		for _, lang := range d.Languages {
			for _, e := range in.Examples[lang] {
				out = append(out, nlu.ReadMarks(e))
			}
		}
	}
	return out
}

// checkLearned finds marks of entities that are not learnt, and entities that
// nothing could be learnt of.
func (d Definition) checkLearned(m *mistakes, p Parts) {
	learns, seen := map[string]bool{}, map[string]int{}
	for _, e := range d.Entities {
		learns[e.Name] = e.Learn
		m.add(e.Learn && p.Tagger == nil, "entity %q: nothing here learns entities from examples", e.Name)
		m.add(e.Learn && (e.Rule != "" || e.Pattern != ""), "entity %q is learnt from examples: it has no rule or pattern; values may give its normal forms", e.Name)
	}
	for _, x := range d.marked() {
		for _, k := range x.Marks {
			seen[k.Name]++
			m.add(!learns[k.Name], "the example %q marks %q as %q, which is no entity with learn: true", x.Text, x.Text[k.Start:k.End], k.Name)
		}
	}
	for _, e := range d.Entities {
		m.add(e.Learn && seen[e.Name] < leastMarks, "entity %q is marked in %d examples: mark at least %d, as in \"[red](%s) shoes\"", e.Name, seen[e.Name], leastMarks, e.Name)
	}
}

// leastMarks is below how many examples an entity is not worth learning.
const leastMarks = 3

// named are the names that the extractors know by themselves.
func named(xs []nlu.EntityExtractor) []string {
	var names []string
	for _, x := range xs {
		if n, ok := x.(nlu.Named); ok {
			names = append(names, n.Names()...)
		}
	}
	return names
}
