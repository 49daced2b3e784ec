package graph

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostNamed is how many products a bot's documents may have for the nouns of
// their names to be looked at: of more, hardly one has a noun to itself.
const mostNamed = 200

// shortNames makes products known by their model, and by the noun that their
// names end in, which customers call them by, where it means no other thing.
func (g *Graph) shortNames(texts []string) {
	var sold []int
	for i, e := range g.entities {
		if e.model == "" {
			continue
		}
		sold = append(sold, i)
		g.also(i, e.model)
		for _, c := range e.called {
			rest, _ := g.bare(c)
			for _, n := range plainNames(rest) {
				g.also(i, n)
			}
		}
	}
	if len(sold) == 0 || len(sold) > mostNamed {
		return
	}
	text := g.norm(strings.Join(texts, "\n"))
	tables := g.tables()
	for _, i := range sold {
		e := &g.entities[i]
		for _, n := range slices.Clone(e.names) {
			for _, s := range endings(n) {
				if slices.Contains(e.names, s) || !tables.only(s, i) || len([]rune(s)) == 2 && !apart(text, n, s) {
					continue
				}
				g.also(i, s)
				if m := strings.TrimSpace(strings.TrimSuffix(n, s)); nameable(m) {
					e.makers = append(e.makers, m)
				}
			}
		}
	}
}

// also makes entity i known by one more name.
func (g *Graph) also(i int, name string) {
	if e := &g.entities[i]; !slices.Contains(e.names, name) {
		e.names = append(e.names, name)
	}
	if !slices.Contains(g.byName[name], i) {
		g.byName[name] = append(g.byName[name], i)
	}
}

// endings are the ends of a name that may stand for it: of Han characters two at
// least, else whole words.
func endings(name string) []string {
	var out []string
	if tongue(name) {
		r := []rune(name)
		for n := 2; n < len(r); n++ {
			out = append(out, string(r[len(r)-n:]))
		}
		return out
	}
	for {
		_, after, ok := strings.Cut(name, " ")
		if !ok {
			return out
		}
		if name = after; nameable(name) {
			out = append(out, name)
		}
	}
}

// said is what tables say of each entity, normalised, a line each.
type said struct{ names, values []string }

func (g *Graph) tables() said {
	var out said
	for _, e := range g.entities {
		var values []string
		for _, f := range e.facts {
			values = append(values, g.norm(f.Value), g.norm(f.Attribute))
		}
		out.names, out.values = append(out.names, strings.Join(e.names, "\n")), append(out.values, strings.Join(values, "\n"))
	}
	return out
}

// only reports whether a short name stands in no other entity's name, nor in what
// is said of any: "fan" is no hair dryer where a purifier has one.
func (s said) only(name string, i int) bool {
	for j := range s.names {
		if j != i && find(s.names[j], name) >= 0 || find(s.values[j], name) >= 0 {
			return false
		}
	}
	return true
}

// apart reports whether a text has the ending of a name after another character
// than the name has before it: such an ending is a word.
func apart(text, name, ending string) bool {
	before := strings.TrimSuffix(name, ending)
	last, _ := utf8.DecodeLastRuneInString(before)
	for at := 0; ; {
		i := strings.Index(text[at:], ending)
		if i < 0 {
			return false
		}
		if r, _ := utf8.DecodeLastRuneInString(text[:at+i]); r != last {
			return true
		}
		at += i + len(ending)
	}
}

func tongue(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0
}
