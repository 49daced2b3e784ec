package linear

import (
	"math"
	"slices"
	"unicode"

	"frontdesk/core/nlu"
)

// item is one feature of a text: its place in the vocabulary and its weight.
type item struct {
	id int32
	v  float32
}

// The families of features. Each is normalised by itself, so that many letters
// do not drown few words.
const (
	words   = iota // words, pairs of words; single Han characters
	letters        // pieces of words; runs of two to four Han characters
	families
)

// share is how much a family counts in the squared length of a text.
var share = [families]float64{0.4, 0.6}

// gram is a feature before it has a place: a hash and its family.
type gram struct {
	hash   uint64
	family uint8
}

// FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/).
const (
	fnvBasis = 14695981039346656037
	fnvPrime = 1099511628211
)

func hashRunes(seed uint64, rs []rune) uint64 {
	h := uint64(fnvBasis) ^ seed
	for _, r := range rs {
		h = (h ^ uint64(r)) * fnvPrime
	}
	return h
}

// The seeds keep families apart that share spellings.
const (
	seedWord uint64 = (iota + 1) << 32
	seedPair
	seedPiece
	seedHan
)

// Pieces of Latin words are of minPiece to maxPiece letters, boundary marks
// included; runs of Han of 2 to maxHan characters.
const (
	minPiece = 2
	maxPiece = 5
	maxHan   = 4
	edge     = '\u0002' // stands before and after a word
)

// grams appends the features of a text, repetitions included.
func grams(text string, to []gram) []gram {
	toks := tokens(nlu.Normalize(text))
	var before []rune
	for _, t := range toks {
		w := uint64(0)
		if t.han {
			to = hanGrams(t.runes, to)
		} else {
			to = pieces(t.runes, to)
			w = hashRunes(seedWord, t.runes)
			to = append(to, gram{w, words})
		}
		if before != nil {
			to = append(to, gram{hashRunes(hashRunes(seedPair, before), t.runes), words})
		}
		before = t.runes
	}
	return to
}

func hanGrams(rs []rune, to []gram) []gram {
	for i := range rs {
		to = append(to, gram{hashRunes(seedHan, rs[i:i+1]), words})
		for n := 2; n <= maxHan && i+n <= len(rs); n++ {
			to = append(to, gram{hashRunes(seedHan, rs[i:i+n]), letters})
		}
	}
	return to
}

func pieces(rs []rune, to []gram) []gram {
	b := make([]rune, 0, len(rs)+2)
	b = append(append(append(b, edge), rs...), edge)
	for i := range b {
		for n := minPiece; n <= maxPiece && i+n <= len(b); n++ {
			to = append(to, gram{hashRunes(seedPiece, b[i:i+n]), letters})
		}
	}
	return to
}

// token is a word of Latin or digits, or a run of Han.
type token struct {
	runes []rune
	han   bool
}

func tokens(norm string) []token {
	var out []token
	rs := []rune(norm)
	for i := 0; i < len(rs); {
		k := kind(rs[i])
		j := i + 1
		for j < len(rs) && kind(rs[j]) == k {
			j++
		}
		if k != other {
			out = append(out, token{rs[i:j], k == han})
		}
		i = j
	}
	return out
}

const (
	other = iota
	han
	word
)

func kind(r rune) int {
	switch {
	case unicode.Is(unicode.Han, r):
		return han
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.Is(unicode.M, r), r == '\'':
		return word
	}
	return other
}

// strange is how much a feature never seen counts in the length of a text: a
// text of which one word is known must not look as if it were that word.
const strange = 0.3

// vocabulary knows the features of the training texts.
type vocabulary struct {
	ids    map[gram]int32
	grams  []gram // by id
	idf    []float32
	family []uint8
	rare   float64 // idf of a feature never seen
}

// plenty is from how many texts on a feature seen once is dropped.
const plenty = 2000

// newVocabulary knows the features of texts. Those of others make features
// common, so that "what is the" does not weigh in a bot with a dozen examples.
func newVocabulary(texts, others []string) *vocabulary {
	df := map[gram]int{}
	order := countGrams(texts, df)
	least := 1
	if len(texts) > plenty {
		least = 2
	}
	kept := order[:0]
	for _, g := range order {
		if df[g] >= least {
			kept = append(kept, g)
		}
	}
	countGrams(others, df)
	n := float64(1 + len(texts) + len(others))
	v := &vocabulary{ids: make(map[gram]int32, len(kept)), rare: 1 + math.Log(n)}
	for i, g := range kept {
		v.ids[g] = int32(i)
		v.grams = append(v.grams, g)
		v.idf = append(v.idf, float32(1+math.Log(n/float64(1+df[g]))))
		v.family = append(v.family, g.family)
	}
	return v
}

// countGrams adds to df in how many texts each feature is, and returns the new
// ones in order.
func countGrams(texts []string, df map[gram]int) []gram {
	var order, buf []gram
	for _, t := range texts {
		buf = distinct(grams(t, buf[:0]))
		for _, g := range buf {
			if df[g] == 0 {
				order = append(order, g)
			}
			df[g]++
		}
	}
	return order
}

// distinct sorts gs and drops repetitions.
func distinct(gs []gram) []gram {
	slices.SortFunc(gs, compareGrams)
	return slices.Compact(gs)
}

func compareGrams(a, b gram) int {
	switch {
	case a.hash < b.hash:
		return -1
	case a.hash > b.hash:
		return 1
	}
	return int(a.family) - int(b.family)
}

// vector is a text in the space of v: (1+log tf)·idf, each family brought to
// its share of length one. known is the part, in [0,1], of the text's weight
// that v has seen before.
func (v *vocabulary) vector(text string) (x []item, known float64) {
	gs := grams(text, make([]gram, 0, 256))
	slices.SortFunc(gs, compareGrams)
	var seen, all float64
	var norm [families]float64
	for i := 0; i < len(gs); {
		j := i + 1
		for j < len(gs) && gs[j] == gs[i] {
			j++
		}
		id, ok := v.ids[gs[i]]
		if !ok {
			all += v.rare
			norm[gs[i].family] += strange * v.rare * v.rare
			i = j
			continue
		}
		idf := float64(v.idf[id])
		w := (1 + math.Log(float64(j-i))) * idf
		all += idf
		seen += idf
		norm[gs[i].family] += w * w
		x = append(x, item{id, float32(w)})
		i = j
	}
	for i := range x {
		f := v.family[x[i].id]
		x[i].v *= float32(math.Sqrt(share[f] / norm[f]))
	}
	slices.SortFunc(x, func(a, b item) int { return int(a.id - b.id) })
	if all > 0 {
		known = seen / all
	}
	return x, known
}
