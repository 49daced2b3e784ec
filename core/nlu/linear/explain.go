package linear

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"frontdesk/core/nlu"
)

var _ nlu.Explainer = (*Recognizer)(nil)

// mostReasons is how many pieces of a text explain a guess.
const mostReasons = 6

// Explain implements nlu.Explainer by the words alone: how much each n-gram
// moves the text towards the intent and away from the next one, in margins of
// the separators, which lie two apart. Spaces at the ends of a word are shown
// as "_".
func (r *Recognizer) Explain(text, intent string) []nlu.Reason {
	b := r.words
	c := slices.Index(b.names, intent)
	if c < 0 || b.m == nil {
		return nil
	}
	text = unnumbered(nlu.Normalize(text))
	x, _ := b.voc.vector(text)
	against := runnerUp(b.m.margins(x), c)
	spelt := spell(text)
	var out []nlu.Reason
	for _, it := range x {
		row := b.m.w[int(it.id)*b.m.classes:][:b.m.classes]
		w := row[c]
		if against >= 0 {
			w -= row[against]
		}
		out = append(out, nlu.Reason{Words: spelt[b.voc.grams[it.id]], Weight: float64(w * it.v)})
	}
	slices.SortStableFunc(out, func(a, b nlu.Reason) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)), cmp.Compare(a.Words, b.Words))
	})
	return out[:min(len(out), mostReasons)]
}

// runnerUp is the intent that c is weighed against; -1 if it is the only one.
func runnerUp(margins []float64, c int) int {
	best := -1
	for i, m := range margins {
		if i != c && (best < 0 || m > margins[best]) {
			best = i
		}
	}
	return best
}

// spell is what the features of text look like.
func spell(text string) map[gram]string {
	out := map[gram]string{}
	show := func(hash uint64, family uint8, rs []rune) {
		out[gram{hash, family}] = strings.ReplaceAll(string(rs), string(edge), "_")
	}
	var before []rune
	for _, t := range tokens(text) {
		if t.han {
			for i := range t.runes {
				show(hashRunes(seedHan, t.runes[i:i+1]), words, t.runes[i:i+1])
				for n := 2; n <= maxHan && i+n <= len(t.runes); n++ {
					show(hashRunes(seedHan, t.runes[i:i+n]), letters, t.runes[i:i+n])
				}
			}
		} else {
			b := append(append([]rune{edge}, t.runes...), edge)
			for i := range b {
				for n := minPiece; n <= maxPiece && i+n <= len(b); n++ {
					show(hashRunes(seedPiece, b[i:i+n]), letters, b[i:i+n])
				}
			}
			show(hashRunes(seedWord, t.runes), words, t.runes)
		}
		if before != nil {
			pair := slices.Concat(before, []rune{' '}, t.runes)
			show(hashRunes(hashRunes(seedPair, before), t.runes), words, pair)
		}
		before = t.runes
	}
	return out
}
