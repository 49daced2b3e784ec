// Package tagger learns a business's own entities (stations, dishes, models)
// from labelled sentences: a linear-chain conditional random field (Lafferty,
// McCallum, Pereira, ICML 2001) over words and Han characters, trained by
// stochastic gradient descent with AdaGrad steps (Duchi, Hazan, Singer, JMLR
// 2011). The same sentences give the same tagger.
package tagger

import (
	"context"
	"math"
	"slices"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// Example is a sentence with its entities.
type Example struct {
	Text  string
	Spans []Span
}

// Span is an entity: bytes of the text, the end exclusive, without overlaps.
type Span struct {
	Start, End int
	Name       string
}

// Tagger implements nlu.EntityExtractor. It is immutable.
type Tagger struct {
	names []string // of entities; tag 0 is none, 2i+1 begins and 2i+2 goes on with name i
	known *lexicon
	ids   map[uint64]int32
	// topics are pairs of words that many sentences have; nil where the sentences
	// are few.
	topics map[string]int32
	common map[string]bool // words that much is said with
	w      []float32       // by feature, then tag
	trans  []float32       // from tag, to tag
}

var (
	_ nlu.EntityExtractor = (*Tagger)(nil)
	_ nlu.Named           = (*Tagger)(nil)
)

// Names implements nlu.Named.
func (t *Tagger) Names() []string { return slices.Clone(t.names) }

func (t *Tagger) tags() int { return 2*len(t.names) + 1 }

// longest is how many tokens of a text are looked at.
const longest = 400

// Extract implements nlu.EntityExtractor. The score of an entity is the
// probability of its least certain token.
func (t *Tagger) Extract(_ context.Context, turn *core.Turn) ([]core.Entity, error) {
	return t.Find(turn.Text), nil
}

// Find returns the entities of text; the value of each is the text as written.
func (t *Tagger) Find(text string) []core.Entity {
	toks := tokens(text)
	toks = toks[:min(len(toks), longest)]
	if len(toks) == 0 || len(t.names) == 0 {
		return nil
	}
	l := t.lattice(t.features(toks))
	path := l.best()
	sure := l.marginals()
	var out []core.Entity
	for i := 0; i < len(path); {
		if path[i] == 0 {
			i++
			continue
		}
		j, score, name := i+1, sure[i][path[i]], (path[i]-1)/2
		for j < len(path) && path[j] == 2*name+2 {
			score = min(score, sure[j][path[j]])
			j++
		}
		from, to := toks[i].start, toks[j-1].end
		out = append(out, core.Entity{Name: t.names[name], Value: text[from:to], Text: text[from:to], Start: from, End: to, Score: float64(score)})
		i = j
	}
	return out
}

// lattice holds the scores of the tags of a sentence's tokens.
type lattice struct {
	n, k  int
	emit  [][]float32
	trans []float32
}

func (t *Tagger) lattice(fs [][]int32) lattice {
	k := t.tags()
	l := lattice{n: len(fs), k: k, emit: make([][]float32, len(fs)), trans: t.trans}
	cells := make([]float32, len(fs)*k)
	for i, f := range fs {
		l.emit[i] = cells[i*k : (i+1)*k]
		for _, id := range f {
			for c, w := range t.w[int(id)*k:][:k] {
				l.emit[i][c] += w
			}
		}
	}
	return l
}

// forbidden keeps a tag from going on with what did not begin.
const forbidden = -1e4

// allowed reports whether tag b may follow a.
func allowed(a, b int) bool { return b == 0 || b%2 == 1 || a == b || a == b-1 }

// best is the likeliest sequence of tags (Viterbi).
func (l lattice) best() []int {
	score := slices.Clone(l.emit[0])
	for c := 2; c < l.k; c += 2 {
		score[c] = forbidden
	}
	back := make([][]int32, l.n)
	for i := 1; i < l.n; i++ {
		next := make([]float32, l.k)
		back[i] = make([]int32, l.k)
		for c := range next {
			top := float32(math.Inf(-1))
			for b, s := range score {
				if s += l.trans[b*l.k+c]; s > top {
					top, back[i][c] = s, int32(b)
				}
			}
			next[c] = top + l.emit[i][c]
		}
		score = next
	}
	path := make([]int, l.n)
	for c, s := range score {
		if s > score[path[l.n-1]] {
			path[l.n-1] = c
		}
	}
	for i := l.n - 1; i > 0; i-- {
		path[i-1] = int(back[i][path[i]])
	}
	return path
}
