package guard

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// Action is what is done about a word.
type Action string

// The actions, mildest first.
const (
	Mask    Action = "mask"    // the word is shown as asterisks
	Block   Action = "block"   // a line is said instead of the message or the answer
	HandOff Action = "handoff" // a person is wanted
)

// Side is whose words a list is about.
type Side string

// The sides.
const (
	FromCustomer Side = "customer"
	FromBot      Side = "bot"
)

// List is words and what is done about them.
type List struct {
	Name   string // traces and cards show it, never the word
	Words  []string
	Action Action
	In     []Side // nil is both
}

// longestWord bounds a word, in characters, and mostWords all lists together.
const (
	longestWord = 64
	mostWords   = 200_000
)

// matcher finds all words of all lists in one pass (Aho and Corasick, 1975). It
// is immutable.
type matcher struct {
	lists []List
	nodes []node
}

type node struct {
	next map[rune]int32
	fail int32
	ends []ending // words that end here, also those of its suffixes
}

type ending struct {
	list  int32
	runes int32
}

// hit is a word in a text, in bytes.
type hit struct {
	list     int32
	from, to int
}

func compile(lists []List) (*matcher, error) {
	m := &matcher{nodes: []node{{}}}
	total := 0
	for i, l := range lists {
		where := fmt.Sprintf("word list %d", i+1)
		if l.Name != "" {
			where = fmt.Sprintf("word list %q", l.Name)
		}
		if !slices.Contains([]Action{Mask, Block, HandOff}, l.Action) {
			return nil, core.Invalid("%s: action %q is none of mask, block, handoff", where, l.Action)
		}
		for _, s := range l.In {
			if s != FromCustomer && s != FromBot {
				return nil, core.Invalid("%s: in %q is neither customer nor bot", where, s)
			}
		}
		for n, w := range l.Words {
			rs := letters(w)
			if len(rs) == 0 || len(rs) > longestWord {
				return nil, core.Invalid("%s, word %d: want 1 to %d letters", where, n+1, longestWord)
			}
			if total++; total > mostWords {
				return nil, core.Invalid("word lists: more than %d words", mostWords)
			}
			m.add(rs, int32(i))
		}
	}
	m.lists = lists
	m.link()
	return m, nil
}

func (m *matcher) add(word []letter, list int32) {
	at := int32(0)
	for _, l := range word {
		next, ok := m.nodes[at].next[l.r]
		if !ok {
			if m.nodes[at].next == nil {
				m.nodes[at].next = map[rune]int32{}
			}
			next = int32(len(m.nodes))
			m.nodes[at].next[l.r] = next
			m.nodes = append(m.nodes, node{})
		}
		at = next
	}
	m.nodes[at].ends = append(m.nodes[at].ends, ending{list, int32(len(word))})
}

// link sets where each node goes on when the next letter does not fit, nearest
// to the root first.
func (m *matcher) link() {
	queue := []int32{0}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for r, next := range m.nodes[at].next {
			if at != 0 {
				m.nodes[next].fail = m.step(m.nodes[at].fail, r)
			}
			m.nodes[next].ends = append(m.nodes[next].ends, m.nodes[m.nodes[next].fail].ends...)
			queue = append(queue, next)
		}
	}
}

func (m *matcher) step(at int32, r rune) int32 {
	for {
		if next, ok := m.nodes[at].next[r]; ok {
			return next
		}
		if at == 0 {
			return 0
		}
		at = m.nodes[at].fail
	}
}

// find returns the words in text of the lists about side, in order of their ends.
func (m *matcher) find(text string, side Side) []hit {
	if m == nil || len(m.nodes) == 1 {
		return nil
	}
	var out []hit
	ls := letters(text)
	at := int32(0)
	for i, l := range ls {
		at = m.step(at, l.r)
		for _, e := range m.nodes[at].ends {
			from := i + 1 - int(e.runes)
			in := m.lists[e.list].In
			if whole(ls, from, i) && (in == nil || slices.Contains(in, side)) {
				out = append(out, hit{e.list, ls[from].from, l.to})
			}
		}
	}
	return out
}

// letter is a character as it is compared, and where it stands.
type letter struct {
	r        rune
	from, to int
}

// letters folds a text for comparison: small, narrow, simplified. What stands
// between the characters of a Chinese word to hide it is left out; between
// Latin letters it counts as one blank, so that words stay words.
func letters(text string) []letter {
	out := make([]letter, 0, len(text))
	gap := false
	for i, r := range text {
		n := len(string(r))
		if r >= '！' && r <= '～' {
			r -= 0xfee0
		}
		r = unicode.ToLower(nlu.Simplify(r))
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && len(out) > 0 && latin(out[len(out)-1].r) && latin(r) {
				out = append(out, letter{' ', i, i})
			}
			out = append(out, letter{r, i, i + n})
			gap = false
		case !unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Mn, r):
			gap = true
		}
	}
	return out
}

// latin reports whether r belongs to a script that puts blanks between words.
func latin(r rune) bool {
	return !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}

// whole reports whether ls[from:last+1] begins and ends where words do.
func whole(ls []letter, from, last int) bool {
	joined := func(a, b letter) bool { return a.r != ' ' && b.r != ' ' && latin(a.r) && latin(b.r) && a.to == b.from }
	return !(from > 0 && joined(ls[from-1], ls[from])) && !(last+1 < len(ls) && joined(ls[last], ls[last+1]))
}

// gravest is the strongest action among hits, and the list that wants it.
func (m *matcher) gravest(hits []hit) (a Action, list string) {
	order := []Action{"", Mask, Block, HandOff}
	for _, h := range hits {
		l := m.lists[h.list]
		if slices.Index(order, l.Action) > slices.Index(order, a) {
			a, list = l.Action, l.Name
		}
	}
	return a, list
}

// mask puts an asterisk for each character of the hits whose list masks.
func (m *matcher) mask(text string, hits []hit) string {
	var b strings.Builder
	for i, r := range text {
		in := func(h hit) bool { return m.lists[h.list].Action == Mask && h.from <= i && i < h.to }
		if slices.ContainsFunc(hits, in) && !unicode.IsSpace(r) {
			r = '*'
		}
		b.WriteRune(r)
	}
	return b.String()
}
