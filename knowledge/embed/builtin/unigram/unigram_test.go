package unigram

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// table is a small vocabulary; pieces are numbered in order, 0 is unknown.
func table(pieces map[string]float32) (*Table, []string) {
	names := []string{"<unk>"}
	t := &Table{Scores: []float32{0}, UnknownScore: -20,
		NormKey: []uint32{0x3000, 0xfb01, 0xff21}, NormOff: []uint32{0, 1, 3, 4}, NormOut: []uint32{' ', 'f', 'i', 'A'}}
	for p := range pieces {
		names = append(names, p)
	}
	slices.Sort(names[1:])
	var entries []Entry
	for i, p := range names[1:] {
		entries = append(entries, Entry{p, int32(i + 1)})
		t.Scores = append(t.Scores, pieces[p])
	}
	t.Trie = Build(entries)
	return t, names
}

func TestCut(t *testing.T) {
	tab, names := table(map[string]float32{"▁": -3, "a": -2, "b": -2, "ab": -3, "▁ab": -5.5, "f": -4, "i": -4, "fi": -6, "退": -5, "退货": -6, "货": -5, "A": -1})
	if err := tab.Validate(); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"":           "▁",
		"ab":         "▁ab", // -5.5 beats -3-3
		"abab":       "▁ab ab",
		"退货退":        "▁ 退货 退",
		"a  b":       "▁ a ▁ b",
		"a\u3000b":   "▁ a ▁ b", // the wide space is a space
		"\uff21":     "▁ A",
		"\ufb01":     "▁ fi",
		"a😀b":        "▁ a <unk> b",
		"\xffa":      "▁ <unk> a",
		" ":          "▁",
		"</s>":       "▁ <unk> <unk> <unk> <unk>",
		"a\u2581b  ": "▁ a ▁ b ▁",
	} {
		var l Lattice
		var got []string
		for _, id := range tab.Cut(nil, "", text, &l) {
			got = append(got, names[id])
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q is cut %q, want %q", text, s, want)
		}
	}
}

// The path is the best of all there are.
func TestCutIsBest(t *testing.T) {
	pieces := map[string]float32{"▁": -1, "a": -2, "aa": -3.5, "aab": -4, "b": -2.5, "ba": -3, "abaa": -6.7, "▁a": -2.2}
	tab, names := table(pieces)
	var best func(s string) float64
	best = func(s string) float64 {
		if s == "" {
			return 0
		}
		top := math.Inf(-1)
		for p, score := range pieces {
			if rest, ok := strings.CutPrefix(s, p); ok {
				top = max(top, float64(score)+best(rest))
			}
		}
		return top
	}
	var l Lattice
	for n := range 1 << 9 {
		text := "a"
		for bit := range 9 {
			text += string("ab"[n>>bit&1])
		}
		sum := 0.0
		for _, id := range tab.Cut(nil, "", text, &l) {
			sum += float64(pieces[names[id]])
		}
		if want := best("▁" + text); math.Abs(sum-want) > 1e-4 {
			t.Fatalf("%q is cut for %v, the best is %v", text, sum, want)
		}
	}
}

func TestBuildFindsAll(t *testing.T) {
	var entries []Entry
	for i := range 5000 {
		entries = append(entries, Entry{strings.Repeat("xy", i%3) + string(rune(0x4e00+i)), int32(i)})
	}
	trie := Build(entries)
	for _, e := range entries {
		node := int32(0)
		for _, c := range []byte(e.Text) {
			next := trie[node].Base + int32(c)
			if trie[next].Check != node {
				t.Fatalf("%q is not there", e.Text)
			}
			node = next
		}
		if trie[node].Piece != e.Piece {
			t.Fatalf("%q is piece %d, want %d", e.Text, trie[node].Piece, e.Piece)
		}
	}
}

func TestValidate(t *testing.T) {
	for name, spoil := range map[string]func(*Table){
		"no cells":          func(t *Table) { t.Trie = nil },
		"piece outside":     func(t *Table) { t.Trie[0].Piece = 99 },
		"negative piece":    func(t *Table) { t.Trie[0].Piece = -2 },
		"negative base":     func(t *Table) { t.Trie[0].Base = -1 },
		"unknown outside":   func(t *Table) { t.Unknown = 99 },
		"score no number":   func(t *Table) { t.Scores[1] = float32(math.NaN()) },
		"score too great":   func(t *Table) { t.Scores[1] = -1e30 },
		"keys out of order": func(t *Table) { t.NormKey[0] = 1 << 20 },
		"offsets too few":   func(t *Table) { t.NormOff = t.NormOff[1:] },
		"offset outside":    func(t *Table) { t.NormOff[3] = 99 },
		"offsets unordered": func(t *Table) { t.NormOff[1], t.NormOff[2] = 3, 1 },
		"no code point":     func(t *Table) { t.NormOut[0] = 1 << 30 },
	} {
		tab, _ := table(map[string]float32{"a": -1})
		spoil(tab)
		if tab.Validate() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
