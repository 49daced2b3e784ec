package faq

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"frontdesk/core"
	"frontdesk/knowledge"
)

const (
	// alike is the share of terms that two questions have in common which most
	// likely are one.
	alike = 0.8
	// meant is how sure a search must be that another entry answers the question.
	meant = 0.8
	// everywhere is how many questions may have a term that tells them apart.
	everywhere = 100
	// mostTwins is how many warnings are given: more are not read.
	mostTwins = 20
)

// asked is one way to ask, and whose it is.
type asked struct {
	entry int
	text  string
	terms map[string]bool
}

// twins names pairs of entries that ask the same, or almost: customers would get
// the answer of one or the other, as it happens.
func (s *Store) twins(all []core.FAQEntry) (out []string) {
	var ways []asked
	posts := map[string][]int{}
	told := map[[2]int]bool{}
	for i, e := range all {
		for _, q := range append([]string{e.Question}, e.Variants...) {
			way := asked{i, q, map[string]bool{}}
			for _, t := range knowledge.Terms(s.norm(q)) {
				way.terms[t] = true
			}
			for _, j := range shares(way, ways, posts) {
				other := ways[j]
				pair := [2]int{other.entry, i}
				if other.entry != i && !told[pair] && len(out) < mostTwins {
					told[pair] = true
					out = append(out, fmt.Sprintf("%q and %q ask almost the same: make them one entry", shorten(other.text), shorten(q)))
				}
			}
			for t := range way.terms {
				posts[t] = append(posts[t], len(ways))
			}
			ways = append(ways, way)
		}
	}
	return out
}

// shares lists the ways before that have most terms in common with way.
func shares(way asked, ways []asked, posts map[string][]int) (out []int) {
	common := map[int]int{}
	for t := range way.terms {
		if len(posts[t]) <= everywhere {
			for _, j := range posts[t] {
				common[j]++
			}
		}
	}
	for j, n := range common {
		if 2*float64(n) >= alike*float64(len(way.terms)+len(ways[j].terms)) {
			out = append(out, j)
		}
	}
	slices.Sort(out)
	return out
}

// similar names other entries that e's question finds: by meaning, where words
// do not tell.
func (s *Store) similar(ctx context.Context, w core.WorkspaceID, bot string, e core.FAQEntry) ([]string, error) {
	ps, err := s.service.Search(ctx, w, bot, e.Question, 10)
	if err != nil && !errors.Is(err, knowledge.ErrWordsAlone) {
		return nil, err
	}
	var out []string
	for _, p := range ps {
		if p.Curated != nil && p.Curated.ID != e.ID && p.Score >= meant {
			text := fmt.Sprintf("%q may be answered by %q already: make them one entry if so", shorten(e.Question), shorten(p.Question))
			if !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	return out, nil
}
