package rules

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"frontdesk/core/nlu"
)

func goods() []nlu.Lexicon {
	return []nlu.Lexicon{{Name: "product", Values: []nlu.Value{
		{Value: "kettle", Synonyms: []string{"electric kettle", "电水壶", "水壶", "K2"}},
		{Value: "vacuum", Synonyms: []string{"robot vacuum", "扫地机器人"}},
		{Value: "purifier", Synonyms: []string{"air purifier", "空气净化器"}},
		{Value: "T-shirt", Synonyms: []string{"T恤"}},
	}}}
}

// What is written exactly is sure; slips of the hand, characters that sound
// alike and pinyin are guesses.
func TestDictionary(t *testing.T) {
	x, err := New(goods())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text, want string
		score      float64
	}{
		{"is the Electric Kettle in stock", "kettle=Electric Kettle", fitting},
		{"我的電水壺坏了", "kettle=電水壺", fitting},
		{"ｋ２ 还有吗", "kettle=ｋ２", fitting},
		{"my K23 is broken", "", 0},
		{"kettles", "kettle=kettles", maybe},
		{"a t-shirt", "T-shirt=t-shirt", fitting},
		{"the electrci kettle leaks", "kettle=kettle", fitting},
		{"the electrickettle leaks", "kettle=electrickettle", maybe},
		{"my vacum stopped", "vacuum=vacum", maybe},
		{"the purifyer", "purifier=purifyer", maybe},
		{"the puritans", "", 0},
		{"please settle my bill", "", 0},
		{"扫弟机器人不动了", "vacuum=扫弟机器人", maybe},
		{"空器净化气", "purifier=空器净化气", maybe},
		{"店水湖多少钱", "kettle=店水湖", maybe},
		{"水湖", "", 0},
		{"dianshuihu duoshao qian", "kettle=dianshuihu", maybe},
		{"dian shui hu", "kettle=dian shui hu", maybe},
		{"saodi jiqiren", "vacuum=saodi jiqiren", maybe},
	} {
		var got []string
		for _, e := range x.Find(c.text, time.Now()) {
			if e.Name != "product" {
				continue
			}
			got = append(got, e.Value+"="+e.Text)
			if e.Score != c.score || c.text[e.Start:e.End] != e.Text {
				t.Errorf("%q: %+v, want score %v", c.text, e, c.score)
			}
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%q: %q, want %q", c.text, g, c.want)
		}
	}
}

// Two values as near are none, and digits are never a slip.
func TestDictionaryDoubt(t *testing.T) {
	x, err := New([]nlu.Lexicon{{Name: "n", Values: []nlu.Value{{Value: "marian"}, {Value: "maribn"}, {Value: "model2500"}}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"marixa", "model2501", "model250"} {
		for _, e := range x.Find(text, time.Now()) {
			if e.Name == "n" {
				t.Errorf("%q: %+v", text, e)
			}
		}
	}
}

// The automaton finds what trying every word at every place finds.
func FuzzAutomaton(f *testing.F) {
	f.Add("abab a b ba bab", "babababa")
	f.Add("a aa aaa aaaa", "aaaaabaaa")
	f.Add("水 水壶 电水壶 壶", "我的电水壶和水壶")
	f.Fuzz(func(t *testing.T, list, text string) {
		var words [][]rune
		seen := map[string]bool{}
		for _, w := range strings.Fields(list) {
			if !seen[w] && len(words) < 20 {
				seen[w] = true
				words = append(words, []rune(w))
			}
		}
		rs := []rune(text)
		rs = rs[:min(len(rs), 200)]
		got := map[string]int{}
		newAutomaton(words).scan(rs, func(w, from, to int) { got[fmt.Sprint(w, from, to)]++ })
		want := 0
		for w, word := range words {
			for i := 0; i+len(word) <= len(rs); i++ {
				if string(rs[i:i+len(word)]) == string(word) {
					want++
					if got[fmt.Sprint(w, i, i+len(word))] != 1 {
						t.Fatalf("%q at %d of %q: found %d times", string(word), i, text, got[fmt.Sprint(w, i, i+len(word))])
					}
				}
			}
		}
		if len(got) != want {
			t.Fatalf("%d found in %q, want %d", len(got), text, want)
		}
	})
}

// steps is how many edges and suffixes a scan tries.
func steps(a *automaton, text []rune) (n int) {
	s := int32(0)
	for _, r := range text {
		for {
			n++
			to, ok := a.next[edge{s, r}]
			if ok {
				s = to
			}
			if ok || s == 0 {
				break
			}
			s = a.fail[s]
		}
	}
	return n
}

// The time is linear in the text, whatever the list: at most two steps a letter.
func TestAutomatonIsLinear(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	var words [][]rune
	for n := range 60 {
		words = append(words, []rune(strings.Repeat("a", n)+"b"), []rune(strings.Repeat("ab", n+1)+"c"))
	}
	for range 5000 {
		w := make([]rune, 2+rnd.IntN(8))
		for i := range w {
			w[i] = rune('a' + rnd.IntN(4))
		}
		words = append(words, w)
	}
	a := newAutomaton(words)
	for _, unit := range []string{"a", "ab", "aab", "abac", "z"} {
		for _, n := range []int{1000, 100_000} {
			text := []rune(strings.Repeat(unit, n/len(unit)))
			if got := steps(a, text); got > 2*len(text) {
				t.Errorf("%q, %d letters: %d steps", unit, n, got)
			}
		}
	}
}

// A long list costs a text no more than a short one, but for the processor's memory.
func TestLongList(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	var all nlu.Lexicon
	all.Name = "part"
	for i := range 20_000 {
		w := ""
		for range 8 {
			w += string(rune('a' + rnd.IntN(26)))
		}
		all.Values = append(all.Values, nlu.Value{Value: fmt.Sprintf("%s %s", w, w[2:7]), Synonyms: []string{fmt.Sprintf("零件%c%c%d", rune(0x4e00+i%4000), rune(0x5000+i/7), i)}})
	}
	x, err := New([]nlu.Lexicon{all})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("is the part "+all.Values[7].Value+" here? 零件在吗 ", 300)
	best := time.Hour
	for range 5 {
		start := time.Now()
		if got := x.Find(text, start); len(got) < 250 {
			t.Fatalf("%d found", len(got))
		}
		best = min(best, time.Since(start))
	}
	t.Logf("%d bytes, %d values: %v", len(text), len(all.Values), best)
	if best > slowdown*50*time.Millisecond {
		t.Errorf("it takes %v", best)
	}
}

func TestReading(t *testing.T) {
	for r, want := range map[rune]string{'壶': "hu", '绿': "lv", 'a': "", '你': "ni", '龘': "", '重': "zhong"} {
		if got := nlu.Reading(r); got != want {
			t.Errorf("%c is read %q, want %q", r, got, want)
		}
	}
}
