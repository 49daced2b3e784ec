// Package graph answers from facts: an entity (a product, a plan, a part, a
// fault code) has an attribute of a value, and here is where that is written.
// Facts are read from the rows of tables by rules, or imported from CSV.
//
// A question that names entities and an attribute is answered with exactly those
// values. One that names an entity the documents do not know, or an attribute
// they do not give for it, is answered by nobody: a neighbour's value would be
// worse than none. Everything else goes to the generator behind. A bot works
// without this package; it costs answers, nothing else.
package graph

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// Fact is that an entity's attribute has a value.
type Fact struct {
	Entity    string // as the source writes it: "A3", "金卡 Gold"; "": what the passage's heading names
	Group     string // of attributes, above it: "尺寸 Size"; "" mostly
	Attribute string // "宽 Width"
	Unit      string // "mm"; "" if the value has its own or none
	Value     string // "860"
	// Passage is where it is written; Score and Text are not needed.
	Passage core.Passage
}

// Quote is the value with its unit.
func (f Fact) Quote() string { return core.Cell{Unit: f.Unit, Value: f.Value}.Quote() }

// Store gives the graph of a bot's documents as it is now. Safe for concurrent
// use. A bot without facts has an empty graph.
type Store interface {
	Graph(ctx context.Context, w core.WorkspaceID, bot string) (*Graph, error)
}

// Normalizer folds what does not distinguish words, as the index does.
type Normalizer func(string) string

// Graph is the facts of one bot at one moment. It is immutable.
type Graph struct {
	norm     Normalizer
	concepts func(label string) []int // conceptOf, remembered
	wishes   func(norm string) wish   // wishOf, remembered
	entities []entity
	byName   map[string][]int // compact name → entities
	prefixes map[string]bool  // letters that codes begin with
	words    map[string]bool  // compact words of letters and digits in all texts
}

// entity is something facts are about.
type entity struct {
	name  string
	code  bool // "A3" rather than "Gold"
	names []string
	facts []Fact
	home  map[string]bool // headings its rows stand under, outermost two
	// Of a product, which is sold under a model: that, compact, and the names its
	// rows have. Its name is then what customers say, and says little.
	model  string
	called []string
	makers []string // what their names begin with
}

// mostKept is how many results of each kind a graph remembers: headers and
// values come again with every question.
const mostKept = 16384

// New makes a graph of facts. texts are those of all passages: a code that
// stands in one of them is known, though nothing is said of it in a table.
func New(norm Normalizer, facts []Fact, texts []string) *Graph {
	norm = knowledge.Remembered(mostKept, norm)
	g := &Graph{norm: norm, concepts: knowledge.Remembered(mostKept, conceptOf),
		wishes: knowledge.Remembered(mostKept, wishOf), byName: map[string][]int{}, prefixes: map[string]bool{}, words: map[string]bool{}}
	at := map[string]int{}
	var sheets []Fact
	for _, f := range facts {
		switch {
		case f.Value == "":
		case strings.TrimSpace(norm(f.Entity)) == "":
			sheets = append(sheets, f)
		default:
			for _, name := range g.each(f.Entity) {
				f.Entity = name
				g.add(at, f)
			}
		}
	}
	g.products()
	g.shortNames(texts)
	g.sheets(sheets)
	for _, t := range texts {
		for _, c := range codes(norm(t)) {
			if !c.spaced {
				g.words[c.compact] = true
			}
		}
	}
	return g
}

// add puts a fact to its entity; at has their places by their names.
func (g *Graph) add(at map[string]int, f Fact) {
	key := g.norm(f.Entity)
	i, ok := at[key]
	if !ok {
		i = len(g.entities)
		at[key] = i
		g.entities = append(g.entities, entity{name: f.Entity, code: isCode(key), home: map[string]bool{}})
		g.name(i, key)
	}
	e := &g.entities[i]
	e.facts = append(e.facts, f)
	e.home[section(f.Passage)] = true
}

// name makes entity i known by its normalised name and what customers leave out
// of it: a maker's prefix, the hyphens, one of two languages.
func (g *Graph) name(i int, key string) {
	e := &g.entities[i]
	if e.code {
		e.names = codeNames(key)
		for _, n := range e.names {
			g.prefixes[letters(n)] = true
		}
	} else {
		e.names = plainNames(key)
		if i := strings.IndexAny(key, "（(,，"); i > 0 && nameable(strings.TrimSpace(key[:i])) {
			e.names = append(e.names, strings.TrimSpace(key[:i])) // without what comes in the pack
		}
	}
	for _, n := range e.names {
		if !slices.Contains(g.byName[n], i) {
			g.byName[n] = append(g.byName[n], i)
		}
	}
}

// Read takes the facts out of passages: each row of a table is about its key, or
// about what its heading names, and then has no Entity yet.
func Read(ps []core.Passage) []Fact {
	var out []Fact
	for _, p := range ps {
		key := slices.IndexFunc(p.Cells, func(c core.Cell) bool { return c.Key })
		if key < 0 {
			continue
		}
		if c := p.Cells[key]; sheet(p, key) && c.Value != "" {
			name, unit := splitUnit(c.Value)
			v := p.Cells[1-key]
			out = append(out, Fact{Attribute: name, Unit: cmp.Or(v.Unit, unit), Value: v.Value, Passage: p})
			continue
		}
		for i, c := range p.Cells {
			name, unit := header(p, c)
			if i != key && c.Value != "" && name != "" {
				out = append(out, Fact{Entity: p.Cells[key].Value, Group: c.Group, Attribute: name, Unit: unit, Value: c.Value, Passage: p})
			}
		}
	}
	return out
}

// header is the name of a cell's column, and its unit. Where the column holds a
// unit alone, the row's text may have its name: it has the headers above it too.
func header(p core.Passage, c core.Cell) (name, unit string) {
	bare, u := splitUnit(c.Column)
	if strings.ContainsFunc(bare, unicode.IsLetter) {
		return bare, cmp.Or(c.Unit, u)
	}
	for piece := range strings.SplitSeq(p.Text, "; ") {
		name, value, ok := strings.Cut(piece, ": ")
		if ok && value == c.Value && strings.HasSuffix(name, c.Column) {
			bare, u := splitUnit(name)
			return bare, cmp.Or(c.Unit, u)
		}
	}
	return c.Column, c.Unit
}

// splitUnit takes a unit in brackets off a header's end.
func splitUnit(header string) (name, unit string) {
	i := strings.LastIndexAny(header, "(（")
	if i < 0 || !strings.ContainsAny(header[i:], ")）") {
		return header, ""
	}
	return strings.TrimSpace(header[:i]), strings.Trim(header[i:], "()（）")
}

// section is the heading that tells what a passage is about: the outermost two,
// as the first is often the document's own.
func section(p core.Passage) string {
	parts := strings.SplitN(p.Title, " › ", 3)
	return p.Doc + "\x00" + strings.Join(parts[:min(len(parts), 2)], " › ")
}

// Empty reports whether nothing is known.
func (g *Graph) Empty() bool { return g == nil || len(g.entities) == 0 }
