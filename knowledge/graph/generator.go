package graph

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"frontdesk/core"
)

var _ core.Generator = (*Generator)(nil)

// By is Draft.By of an answer from facts.
const By = "graph"

// Exact is the confidence of an answer read off a table for the very entity and
// attribute that were named: what is left is that the question was misread.
const Exact = 0.9

// Generator answers from facts what it can, and leaves the rest to Next. Safe
// for concurrent use.
type Generator struct {
	store    Store
	norm     Normalizer
	embedder func() core.Embedder
	next     core.Generator
}

// Over makes a generator in front of next. embedder gives what makes vectors of
// texts now; it may be nil or return nil: then attributes are told by words.
func Over(next core.Generator, s Store, norm Normalizer, embedder func() core.Embedder) *Generator {
	if embedder == nil {
		embedder = func() core.Embedder { return nil }
	}
	return &Generator{store: s, norm: norm, embedder: embedder, next: next}
}

// Generate implements core.Generator. A failure of the store costs the facts.
func (g *Generator) Generate(ctx context.Context, t *core.Turn) (*core.Draft, error) {
	gr, err := g.store.Graph(ctx, t.Work.Envelope.Workspace, t.Bot.ID)
	if err != nil {
		t.Trace.Add("graph_error", err.Error())
	}
	if err != nil || gr.Empty() {
		return g.next.Generate(ctx, t)
	}
	if d := gr.exact(gr.ask(g.norm(t.Text), t.Work.State.Last, true), t.Lang); d != nil {
		t.Trace.Add("facts", len(d.Citations))
		return d, nil
	}
	q := gr.ask(g.norm(t.Text), t.Work.State.Last, false)
	if len(q.unknown) > 0 {
		t.Trace.Add("not in the documents", q.unknown)
		return nil, nil
	}
	if len(q.entities) == 0 {
		d, err := g.behind(ctx, t, func(p core.Passage) bool { return gr.holds(p, q.texts) })
		if err != nil || d != nil && d.Score >= t.Bot.Threshold {
			return d, err
		}
		if ask := gr.which(q, t.Lang); ask != nil {
			return ask, nil
		}
		return d, nil
	}
	d, known := gr.answer(q, t.Lang)
	if d == nil && known {
		if d, err = g.byMeaning(ctx, gr, q, t.Lang); err != nil {
			t.Trace.Add("graph_error", err.Error())
		}
	}
	if d != nil && g.doubted(ctx, t, gr, q) {
		return nil, nil
	}
	if d != nil {
		t.Trace.Add("facts", len(d.Citations))
		return d, nil
	}
	if !known {
		t.Trace.Add("not in the documents", gr.names(q.entities))
		return nil, nil
	}
	return g.behind(ctx, t, func(p core.Passage) bool { return gr.about(p, q.entities) })
}

// behind asks next with the passages that may be about what is named alone.
func (g *Generator) behind(ctx context.Context, t *core.Turn, about func(core.Passage) bool) (*core.Draft, error) {
	all := t.Passages
	defer func() { t.Passages = all }()
	t.Passages = slices.DeleteFunc(slices.Clone(all), func(p core.Passage) bool { return !about(p) })
	if len(t.Passages) == 0 && len(all) > 0 {
		return nil, nil
	}
	return g.next.Generate(ctx, t)
}

// holds reports whether p names one of codes; of none, every passage will do.
func (g *Graph) holds(p core.Passage, want []string) bool {
	if len(want) == 0 {
		return true
	}
	return slices.ContainsFunc(codes(g.norm(p.Title+" "+p.Question+" "+p.Text)), func(c code) bool { return slices.Contains(want, c.compact) })
}

// about reports whether p may speak of the entities: it names one of them, or
// it names none and stands where they are described.
func (g *Graph) about(p core.Passage, entities []int) bool {
	m := g.mentions(g.norm(p.Question+" "+p.Text), false)
	for _, e := range entities {
		if slices.Contains(m.entities, e) {
			return true
		}
	}
	if len(m.entities) > 0 {
		return false
	}
	return slices.ContainsFunc(entities, func(e int) bool { return g.entities[e].home[section(p)] }) || p.Question != ""
}

func (g *Graph) names(ids []int) []string {
	var out []string
	for _, i := range ids {
		out = append(out, g.entities[i].name)
	}
	return out
}

// query is a question as the graph understands it.
type query struct {
	mention
	wish
	norm string
	says string // what of the two questions says which attribute is asked, without names
}

// ask reads a question. What it leaves out, the one before may say: "and the
// B4?" asks the same of another, "and its weight?" another thing of the same.
// products are read only where they are wanted.
func (g *Graph) ask(norm, last string, products bool) query {
	q := query{mention: g.mentions(norm, products), norm: norm}
	q.says = strings.TrimSpace(q.without(norm))
	q.wish = g.wishes(q.says)
	q.terms = maps.Clone(q.terms) // more may be added
	if last == "" || last == norm {
		return q
	}
	before := g.mentions(last, products)
	switch {
	case len(q.entities) > 0 && !q.asks() && short(norm) && !(products && more(q.says)):
		q.says = strings.TrimSpace(before.without(last))
		w := g.wishes(q.says)
		for t := range w.terms {
			q.terms[t] = true
		}
		q.concepts, q.q = w.concepts, w.q
	case len(q.entities) == 0 && len(q.unknown) == 0 && q.asks() && short(norm) && !g.aboutOther(q, before):
		q.entities, q.places = before.entities, nil
	}
	return q
}

// aboutOther reports whether a question that names no entity is about something
// else than the one before: it names a code of texts or a product; or the one
// before named a thing by a plain word, and this says more than what it asks for
// ("and what is the shipping fee?").
func (g *Graph) aboutOther(q query, before mention) bool {
	left := q.says
	for _, c := range q.concepts {
		left = concepts[c].out(left)
	}
	coded := func(e int) bool { return g.entities[e].code }
	return len(q.texts) > 0 || len(g.mentions(q.norm, true).entities) > 0 || more(left) && !slices.ContainsFunc(before.entities, coded)
}

// short reports whether a question may lean on the one before.
func short(norm string) bool { return len(norm) <= 60 }

// The least fit that counts as what was asked, and how much better than another
// attribute it must be.
const (
	fitting = 0.55
	clearer = 0.1
)

// answer makes a draft of the facts asked for. known is false where it is clear
// what was asked and no document says it.
func (g *Graph) answer(q query, lang string) (d *core.Draft, known bool) {
	var found []found
	for _, e := range q.entities {
		fs := g.best(q, e)
		if len(fs) == 0 {
			return nil, !g.definite(q)
		}
		found = append(found, fs...)
	}
	if len(found) > mostFacts {
		return nil, true
	}
	return g.draft(q, found, lang), true
}

// mostFacts is the most that are said at once.
const mostFacts = 8

// found is a fact with how well it fits.
type found struct {
	entity int
	fact   Fact
	fit    float64
}

// definite reports whether the question surely asks for an attribute of the
// entities: it says which, of a code.
func (g *Graph) definite(q query) bool {
	return len(q.concepts) > 0 && slices.ContainsFunc(q.entities, func(e int) bool { return g.entities[e].code })
}

// best are the facts of e that are asked: one, several that belong together
// (width, depth, height), or those of several documents. None if it is not
// clear which.
func (g *Graph) best(q query, e int) []found { return g.bestOf(q, e, g.entities[e].facts) }

// bestOf is best among some of e's facts.
func (g *Graph) bestOf(q query, e int, facts []Fact) []found {
	var all []found
	for _, f := range facts {
		if fit := g.fit(q.wish, f); fit > 0 {
			all = append(all, found{e, f, fit})
		}
	}
	if len(all) == 0 {
		return g.row(q, e)
	}
	slices.SortStableFunc(all, func(a, b found) int { return sign(b.fit - a.fit) })
	top := all[0]
	need := fitting
	if !g.entities[e].code {
		need += 0.1 // a name that is also a word proves less
	}
	if top.fit < need {
		return g.row(q, e)
	}
	out := []found{top}
	for _, f := range all[1:] {
		same := g.norm(f.fact.Attribute) == g.norm(top.fact.Attribute) || sameConcept(g.norm(f.fact.Attribute), g.norm(top.fact.Attribute))
		switch {
		case top.fit-f.fit > clearer:
		case same && slices.ContainsFunc(out, func(o found) bool { return g.norm(o.fact.Quote()) == g.norm(f.fact.Quote()) }):
		case same, q.wants("dimensions"):
			out = append(out, f)
		default:
			return nil // two attributes fit alike
		}
	}
	return out
}

func sameConcept(a, b string) bool {
	x, y := conceptOf(a), conceptOf(b)
	return len(x) > 0 && slices.Equal(x, y)
}

func (w wish) wants(name string) bool {
	return slices.ContainsFunc(w.concepts, func(i int) bool { return concepts[i].name == name })
}

// row is all there is of a code whose row is words rather than figures, such as
// a fault and what to do about it: who names it wants to know just that.
func (g *Graph) row(q query, e int) []found {
	en := g.entities[e]
	if !en.code || q.q != "" || len(en.facts) > 4 {
		return nil
	}
	n := 0
	var out []found
	for _, f := range en.facts {
		if worded(f.Value) {
			n++
		}
		out = append(out, found{e, f, fitting})
	}
	if n < len(en.facts) {
		return nil
	}
	return out
}

// worded reports whether a value is a phrase.
func worded(v string) bool {
	return strings.Count(v, " ") > 1 || len([]rune(v)) >= 4 && !strings.ContainsAny(v[:1], "0123456789")
}

func sign(x float64) int {
	switch {
	case x < 0:
		return -1
	case x > 0:
		return 1
	}
	return 0
}

// draft words the facts.
func (g *Graph) draft(q query, fs []found, lang string) *core.Draft {
	d := &core.Draft{By: By, Score: Exact}
	var said []string
	for i := 0; i < len(fs); {
		j := i
		for j < len(fs) && fs[j].entity == fs[i].entity {
			j++
		}
		said = append(said, g.phrase(fs[i:j], lang))
		i = j
	}
	for _, f := range fs {
		p := f.fact.Passage
		c := core.Citation{Doc: p.Doc, Title: p.Title, Page: p.Page, URL: p.URL, Quote: shorten(p.Text)}
		if !slices.Contains(d.Citations, c) {
			d.Citations = append(d.Citations, c)
		}
	}
	text := strings.Join(said, "\n")
	if v := g.verdict(q, fs, lang); v != "" {
		text += "\n" + v
	}
	d.Parts = []core.Part{{Text: text}}
	return d
}

// phrase says the facts of one entity: "A3: width 860 mm".
func (g *Graph) phrase(fs []found, lang string) string {
	name := inLang(fs[0].fact.Entity, lang)
	var parts []string
	conflict := g.conflicting(fs)
	for _, f := range fs {
		s := label(g.norm, f.fact.Attribute, lang) + " " + inLang(f.fact.Quote(), lang)
		if conflict {
			s += " (" + source(f.fact.Passage) + ")"
		}
		parts = append(parts, s)
	}
	if lang == "zh" {
		out := name + "：" + strings.Join(parts, "，")
		if conflict {
			out += "。几处资料说法不一，请以最新资料或客服答复为准"
		}
		return out + "。"
	}
	out := name + ": " + strings.Join(parts, ", ")
	if conflict {
		out += "; the sources differ, please have a colleague confirm it"
	}
	return out + "."
}

// conflicting reports whether sources give one attribute different values.
func (g *Graph) conflicting(fs []found) bool {
	for i, a := range fs {
		for _, b := range fs[i+1:] {
			if g.norm(a.fact.Attribute) == g.norm(b.fact.Attribute) && a.fact.Passage.Doc != b.fact.Passage.Doc {
				return true
			}
		}
	}
	return false
}

func source(p core.Passage) string {
	if p.Page > 0 {
		return fmt.Sprintf("%s, p. %d", p.Doc, p.Page)
	}
	return p.Doc
}

// longestQuote bounds a citation's quote, in characters.
const longestQuote = 300

func shorten(s string) string {
	r := []rune(s)
	if len(r) <= longestQuote {
		return s
	}
	return string(r[:longestQuote-1]) + "…"
}
