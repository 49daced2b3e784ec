package tagger

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"frontdesk/core"
)

// The numbers of training, chosen on the developer data: how often each
// sentence is seen, the AdaGrad step, and how much a weight shrinks each time
// it is moved.
const (
	passes = 15
	step   = 0.05
	shrink = 2e-4
	// From plenty sentences on, more is looked at, and one in unmarked is learnt
	// without the lexicon, so that what is not in it is found too.
	plenty   = 1000
	unmarked = 3
	everyday = 20
	often    = 150 // a topic is in a sentence in so many, or more
)

// lesson is a sentence ready for training.
type lesson struct {
	toks []token
	tags []int
	fs   [][]int32
}

// Train learns from examples. None give a tagger that finds nothing.
func Train(ctx context.Context, examples []Example) (*Tagger, error) {
	t := &Tagger{ids: map[uint64]int32{}}
	for _, e := range examples {
		for _, s := range e.Spans {
			if s.Name == "" || s.Start < 0 || s.Start >= s.End || s.End > len(e.Text) {
				return nil, core.Invalid("the entity %q at %d to %d of %q is not inside it", s.Name, s.Start, s.End, e.Text)
			}
			t.names = append(t.names, s.Name)
		}
	}
	slices.Sort(t.names)
	t.names = slices.Compact(t.names)
	lessons := t.read(examples)
	t.index(lessons)
	return t, t.descend(ctx, lessons)
}

// read makes lessons, and the lexicon of what is in them.
func (t *Tagger) read(examples []Example) []lesson {
	var out []lesson
	count := map[string]map[string]int{}
	most := 0
	for _, e := range examples {
		l := lesson{toks: tokens(e.Text)}
		l.toks = l.toks[:min(len(l.toks), longest)]
		l.tags = make([]int, len(l.toks))
		for _, s := range e.Spans {
			from, to := covered(l.toks, s)
			name, _ := slices.BinarySearch(t.names, s.Name)
			for i := from; i < to; i++ {
				l.tags[i] = 2*name + 2
			}
			if from == to {
				continue
			}
			l.tags[from]--
			most = max(most, to-from)
			words := joined(l.toks[from:to])
			if count[words] == nil {
				count[words] = map[string]int{}
			}
			count[words][s.Name]++
		}
		if len(l.toks) > 0 {
			out = append(out, l)
		}
	}
	t.known = &lexicon{names: map[string][]string{}, most: most}
	for words, names := range count {
		for name, n := range names {
			// What is there once would always be known in training, never after.
			if n > 1 {
				t.known.names[words] = append(t.known.names[words], name)
			}
		}
		slices.Sort(t.known.names[words])
	}
	return out
}

// covered are the tokens that lie in s.
func covered(ts []token, s Span) (from, to int) {
	from, _ = slices.BinarySearchFunc(ts, s.Start, func(t token, at int) int { return cmp.Compare(t.start, at) })
	to = from
	for to < len(ts) && ts[to].end <= s.End {
		to++
	}
	return from, to
}

// index numbers the features.
func (t *Tagger) index(lessons []lesson) {
	t.common = commonWords(lessons)
	large := len(lessons) >= plenty
	if large {
		t.choose(lessons)
	}
	for i := range lessons {
		l := &lessons[i]
		marks, about := make([][]string, len(l.toks)), t.about(l.toks)
		if !large || i%unmarked != 0 {
			marks = t.known.mark(l.toks)
		}
		l.fs = make([][]int32, len(l.toks))
		for j := range l.toks {
			l.fs[j] = append(l.fs[j], about...)
			look(l.toks, marks, t.common, large, j, func(f string) {
				h := hash(f)
				id, ok := t.ids[h]
				if !ok {
					id = int32(len(t.ids))
					t.ids[h] = id
				}
				l.fs[j] = append(l.fs[j], id)
			})
		}
	}
	k := t.tags()
	t.w, t.trans = make([]float32, len(t.ids)*k), make([]float32, k*k)
	for a := range k {
		for b := range k {
			if !allowed(a, b) {
				t.trans[a*k+b] = forbidden
			}
		}
	}
}

// descend maximises the likelihood of the tags.
func (t *Tagger) descend(ctx context.Context, lessons []lesson) error {
	rnd := rand.New(rand.NewPCG(1, 2))
	squares, transSquares := make([]float32, len(t.w)), make([]float32, len(t.trans))
	for range passes {
		rnd.Shuffle(len(lessons), func(i, j int) { lessons[i], lessons[j] = lessons[j], lessons[i] })
		for _, l := range lessons {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			b := t.lattice(l.fs).pass()
			t.learn(l, b.tags(), squares)
			t.learnTrans(l, b, transSquares)
		}
	}
	return nil
}

// faint is a probability too small to learn from.
const faint = 1e-4

func (t *Tagger) learn(l lesson, p [][]float32, squares []float32) {
	k := t.tags()
	for i, f := range l.fs {
		for c, pc := range p[i] {
			if c == l.tags[i] {
				pc--
			}
			if pc < faint && pc > -faint {
				continue
			}
			for _, id := range f {
				at := int(id)*k + c
				ada(&t.w[at], &squares[at], pc)
			}
		}
	}
}

func (t *Tagger) learnTrans(l lesson, b beliefs, squares []float32) {
	k := t.tags()
	pair := map[int]float32{}
	for i := 1; i < len(l.tags); i++ {
		clear(pair)
		sum := float32(0)
		for a, p := range b.forth[i-1] {
			if p < faint {
				continue
			}
			for c, w := range b.trans[a*k:][:k] {
				if q := p * w * b.emit[i][c] * b.back[i][c]; q > trace {
					pair[a*k+c] = q
					sum += q
				}
			}
		}
		for at, q := range pair {
			pair[at] = q / sum
		}
		pair[l.tags[i-1]*k+l.tags[i]]--
		for at, g := range pair {
			if (g > faint || g < -faint) && t.trans[at] > forbidden {
				ada(&t.trans[at], &squares[at], g)
			}
		}
	}
}

// ada moves w against gradient g.
func ada(w, square *float32, g float32) {
	g += shrink * *w
	*square += g * g
	*w -= step * g / float32(math.Sqrt(float64(*square)+1e-8))
}
