package graph

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// code is a word of letters and digits as it stands in a text.
type code struct {
	compact    string // without hyphens
	start, end int    // bytes
	spaced     bool   // written apart: "over 30" looks the same, so only a known one counts
}

var compact = strings.NewReplacer("-", "", " ", "")

// codeWord is a model, part or fault number: letters, then digits, perhaps more
// of both. What begins with a digit is an amount with its unit.
var codeWord = regexp.MustCompile(`[a-z]{1,8}(?:-[a-z]{1,8})*[- ]?\d[a-z0-9]*(?:-[a-z0-9]*\d[a-z0-9]*)*`)

// codes are those of a normalised text.
func codes(norm string) []code {
	var out []code
	for _, m := range codeWord.FindAllStringIndex(norm, -1) {
		if m[0] > 0 && latin(norm[m[0]-1]) {
			continue
		}
		word := norm[m[0]:m[1]]
		out = append(out, code{compact.Replace(word), m[0], m[1], strings.Contains(word, " ")})
	}
	return out
}

func latin(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' }

var wholeCode = regexp.MustCompile(`^` + codeWord.String() + `$`)

func isCode(norm string) bool { return wholeCode.MatchString(norm) }

// codeNames are how a code is written by customers: whole, and from each part on
// that is a code itself, without hyphens.
func codeNames(norm string) []string {
	out := []string{compact.Replace(norm)}
	for rest := norm; ; {
		_, after, ok := strings.Cut(rest, "-")
		if !ok {
			return out
		}
		rest = after
		if n := strings.ReplaceAll(rest, "-", ""); isCode(rest) {
			out = append(out, n)
		}
	}
}

// letters are those a compact code begins with.
func letters(compact string) string {
	return compact[:strings.IndexFunc(compact+"0", unicode.IsDigit)]
}

// plainNames are a name and its halves, where it is written in two languages.
func plainNames(norm string) []string {
	var han, other strings.Builder
	for _, r := range norm {
		if unicode.Is(unicode.Han, r) {
			han.WriteRune(r)
		} else {
			other.WriteRune(r)
		}
	}
	out := []string{norm}
	for _, n := range []string{han.String(), strings.TrimSpace(other.String())} {
		if n != norm && nameable(n) {
			out = append(out, n)
		}
	}
	return out
}

// nameable reports whether n is long enough to be recognised in a text.
func nameable(n string) bool {
	letters := 0
	for _, r := range n {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	r, _ := utf8.DecodeRuneInString(n)
	return letters >= 3 || letters == 2 && unicode.Is(unicode.Han, r)
}

// mention is what a text names.
type mention struct {
	entities  []int      // in order of appearance
	places    [][2]int   // of their names, bytes of the normalised text
	unknown   []string   // codes that no document knows
	ambiguous [][]string // names that several entities have
	texts     []string   // codes that texts know, and no table
	also      [][2]int   // of products, where more of their names stand
}

// mentions finds what a normalised text names. Products, whose names are words
// too, are left out unless they are wanted.
func (g *Graph) mentions(norm string, products bool) mention {
	var m mention
	for _, c := range codes(norm) {
		g.code(&m, c, products)
	}
	for n, ids := range g.byName {
		if len(ids) != 1 || g.entities[ids[0]].code || !products && g.entities[ids[0]].model != "" || !nameable(n) {
			continue
		}
		at := find(norm, n)
		switch {
		case at < 0:
		case !slices.Contains(m.entities, ids[0]):
			m.entities, m.places = append(m.entities, ids[0]), append(m.places, [2]int{at, at + len(n)})
		case g.entities[ids[0]].model != "":
			m.also = append(m.also, [2]int{at, at + len(n)})
		}
	}
	m.sort()
	return m
}

// code adds what c names to m.
func (g *Graph) code(m *mention, c code, products bool) {
	ids := g.byName[c.compact]
	product := len(ids) == 1 && g.entities[ids[0]].model != ""
	switch {
	case len(ids) == 1 && (products || !product):
		if !slices.Contains(m.entities, ids[0]) {
			m.entities, m.places = append(m.entities, ids[0]), append(m.places, [2]int{c.start, c.end})
		}
	case len(ids) > 1:
		var names []string
		for _, i := range ids {
			names = append(names, g.entities[i].name)
		}
		m.ambiguous = append(m.ambiguous, names)
	case c.spaced:
	case g.words[c.compact]:
		m.texts = append(m.texts, c.compact)
	case g.prefixes[letters(c.compact)] || digits(c.compact) >= 2:
		m.unknown = append(m.unknown, c.compact)
	}
}

func digits(s string) (n int) {
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// find is where name stands in norm as a word of its own; -1 if nowhere.
func find(norm, name string) int {
	for from := 0; ; {
		i := strings.Index(norm[from:], name)
		if i < 0 {
			return -1
		}
		i += from
		end := i + len(name)
		if !(latin(name[0]) && i > 0 && latin(norm[i-1])) && !(latin(name[len(name)-1]) && end < len(norm) && latin(norm[end])) {
			return i
		}
		from = i + 1
		for from < len(norm) && !utf8.RuneStart(norm[from]) {
			from++
		}
	}
}

// sort puts the entities in order of appearance.
func (m *mention) sort() {
	order := make([]int, len(m.entities))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return m.places[a][0] - m.places[b][0] })
	es, ps := make([]int, len(order)), make([][2]int, len(order))
	for i, o := range order {
		es[i], ps[i] = m.entities[o], m.places[o]
	}
	m.entities, m.places = es, ps
}

// without is norm with the names of m blanked.
func (m mention) without(norm string) string {
	b := []byte(norm)
	for _, p := range slices.Concat(m.places, m.also) {
		for i := p[0]; i < p[1]; i++ {
			b[i] = ' '
		}
	}
	return string(b)
}
