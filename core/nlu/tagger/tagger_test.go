package tagger

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"frontdesk/core"
)

// mark makes an example of a text with entities in [name:brackets].
func mark(text string) Example {
	var e Example
	for {
		before, rest, ok := strings.Cut(text, "[")
		e.Text += before
		if !ok {
			return e
		}
		in, after, _ := strings.Cut(rest, "]")
		name, words, _ := strings.Cut(in, ":")
		e.Spans = append(e.Spans, Span{len(e.Text), len(e.Text) + len(words), name})
		e.Text += words
		text = after
	}
}

func lessons() []Example {
	var out []Example
	stops := []string{"garching", "hauptbahnhof", "odeonsplatz", "sendlinger tor", "市民中心", "火车站", "大学城", "olympia park"}
	for i, a := range stops {
		b := stops[(i+1+i%3)%len(stops)]
		out = append(out, mark("i want to go from [from:"+b+"] to [to:"+a+"] please"), mark("我想从[from:"+a+"]坐车到[to:"+b+"]"))
		out = append(out, mark("how do i get from [from:"+a+"] to [to:"+b+"]?"), mark("从[from:"+a+"]到[to:"+b+"]怎么走"),
			mark("i want to go to [to:"+b+"] from [from:"+a+"]"), mark("你好，谢谢"), mark("the weather is fine"))
	}
	return out
}

func train(t testing.TB, es []Example) *Tagger {
	t.Helper()
	tg, err := Train(context.Background(), es)
	if err != nil {
		t.Fatal(err)
	}
	return tg
}

func TestFind(t *testing.T) {
	tg := train(t, lessons())
	for text, want := range map[string]string{
		"How do I get from Westpark to Hauptbahnhof?": "from=Westpark to=Hauptbahnhof",
		"从大学城到市民中心怎么走":                                "from=大学城 to=市民中心",
		"i want to go to Sendlinger Tor from Nowhere": "to=Sendlinger Tor from=Nowhere",
		"the weather is fine":                         "", "": "", "  ": "",
	} {
		var got []string
		for _, e := range tg.Find(text) {
			got = append(got, e.Name+"="+e.Value)
			if text[e.Start:e.End] != e.Text || e.Score <= 0 || e.Score > 1.0001 {
				t.Errorf("%q: %+v", text, e)
			}
		}
		if g := strings.Join(got, " "); g != want {
			t.Errorf("%q: %q, want %q", text, g, want)
		}
	}
	if got := tg.Names(); !reflect.DeepEqual(got, []string{"from", "to"}) {
		t.Errorf("names %v", got)
	}
}

func TestSameTagger(t *testing.T) {
	a, b := train(t, lessons()), train(t, lessons())
	const text = "from somewhere to 火车站"
	if x, y := fmt.Sprint(a.Find(text)), fmt.Sprint(b.Find(text)); x != y {
		t.Errorf("%s and %s", x, y)
	}
}

// With many sentences more is looked at: what a sentence is about tells what
// its price is of.
func TestTopics(t *testing.T) {
	var es []Example
	for i := range plenty / 2 {
		es = append(es, mark(fmt.Sprintf("酒店 %d 号 价格 [room:%d元] 左右", i%7, i)), mark(fmt.Sprintf("餐馆 %d 号 价格 [meal:%d元] 左右", i%7, i)))
	}
	tg := train(t, es)
	for text, want := range map[string]string{"酒店 3 号 价格 9999元 左右": "room", "餐馆 3 号 价格 9999元 左右": "meal"} {
		if got := tg.Find(text); len(got) != 1 || got[0].Name != want || got[0].Value != "9999元" {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func TestMistakes(t *testing.T) {
	for _, s := range []Span{{0, 9, "x"}, {1, 1, "x"}, {-1, 1, "x"}, {0, 1, ""}} {
		var input *core.InputError
		if _, err := Train(context.Background(), []Example{{"abc", []Span{s}}}); !errors.As(err, &input) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Train(ctx, lessons()); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	if got := train(t, nil).Find("anything"); got != nil {
		t.Errorf("nothing was learnt, and %v is found", got)
	}
}

// The two passes give what adding up all sequences gives.
func TestMarginals(t *testing.T) {
	const k, n = 3, 4
	l := lattice{n: n, k: k, emit: rows(n, k), trans: make([]float32, k*k)}
	for i := range l.trans {
		l.trans[i] = float32(i%4) / 3
	}
	l.trans[0*k+2] = forbidden
	for i := range l.emit {
		for c := range l.emit[i] {
			l.emit[i][c] = float32((i*5+c*3)%7) / 2
		}
	}
	sum, want, best, top := 0.0, make([][k]float64, n), 0, -1.0
	for s := range 81 {
		tag := func(i int) int { return s / int(math.Pow(k, float64(i))) % k }
		score := float64(0)
		for i := range n {
			score += float64(l.emit[i][tag(i)])
			if i > 0 {
				score += float64(l.trans[tag(i-1)*k+tag(i)])
			}
		}
		if tag(0) == 2 {
			continue // nothing began
		}
		p := math.Exp(score)
		sum += p
		if p > top {
			best, top = s, p
		}
		for i := range n {
			want[i][tag(i)] += p
		}
	}
	path := l.best()
	for i, m := range l.marginals() {
		for c := range m {
			if math.Abs(float64(m[c])-want[i][c]/sum) > 1e-4 {
				t.Errorf("token %d, tag %d: %v, want %v", i, c, m[c], want[i][c]/sum)
			}
		}
		if tag := best / int(math.Pow(k, float64(i))) % k; path[i] != tag {
			t.Errorf("token %d is tagged %d, want %d", i, path[i], tag)
		}
	}
}

func FuzzFind(f *testing.F) {
	tg := train(f, lessons())
	for _, s := range []string{"", "from a to b", "\xff\xfe", "从\xe5到", strings.Repeat("从 a ", 1000), "e\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		last := 0
		for _, e := range tg.Find(s) {
			if e.Start < last || e.End <= e.Start || e.End > len(s) || s[e.Start:e.End] != e.Text {
				t.Fatalf("%q: %+v", s, e)
			}
			last = e.End
		}
	})
}
