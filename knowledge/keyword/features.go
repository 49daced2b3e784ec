package keyword

import (
	"math"
	"slices"
)

// features are what a passage's chance is told from, each in [0,1].
type features struct {
	cover    float64 // share of the query's weight that the passage has
	near     float64 // the same of its best two neighbouring sentences
	bm25     float64 // BM25 over the most it could be
	shortage float64 // 1/terms of the query: little asked, little known

	pair  bool    // whether it is a question-and-answer pair; if so:
	spelt float64 // overlap of the two questions' letters (Dice, by weight)
}

func (s *snapshot) look(q query, h hit) features {
	it := s.entries[h.slot]
	f := features{
		bm25:     h.bm25 / math.Max(1e-9, q.total*(k1+1)),
		cover:    share(it.terms, q.ids, q.idf) / math.Max(1e-9, q.total),
		near:     nearest(it.seq, q) / math.Max(1e-9, q.total),
		shortage: 1 / float64(max(1, q.terms)),
	}
	if it.letters != nil {
		f.pair, f.spelt = true, s.spelt(it, q)
	}
	return f
}

// share sums the weight of those of ids that are among have.
func share(have, ids []uint32, idf []float64) float64 {
	var sum float64
	for k, id := range ids {
		if _, ok := slices.BinarySearch(have, id); ok {
			sum += idf[k]
		}
	}
	return sum
}

// spelt is twice the weight in common over the weight of both.
func (s *snapshot) spelt(it *entry, q query) float64 {
	total := q.letterTotal
	for _, id := range it.letters {
		w := s.letterIDF(id)
		if _, ok := slices.BinarySearch(it.plain, id); ok {
			w *= plainLetter
		}
		total += w
	}
	return 2 * share(it.letters, q.letters, q.letterIDF) / math.Max(1e-9, total)
}

// nearest is the most weight of q found in two sentences side by side.
func nearest(seq []uint32, q query) float64 {
	var best float64
	last := make([]int, len(q.ids)) // sentence a term was last seen in, from 1
	sentence := 1
	for i := 0; i <= len(seq); i++ {
		if i < len(seq) && seq[i] != 0 {
			if k := slices.Index(q.ids, seq[i]); k >= 0 {
				last[k] = sentence
			}
			continue
		}
		var sum float64
		for k, at := range last {
			if at >= sentence-1 && at > 0 {
				sum += q.idf[k]
			}
		}
		best = max(best, sum)
		sentence++
	}
	return best
}

// chance is the calibrated chance that the passage answers.
func (f features) chance() float64 {
	model := passageModel()
	if f.pair {
		model = pairModel()
	}
	z := model[0]
	for i, v := range f.vector() {
		z += model[i+1] * v
	}
	return 1 / (1 + math.Exp(-z))
}

// vector is what the models weigh, in their order.
func (f features) vector() [5]float64 {
	return [...]float64{f.cover, f.near, f.bm25, f.spelt, f.shortage}
}

// The models are an intercept and the weights of vector: logistic regressions
// over cmrc2018 and squad2 (passages, answerable against out_of_kb) and a Chinese
// shop's questions and answers (pairs, match against no_match and the questions
// of the other two). TestFit of the evaluation prints them, fitted with all in one
// index and for each question its best passage and its best pair, so that the
// chances of both kinds compare. Of the passages' model that fit gives the
// intercept; near, bm25 and shortage are as fitted in each collection by itself,
// because those of the joint fit tell answerable questions worse (AUROC 0.946
// against 0.950 in Chinese). docs/quality.md has what they reach.
func passageModel() [6]float64 { return [...]float64{-2.9, 0, 2.6, 10, 0, -4.6} }

// pairModel is that of pairs.
func pairModel() [6]float64 { return [...]float64{-2.69, 1.72, 2.45, 1.49, 6.84, 0.65} }
