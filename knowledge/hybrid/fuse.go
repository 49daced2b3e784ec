package hybrid

import (
	"cmp"
	"math"
	"slices"
	"unicode"

	"frontdesk/core"
	"frontdesk/knowledge"
	"frontdesk/knowledge/embed"
)

// finding is a candidate, judged.
type finding struct {
	knowledge.Candidate
	cosine float64 // of its wordings to the question, seen from the centre
	fused  float64
	chance float64
}

// The weights of what is added up, fitted on the developer data (pairwise
// logistic regression, then rounded): passages of CMRC 2018, SQuAD 2.0 and
// XQuAD, pairs of the Chinese FAQ, both together in the shop's documents.
// A pair's question is short: its BM25 and sentences say nothing besides its
// letters.
const (
	byCosine    = 37
	byBM25      = 15
	byCover     = 6
	byNear      = 3
	pairCover   = 8
	pairLetters = 4
	pairOffset  = -2
	// second is what a pair's worse wording counts against the better one.
	second = 0.15
)

// fuse weighs words and meaning.
func (f *finding) fuse() {
	w := f.Words
	if w.Pair {
		f.fused = byCosine*f.cosine + pairCover*w.Cover + pairLetters*w.Spelt + pairOffset
		return
	}
	f.fused = byCosine*f.cosine + byBM25*w.BM25 + byCover*w.Cover + byNear*w.Near
}

// judge orders the candidates and gives each its chance.
func judge(scale scale, v *view, question string, cs []knowledge.Candidate) []finding {
	out := make([]finding, len(cs))
	for i, c := range cs {
		out[i] = finding{Candidate: c, cosine: scale.cosine(v.of(c.Keys))}
		out[i].fuse()
	}
	slices.SortStableFunc(out, func(a, b finding) int { return cmp.Compare(b.fused, a.fused) })
	mean, han := scale.cosine(v.mean), mostlyHan(question)
	ahead := lead(out)
	for i := range out {
		gap := ahead
		if i > 0 {
			gap = max(out[i].fused-out[0].fused, -mostGap)
		}
		p := out[i].probability(gap, mean, han)
		if i > 0 {
			p = min(p, out[i-1].chance) // the order is the sum's
		}
		out[i].chance = p
	}
	return out
}

// lead is how far the first is ahead of the next that says something else.
func lead(fs []finding) float64 {
	for i := 1; i < len(fs); i++ {
		if fs[i].Passage.Text != fs[0].Passage.Text {
			return fs[0].fused - fs[i].fused
		}
	}
	return alone
}

const (
	// alone is the lead of the only candidate.
	alone = 1
	// mostGap is the lead, or lag, beyond which more says nothing.
	mostGap = 3
)

// probability is the calibrated chance that f answers: three logistic
// regressions, for pairs, for passages in the question's language and for those
// in another, which share no words with it. docs/quality.md has what they reach.
func (f *finding) probability(gap, mean float64, han bool) float64 {
	var z float64
	switch w := f.Words; {
	case w.Pair:
		z = -10.6 + .402*f.fused + .4*min(gap, 2)
	case mostlyHan(f.Passage.Text) != han:
		z = -2.3 + 12.2*(f.cosine-mean) + 1.04*gap
	default:
		z = -8.17 + .278*f.fused + .6*min(gap, 2) - 3.95*w.Shortage
	}
	return 1 / (1 + math.Exp(-z))
}

// mostlyHan reports whether text has more Han characters than words of Latin
// letters.
func mostlyHan(text string) bool {
	han, words, within := 0, 0, false
	for _, r := range text {
		latin := r < 0x250 && unicode.IsLetter(r)
		if latin && !within {
			words++
		}
		within = latin
		if unicode.Is(unicode.Han, r) {
			han++
		}
	}
	return han > words
}

// scale takes a model's cosines to where the weights were fitted.
type scale struct{ factor, shift float64 }

func scaleOf(c embed.Calibration) scale { return scale{c.Scale, c.Shift} }

func (s scale) cosine(c float64) float64 { return s.shift + s.factor*c }

// of is the cosine of a candidate's wordings: the best, and a little of the
// worst. One that has no vector yet is taken for as near as the nearest: words
// decide about it.
func (v *view) of(keys []knowledge.Key) float64 {
	best, worst, n := -1.0, 1.0, 0
	for _, k := range keys {
		if c, ok := v.cosine[k]; ok {
			best, worst, n = max(best, c), min(worst, c), n+1
		}
	}
	if n == 0 {
		return v.nearest()
	}
	return best - second*(best-worst)
}

// passages are the first limit findings that do not repeat each other.
func (v *view) passages(fs []finding, limit int) []core.Passage {
	fs = v.diverse(fs, limit)
	out := make([]core.Passage, len(fs))
	for i, f := range fs {
		out[i] = f.Passage
		out[i].Score = f.chance
		out[i].Why = core.Evidence{Words: f.Words.Chance, Meaning: f.cosine, Fused: f.fused}
	}
	return out
}
