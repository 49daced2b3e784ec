package rules

import (
	"strings"
	"testing"
	"time"

	"frontdesk/core/nlu"
)

// Whatever is written, up to 100 kB of it, rules take less than 50 ms: the best
// of five, for the machine may have other work.
func TestLongTexts(t *testing.T) {
	x, err := New(append(goods(), nlu.Lexicon{Name: "colour", Values: []nlu.Value{{Value: "red", Synonyms: []string{"红", "rouge"}}, {Value: strings.Repeat("a", 90) + "b"}}}))
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range []string{"1", "1 ", "12-", "vacum ", "电水", "dian ", "订单", "订单号1", "a", "a@", "a.b-", "http://", "北京市", "百分之", "1点", "下周三", "May 1 ", "+1 (2) ",
		"4111 ", "京A1", "红", "\xff", "e\u0301", "😀", "١٢", "一百万", "$1,", "1.2.3-", "أهلا 你好 hi 1 "} {
		text := strings.Repeat(unit, 100_000/len(unit))
		best := time.Hour
		for range 5 {
			start := time.Now()
			x.Find(text, start)
			best = min(best, time.Since(start))
		}
		if best > slowdown*50*time.Millisecond {
			t.Errorf("%q a hundred kilobytes long takes %v", unit, best)
		}
	}
}
