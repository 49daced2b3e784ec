package graph

import (
	"slices"
	"strings"
	"unicode"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// filler are words of a question that do not change what is asked.
var filler = re(`请问|想问(?:一下)?|想知道|我想|麻烦|现在|目前|大概|大约|一个|一台|一共|你们?家?的?|这款|这个|需要|具体|多久|多长(?:时间)?|几(?:年|个?月|天|块|元)|多少|多大|什么|哪些|哪几种|是|有|换成|的话|一样|本身|` +
	`\b(?:please|currently|now|today|right|tell me|know|want|does|come|available|have|long|big|large|hi|hello|cny|rmb|yuan)\b`)

// exact drafts the values of products that a question asks for and says nothing
// else of; nil if it says more, or there is no such value: customers call a
// product by a plain noun, which many a question has that wants something else.
func (g *Graph) exact(q query, lang string) *core.Draft {
	if len(q.entities) == 0 || len(q.unknown)+len(q.ambiguous) > 0 || whether.MatchString(q.norm) {
		return nil
	}
	left := q.says
	var out []found
	for _, e := range q.entities {
		if g.entities[e].model == "" {
			return nil // "pads for the R5": the product only says of which
		}
		fs := g.whole(q, e)
		whole := len(fs) > 0
		if !whole {
			fs = g.tongues(q, e)
		}
		if len(fs) == 0 {
			return nil
		}
		for _, m := range g.entities[e].makers {
			left = strings.ReplaceAll(left, m, " ")
		}
		if whole {
			left = strings.ReplaceAll(left, g.norm(fs[0].fact.Attribute), " ")
		}
		left = g.unasked(q, left, fs)
		out = append(out, fs...)
	}
	if more(left) && len(q.entities) == 1 {
		out, left = g.part(q, left), ""
	}
	if len(out) == 0 || len(out) > mostFacts || aside.MatchString("…"+strings.ReplaceAll(left, "什么", "")) || more(left) {
		return nil
	}
	wanted := q.wanted(left)
	for _, f := range out {
		if len(wanted) > 0 && !slices.Contains(wanted, quantityOf(g.norm, f.fact)) {
			return nil
		}
	}
	return g.draft(q, out, lang)
}

// unasked is left without the words that ask for what fs are.
func (g *Graph) unasked(q query, left string, fs []found) string {
	for _, f := range fs {
		for _, h := range g.concepts(g.norm(f.fact.Attribute)) {
			for _, c := range q.concepts {
				if q.close(c, h) > 0 {
					left = concepts[c].out(left)
				}
			}
		}
	}
	return left
}

// out is a question without the words that ask for c, to the end of the last.
func (c concept) out(left string) string {
	var b strings.Builder
	from := 0
	for _, m := range c.ask.FindAllStringIndex(left, -1) {
		b.WriteString(left[from:max(from, m[0])] + " ")
		for from = m[1]; from < len(left) && m[1] > 0 && latin(left[m[1]-1]) && latin(left[from]); {
			from++
		}
	}
	return b.String() + left[min(from, len(left)):]
}

// part is the one fact of a product of the kind that is asked for whose value
// names what else the question says: "the warranty of the motor", where the main
// parts have "motor 5 years, battery 1 year".
func (g *Graph) part(q query, left string) []found {
	var out []found
	e := q.entities[0]
	for _, f := range g.entities[e].facts {
		has := g.concepts(g.norm(f.Attribute))
		kind := slices.ContainsFunc(has, func(h int) bool {
			return slices.ContainsFunc(q.concepts, func(c int) bool { return c == h || concepts[h].of == concepts[c].name })
		})
		value := knowledge.Terms(g.norm(f.Value))
		lacks := func(t string) bool { return !slices.Contains(value, t) }
		if kind && !slices.ContainsFunc(telling(left), lacks) {
			out = append(out, found{e, f, 1})
		}
	}
	if len(out) != 1 {
		return nil
	}
	return out
}

// whether begins a question that wants a yes or a no.
var whether = re(`^(?:do|does|is|are|can|could|will|may) `)

// whole is the fact of e whose attribute a question has word for word.
func (g *Graph) whole(q query, e int) []found {
	best := ""
	var out []found
	for _, f := range g.entities[e].facts {
		a := g.norm(f.Attribute)
		if len(a) > len(best) && nameable(a) && find(q.says, a) >= 0 && !q.excludes(conceptOf(a)) {
			best, out = a, []found{{e, f, 1}}
		}
	}
	return out
}

// tongues are the facts of e that are asked, in the question's language if there
// are any.
func (g *Graph) tongues(q query, e int) []found {
	var same []Fact
	for _, f := range g.entities[e].facts {
		if tongue(f.Attribute) == tongue(q.norm) {
			same = append(same, f)
		}
	}
	if fs := g.bestOf(q, e, same); len(fs) > 0 {
		return fs
	}
	return g.bestOf(q, e, g.entities[e].facts)
}

// more reports whether what is left of a question says something.
func more(left string) bool { return len(telling(left)) > 0 }

// telling are the terms of what is left of a question that say something.
func telling(left string) []string {
	return slices.DeleteFunc(knowledge.Terms(filler.ReplaceAllString(left, " ")), func(t string) bool {
		return plainTerm(t) || len([]rune(t)) == 1 && !unicode.IsDigit([]rune(t)[0])
	})
}
