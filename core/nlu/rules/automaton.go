package rules

// automaton finds many words in one pass over a text, in a time linear in the
// text and what is found (Aho and Corasick, "Efficient string matching: an aid
// to bibliographic search", CACM 18(6), 1975). It is immutable once made.
type automaton struct {
	next map[edge]int32 // of the trie
	fail []int32        // the state of the longest proper suffix
	word []int32        // that ends in a state; -1 if none does
	less []int32        // the nearest suffix in which a word ends; 0 if none does
	size []int          // of the words, in letters
}

// edge leads from a state by a letter.
type edge struct {
	from int32
	by   rune
}

// newAutomaton finds words, none of which is empty; of equal ones, the first.
func newAutomaton(words [][]rune) *automaton {
	a := &automaton{next: map[edge]int32{}}
	a.grow()
	var in []edge // by state, less one: how one comes there, in the order of making
	for i, w := range words {
		at := int32(0)
		for _, r := range w {
			to, ok := a.next[edge{at, r}]
			if !ok {
				to = a.grow()
				a.next[edge{at, r}] = to
				in = append(in, edge{at, r})
			}
			at = to
		}
		if a.word[at] < 0 {
			a.word[at] = int32(i)
		}
		a.size = append(a.size, len(w))
	}
	a.link(in)
	return a
}

func (a *automaton) grow() int32 {
	a.fail, a.word, a.less = append(a.fail, 0), append(a.word, -1), append(a.less, 0)
	return int32(len(a.fail) - 1)
}

// link sets fail and less, nearer states before farther ones.
func (a *automaton) link(in []edge) {
	depth := make([]int, len(a.fail))
	var levels [][]int32
	for i, e := range in { // a state is made after the one before it
		s := int32(i + 1)
		depth[s] = depth[e.from] + 1
		if depth[s] > len(levels) {
			levels = append(levels, nil)
		}
		levels[depth[s]-1] = append(levels[depth[s]-1], s)
	}
	for d, states := range levels {
		for _, s := range states {
			e := in[s-1]
			if d > 0 {
				a.fail[s] = a.step(a.fail[e.from], e.by)
			}
			if f := a.fail[s]; a.word[f] >= 0 {
				a.less[s] = f
			} else {
				a.less[s] = a.less[f]
			}
		}
	}
}

// step is where letter r leads from state s.
func (a *automaton) step(s int32, r rune) int32 {
	for {
		if to, ok := a.next[edge{s, r}]; ok {
			return to
		}
		if s == 0 {
			return 0
		}
		s = a.fail[s]
	}
}

// scan tells found of each word in text, by its place among the words, and
// where it stands. Words that end sooner come sooner; of those that end
// together, the longest first.
func (a *automaton) scan(text []rune, found func(word, from, to int)) {
	s := int32(0)
	for i, r := range text {
		s = a.step(s, r)
		at := s
		if a.word[at] < 0 {
			at = a.less[at]
		}
		for ; at != 0; at = a.less[at] {
			w := int(a.word[at])
			found(w, i+1-a.size[w], i+1)
		}
	}
}
