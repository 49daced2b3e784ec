package graph

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"frontdesk/knowledge"
)

// wish is what a question asks of an entity.
type wish struct {
	concepts []int // asked for, most telling first
	q        quantity
	terms    map[string]bool
}

// wishOf reads a normalised question, the names in it blanked.
func wishOf(norm string) wish {
	w := wish{terms: map[string]bool{}}
	left := norm
	for i, c := range concepts {
		at := c.ask.FindStringIndex(left)
		if at == nil {
			continue
		}
		w.concepts = append(w.concepts, i)
		if narrow(c) { // what said the narrower one does not say another
			left = left[:at[0]] + strings.Repeat(" ", at[1]-at[0]) + left[at[1]:]
		}
	}
	for _, u := range units {
		if u.ask.MatchString(norm) {
			w.q = u.q
			break
		}
	}
	for _, t := range knowledge.Terms(norm) {
		if !plainTerm(t) {
			w.terms[t] = true
		}
	}
	return w
}

// narrow reports whether c is a kind of another concept.
func narrow(c concept) bool { return c.of != "" }

// asks reports whether the question names anything that could be an attribute.
func (w wish) asks() bool { return len(w.concepts) > 0 || w.q != "" }

// quantityOf is what a fact measures, by its unit or what stands with its value.
func quantityOf(norm Normalizer, f Fact) quantity {
	u := f.Unit
	if u == "" {
		u = trailing.ReplaceAllString(f.Value, "")
	}
	if u == "" { // "$20"
		u, _, _ = strings.Cut(strings.TrimRight(f.Value, "0123456789.,"), " ")
	}
	u = strings.TrimSpace(norm(u))
	if u == "" {
		return ""
	}
	for _, part := range append([]string{u}, strings.Fields(u)...) {
		for _, x := range units {
			if x.is.MatchString(part) {
				return x.q
			}
		}
	}
	return ""
}

// trailing is the amount before a unit.
var trailing = regexp.MustCompile(`^[^\d]*[\d.,]+\s*`)

// conceptOf are the concepts a header names.
func conceptOf(label string) []int {
	var out []int
	for i, c := range concepts {
		if c.label.MatchString(label) {
			out = append(out, i)
			if narrow(c) {
				break
			}
		}
	}
	return out
}

// fit is how well a fact is what w asks, in [0,1]: by what its header means, by
// its words, and by what it measures.
func (g *Graph) fit(w wish, f Fact) float64 {
	label := g.norm(strings.TrimSpace(f.Group + " " + f.Attribute))
	q := quantityOf(g.norm, f)
	has := g.concepts(label)
	score := w.means(has)
	if !w.excludes(has) {
		score = max(score, 0.9*w.says(g.norm(f.Attribute)))
	}
	switch {
	case w.q != "" && q != "" && q != w.q:
		return 0.2 * score
	case w.q != "" && q == w.q:
		return min(1, 0.35+0.75*score)
	}
	return score
}

// excludes reports whether the question names another kind of what the header
// is: the list price, where the header is the members'.
func (w wish) excludes(has []int) bool {
	return slices.ContainsFunc(has, func(h int) bool {
		return narrow(concepts[h]) && !slices.Contains(w.concepts, h) && w.narrower(concepts[h].of)
	})
}

// means compares concepts.
func (w wish) means(has []int) float64 {
	best := 0.0
	for _, h := range has {
		for _, a := range w.concepts {
			best = max(best, w.close(a, h))
		}
	}
	return best
}

// close is how well a header of concept h answers a question for a.
func (w wish) close(a, h int) float64 {
	asked, header := concepts[a], concepts[h]
	switch {
	case a == h:
		return 1
	case header.of != "" && header.of == asked.name && !w.narrower(asked.name):
		if header.usual || asked.name == "dimensions" {
			return 0.95
		}
		return 0.5
	case asked.of != "" && asked.of == header.name:
		return 0.7 // "net weight" of a table that has weight alone
	}
	return 0
}

// narrower reports whether the question names a kind of the concept.
func (w wish) narrower(of string) bool {
	return slices.ContainsFunc(w.concepts, func(i int) bool { return concepts[i].of == of })
}

// says is the share of a header's words that the question has, in the language
// of the two that has more of them.
func (w wish) says(label string) float64 {
	var have, all [2]float64
	for _, t := range knowledge.Terms(label) {
		if plainTerm(t) {
			continue
		}
		lang := 0
		if r := []rune(t)[0]; unicode.Is(unicode.Han, r) {
			lang = 1
		}
		all[lang]++
		if w.terms[t] {
			have[lang]++
		}
	}
	best := 0.0
	for i := range all {
		if all[i] > 0 {
			best = max(best, have[i]/all[i])
		}
	}
	return best
}

// plainTerm are words that say nothing of what is asked.
func plainTerm(t string) bool {
	switch t {
	case "a", "an", "the", "of", "to", "in", "on", "at", "for", "by", "with", "from", "and", "or", "is", "are", "was", "do", "doe", "did", "can", "could",
		"will", "would", "may", "should", "i", "my", "me", "you", "your", "we", "our", "it", "its", "thi", "that", "there", "what", "which", "who", "when",
		"where", "why", "how", "ha", "have", "had", "not", "if", "as", "about", "pleas", "much", "many", "get", "per", "no", "max", "min",
		"什么", "怎么", "多少", "哪个", "是多", "有多", "请问", "一个", "可以", "几个", "少钱", "的是", "是什":
		return true
	}
	return false
}
