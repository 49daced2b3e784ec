package nlu_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/core/nlu"
)

func TestSplit(t *testing.T) {
	for _, c := range [][]string{
		{"我要退货，另外发票怎么开？", "我要退货", "发票怎么开？"},
		{"cancel my order and what's your address", "cancel my order", "what's your address"},
		{"Where is my order? Also, can I change the address?", "Where is my order?", "can I change the address?"},
		{"帮我查下订单。还有，运费多少？", "帮我查下订单。", "运费多少？"},
		{"你们几点开门？顺便问一下能不能开发票，对了怎么退货", "你们几点开门？", "能不能开发票", "怎么退货"},
		{"I want to return the kettle. By the way, how much is shipping to Canada?", "I want to return the kettle.", "how much is shipping to Canada?"},
		{"How long is the warranty\nHow do I get an invoice", "How long is the warranty", "How do I get an invoice"},
		{"请问怎么退货？发票怎么开？", "请问怎么退货？", "发票怎么开？"},
		{"What is the price of K2 and how long does delivery take?", "What is the price of K2", "how long does delivery take?"},
		// one thing
		{"我要退货", "我要退货"},
		{"我上周买了一个水壶。怎么退货？", "我上周买了一个水壶。怎么退货？"},
		{"I bought a kettle last week. How do I return it?", "I bought a kettle last week. How do I return it?"},
		{"where is my order? is it lost?", "where is my order? is it lost?"},
		{"I want to return the kettle and the lamp", "I want to return the kettle and the lamp"},
		{"return the kettle and get my money back", "return the kettle and get my money back"},
		{"how much is 3.50 USD in EUR?", "how much is 3.50 USD in EUR?"},
		{"水壶多少钱？那个有保修吗？", "水壶多少钱？那个有保修吗？"},
		{"你好！请问怎么退货？谢谢", "你好！请问怎么退货？谢谢"},
		{"这个还有吗", "这个还有吗"},
		{"", ""},
		{"？！", "？！"},
	} {
		if got := nlu.Split(c[0]); !slices.Equal(got, c[1:]) {
			t.Errorf("%q: %q, want %q", c[0], got, c[1:])
		}
	}
}

// The parts are pieces of the text, in order and without overlap.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{"我要退货，另外发票怎么开？", "a and what? and also? b. please. and", "\xff and what", "、还有 、还有请", "what?? also also what"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		parts, at := nlu.Split(s), 0
		if len(parts) == 0 {
			t.Fatalf("%q has no parts", s)
		}
		for _, p := range parts {
			i := strings.Index(s[at:], p)
			if i < 0 {
				t.Fatalf("%q: %q is none of it, or out of order", s, p)
			}
			at += i + len(p)
		}
	})
}

// Whatever is written, a cut takes less than 50 ms, where trying each end against
// all that follows takes ten times as long: the best of five, for the machine may
// have other work.
func TestSplitIsQuick(t *testing.T) {
	for _, unit := range []string{"what? ", " and what", "，还有请", "请。", "a b c it "} {
		text, best := strings.Repeat(unit, 2000/len(unit)), time.Hour
		for range 5 {
			start := time.Now()
			nlu.Split(text)
			best = min(best, time.Since(start))
		}
		t.Logf("%q: %v", unit, best)
		if best > slowdown*50*time.Millisecond {
			t.Errorf("%q: %v", unit, best)
		}
	}
}
