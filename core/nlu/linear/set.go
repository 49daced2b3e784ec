package linear

import (
	"cmp"
	"context"
	_ "embed"
	"regexp"
	"slices"
	"strings"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// sentence is a text as it was written and normalised, and its vector if there
// is an embedder.
type sentence struct {
	raw, norm string
	vec       []float32
}

// set is the examples, by intent.
type set struct {
	names []string
	rows  []sentence
	ys    []int
}

// newSet sorts the examples and drops repetitions, so that the order of files
// does not matter. The order within an intent is that of a hash, so that texts
// alike do not stand together.
func newSet(examples []nlu.Example) (set, error) {
	var s set
	index := map[string]int{}
	for i, e := range examples {
		if e.Intent == "" {
			return s, core.Invalid("example %d (%q) has no intent", i+1, e.Text)
		}
		if _, ok := index[e.Intent]; !ok {
			index[e.Intent] = 0
			s.names = append(s.names, e.Intent)
		}
	}
	slices.Sort(s.names)
	for i, n := range s.names {
		index[n] = i
	}
	type row struct {
		y    int
		hash uint64
		sentence
	}
	var rows []row
	for _, e := range examples {
		if norm := unnumbered(nlu.Normalize(e.Text)); norm != "" {
			rows = append(rows, row{index[e.Intent], hashRunes(0, []rune(norm)), sentence{raw: unnumbered(e.Text), norm: norm}})
		}
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.hash, b.hash), cmp.Compare(a.norm, b.norm), cmp.Compare(a.raw, b.raw))
	})
	for _, r := range slices.CompactFunc(rows, func(a, b row) bool { return a.y == b.y && a.norm == b.norm }) {
		s.rows, s.ys = append(s.rows, r.sentence), append(s.ys, r.y)
	}
	return s, nil
}

// numbers are those of orders, parcels and phones: which one it is says nothing
// of what is wanted.
var numbers = regexp.MustCompile(`(?i)\b[a-z]{0,4}-?\d{6,}\b`)

// unnumbered is text without such numbers.
func unnumbered(text string) string {
	if !numbers.MatchString(text) {
		return text
	}
	return strings.TrimSpace(numbers.ReplaceAllString(text, ""))
}

// part is the examples that keep says.
func (s set) part(keep func(i int) bool) set {
	p := set{names: s.names}
	for i := range s.rows {
		if keep(i) {
			p.rows, p.ys = append(p.rows, s.rows[i]), append(p.ys, s.ys[i])
		}
	}
	return p
}

// batch is how many texts are embedded at once: questions of customers come
// between two batches.
const batch = 16

// embed returns ss with their vectors.
func embed(ctx context.Context, e core.Embedder, ss []sentence) ([]sentence, error) {
	out := slices.Clone(ss)
	for from := 0; from < len(out); from += batch {
		part := out[from:min(from+batch, len(out))]
		texts := make([]string, len(part))
		for i, s := range part {
			texts[i] = s.raw
		}
		vs, err := e.Embed(ctx, core.EmbedQuery, texts)
		if err != nil {
			return nil, err
		}
		for i := range part {
			part[i].vec = vs[i]
		}
	}
	return out, nil
}

// norms are the normalised texts of ss.
func norms(ss []sentence) []string {
	out := make([]string, len(ss))
	for i, s := range ss {
		out[i] = s.norm
	}
	return out
}

// sentences are the lines of foreign.txt.
func sentences() []sentence {
	var out []sentence
	for l := range strings.Lines(foreignText) {
		if norm := nlu.Normalize(l); norm != "" {
			out = append(out, sentence{raw: strings.TrimSpace(l), norm: norm})
		}
	}
	return out
}

// foreign.txt holds sentences, a line each, from everyday life and from many
// trades; a bot knows few of them.
//
//go:embed foreign.txt
var foreignText string
