package ingest

import (
	"strings"
	"testing"

	"frontdesk/knowledge"
)

func TestATableOfContentsIsLeftOut(t *testing.T) {
	head := func(s string) knowledge.Block {
		return knowledge.Block{Kind: knowledge.Heading, Level: 1, Text: s, Page: 2}
	}
	text := func(s string) knowledge.Block { return knowledge.Block{Text: s, Page: 1} }
	body := []knowledge.Block{head("1. 冰箱 Refrigerators"), text("正文。"), head("2. 退货"), text("七天。"), head("3 Warranty"), text("Two years."), head("4 Parts list"), text("None.")}
	lines := []knowledge.Block{text("1. 冰箱 — Refrigerators"), text("2. 退货 ........ 12"), text("3 Warranty 14\n4 Parts list\t15")}
	for _, c := range []struct {
		name   string
		before []knowledge.Block
		want   int // blocks left before the body
		left   int
	}{
		{"with its heading", append([]knowledge.Block{head("目录")}, lines...), 0, 3},
		{"and a paragraph before it", append([]knowledge.Block{text("A preface.")}, lines...), 1, 3},
		{"and one below its heading", append(append([]knowledge.Block{head("Contents")}, lines...), text("Read all of it.")), 2, 3},
		{"too few lines", lines[:2], 2, 0},
		{"a list of something else", []knowledge.Block{head("Wanted"), text("salt"), text("2. 退货"), text("sugar"), text("milk"), text("bread")}, 6, 0},
	} {
		got := withoutContents(knowledge.Parsed{Blocks: append(append([]knowledge.Block(nil), c.before...), body...)})
		left := 0
		for _, o := range got.Left {
			left += o.Pieces
		}
		if n := len(got.Blocks) - len(body); n != c.want || left != c.left || !strings.Contains(show(got), "Two years.") {
			t.Errorf("%s: %d blocks before the body, %d left out:\n%s", c.name, n, left, show(got))
		}
	}
}
