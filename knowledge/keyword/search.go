package keyword

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// The weights of the fields against the text, BM25's two constants (the usual
// ones; others measured no better), and what letters add.
const (
	titleWeight    = 1
	questionWeight = 3
	k1             = 1.2
	b              = 0.6
	letterShare    = 0.3 // a letter's weight against a term's
)

// looked is how many passages, best by BM25, are looked at more closely.
const looked = 30

// maxTerms bounds the work a query can ask for: a question has far fewer.
const maxTerms = 256

// query is a question against one snapshot.
type query struct {
	ids   []uint32 // distinct terms that occur
	idf   []float64
	total float64 // of all distinct terms, those that occur nowhere included
	terms int

	letters     []uint32 // the same of the letters, which only pairs have
	letterIDF   []float64
	letterTotal float64
}

// hit is a passage that is looked at.
type hit struct {
	slot  int32
	bm25  float64
	words knowledge.Evidence
}

// scratch is the working memory of one search.
type scratch struct {
	sum   []float64 // BM25 by slot; 0 if untouched
	slots []int32   // touched
}

// Search returns at most limit passages by their words alone, best first.
func (x *Index) Search(text string, limit int) []core.Passage {
	hits := x.Gather(text, nil)
	hits = hits[:min(len(hits), limit)]
	out := make([]core.Passage, len(hits))
	for i, h := range hits {
		out[i] = h.Passage
		out[i].Score = h.Words.Chance
	}
	return out
}

// Gather returns the passages whose words fit the question best, and those that
// have one of keys besides, surest by words first. All are of one state of the
// index.
func (x *Index) Gather(text string, keys []knowledge.Key) []knowledge.Candidate {
	s := x.snap.Load()
	hits := x.rank(s, s.ask(x.norm(text)), keys)
	out := make([]knowledge.Candidate, len(hits))
	for i, h := range hits {
		it := s.entries[h.slot]
		out[i] = knowledge.Candidate{Passage: it.passage, Keys: it.keys, Words: h.words}
	}
	return out
}

// Weight implements knowledge.Index.
func (x *Index) Weight(term string) float64 {
	s := x.snap.Load()
	return s.idf(len(s.posts[s.dict[term]])) * common(term) / s.idf(0)
}

func (s *snapshot) idf(df int) float64 { return rarity(df, s.count) }

// rarity is BM25's inverse document frequency, never negative.
func rarity(df, count int) float64 {
	return math.Log(1 + (float64(count)-float64(df)+0.5)/(float64(df)+0.5))
}

func (s *snapshot) letterIDF(letter uint32) float64 { return rarity(len(s.posts[letter]), s.pairs) }

func (s *snapshot) ask(text string) query {
	terms := knowledge.Terms(text)
	if len(terms) > maxTerms {
		terms = terms[:maxTerms]
	}
	q := s.letters(text)
	seen := make(map[string]bool, len(terms))
	for _, t := range s.single(terms) {
		if seen[t] {
			continue
		}
		seen[t] = true
		id := s.dict[t]
		idf := s.idf(len(s.posts[id])) * common(t)
		q.total += idf
		q.terms++
		if len(s.posts[id]) > 0 {
			q.ids, q.idf = append(q.ids, id), append(q.idf, idf)
		}
	}
	return q
}

// letters is the part of the query that only pairs are asked: a question is
// short, and its paraphrase often shares no two neighbouring characters with it.
func (s *snapshot) letters(text string) query {
	var q query
	seen := map[string]bool{}
	for _, c := range letters(text) {
		if seen[c] || len(seen) == maxTerms {
			continue
		}
		seen[c] = true
		id := s.dict[c]
		idf := s.letterIDF(id) * common(c[len(mark):])
		q.letterTotal += idf
		if len(s.posts[id]) > 0 {
			q.letters, q.letterIDF = append(q.letters, id), append(q.letterIDF, idf)
		}
	}
	return q
}

// single lets a query of one Han character find it within words.
func (s *snapshot) single(terms []string) []string {
	if len(terms) != 1 || utf8.RuneCountInString(terms[0]) != 1 {
		return terms
	}
	if r, _ := utf8.DecodeRuneInString(terms[0]); !unicode.Is(unicode.Han, r) {
		return terms
	}
	var out []string
	for t, id := range s.dict {
		if strings.Contains(t, terms[0]) && len(s.posts[id]) > 0 {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return out[:min(len(out), maxTerms)]
}

// rank looks at the passages that share most with q, and at those of keys, and
// returns them surest first.
func (x *Index) rank(s *snapshot, q query, keys []knowledge.Key) []hit {
	w, _ := x.work.Get().(*scratch)
	if w == nil {
		w = &scratch{}
	}
	defer x.work.Put(w)
	hits := w.candidates(s, q, keys)
	for i := range hits {
		hits[i].words = s.look(q, hits[i])
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.words.Chance, a.words.Chance) })
	return hits
}

// candidates sums BM25 and returns the best, at most looked, and those of keys.
func (w *scratch) candidates(s *snapshot, q query, keys []knowledge.Key) []hit {
	if len(w.sum) < len(s.entries) {
		w.sum = make([]float64, len(s.entries)+len(s.entries)/4)
	}
	mean := s.length / math.Max(1, float64(s.count))
	for i, id := range q.ids {
		for _, p := range s.posts[id] {
			f := float64(p.freq)
			long := float64(p.length) / mean
			if w.sum[p.slot] == 0 {
				w.slots = append(w.slots, p.slot)
			}
			w.sum[p.slot] += q.idf[i] * f * (k1 + 1) / (f + k1*(1-b+b*long))
		}
	}
	for i, id := range q.letters {
		for _, p := range s.posts[id] {
			if w.sum[p.slot] == 0 {
				w.slots = append(w.slots, p.slot)
			}
			w.sum[p.slot] += letterShare * q.letterIDF[i]
		}
	}
	hits := w.besides(s, w.best(s), keys)
	for _, slot := range w.slots {
		w.sum[slot] = 0
	}
	w.slots = w.slots[:0]
	return hits
}

// best selects by sum, ties by document and place so that order is steady.
func (w *scratch) best(s *snapshot) []hit {
	before := func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.bm25, a.bm25), strings.Compare(s.entries[a.slot].passage.ID, s.entries[b.slot].passage.ID))
	}
	hits := make([]hit, 0, looked+1)
	for _, slot := range w.slots {
		h := hit{slot: slot, bm25: w.sum[slot]}
		if len(hits) == looked && (h.bm25 < hits[looked-1].bm25 || before(h, hits[looked-1]) >= 0) {
			continue
		}
		at, _ := slices.BinarySearchFunc(hits, h, before)
		hits = slices.Insert(hits, at, h)
		hits = hits[:min(len(hits), looked)]
	}
	return hits
}

// besides adds the passages of keys that are not among hits.
func (w *scratch) besides(s *snapshot, hits []hit, keys []knowledge.Key) []hit {
	for _, k := range keys {
		for _, slot := range s.keyed[k] {
			if !slices.ContainsFunc(hits, func(h hit) bool { return h.slot == slot }) {
				hits = append(hits, hit{slot: slot, bm25: w.sum[slot]})
			}
		}
	}
	return hits
}
