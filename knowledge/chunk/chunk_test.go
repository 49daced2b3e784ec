package chunk

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"frontdesk/core"
	"frontdesk/knowledge"
)

func head(level int, text string) knowledge.Block {
	return knowledge.Block{Kind: knowledge.Heading, Level: level, Text: text}
}

func para(text string) knowledge.Block { return knowledge.Block{Text: text} }

// unplaced is ps without where they stand, which TestPassagesKnowTheirPlace tells.
func unplaced(ps []core.Passage) []core.Passage {
	for i := range ps {
		ps[i].From, ps[i].To, ps[i].Section = 0, 0, 0
	}
	return ps
}

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		name   string
		blocks []knowledge.Block
		want   []core.Passage
	}{
		{"nothing", nil, nil},
		{"headings are the title", []knowledge.Block{head(1, "手册"), head(2, "退货"), para("七天内可退。"), head(2, "保修"), para("两年。"), head(1, "附录"), para("无。")},
			[]core.Passage{{Title: "手册 › 退货", Text: "七天内可退。"}, {Title: "手册 › 保修", Text: "两年。"}, {Title: "附录", Text: "无。"}}},
		{"skipped levels", []knowledge.Block{head(1, "A"), head(3, "C"), para("x"), head(2, "B"), para("y")},
			[]core.Passage{{Title: "A › C", Text: "x"}, {Title: "A › B", Text: "y"}}},
		{"short paragraphs share a passage", []knowledge.Block{para("一。"), para("二。"), {Kind: knowledge.Item, Text: "• 三"}},
			[]core.Passage{{Text: "一。\n二。\n• 三"}}},
		{"rows and pairs stand alone", []knowledge.Block{para("前言"), {Kind: knowledge.Row, Text: "型号: A; 价格: 1"}, {Kind: knowledge.Row, Text: "型号: B; 价格: 2"},
			{Kind: knowledge.Pair, Question: " 怎么退？ ", Text: "申请即可。"}},
			[]core.Passage{{Text: "前言"}, {Text: "型号: A; 价格: 1"}, {Text: "型号: B; 价格: 2"}, {Question: "怎么退？", Text: "申请即可。"}}},
		{"a page ends a passage", []knowledge.Block{{Text: "一。", Page: 1}, {Text: "二。", Page: 2}, {Text: "三。", Page: 2}},
			[]core.Passage{{Text: "一。", Page: 1}, {Text: "二。\n三。", Page: 2}}},
		{"a heading alone is kept", []knowledge.Block{head(1, "联系"), {Kind: knowledge.Heading, Level: 2, Text: "电话 400-123", Page: 3}, head(2, "地址"), para("深圳。")},
			[]core.Passage{{Title: "联系", Text: "电话 400-123", Page: 3}, {Title: "联系 › 地址", Text: "深圳。"}}},
		{"blank blocks are nothing", []knowledge.Block{para("  \n "), head(1, " "), para("x")}, []core.Passage{{Text: "x"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, unplaced(Split(c.blocks))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestARowKeepsItsCells(t *testing.T) {
	cells := []core.Cell{{Column: "型号", Value: "A", Key: true}, {Column: "价格", Unit: "元", Value: "1"}}
	want := []core.Passage{{Title: "价目", Text: "型号: A; 价格（元）: 1", Page: 3, Cells: cells}}
	got := Split([]knowledge.Block{head(1, "价目"), {Kind: knowledge.Row, Text: want[0].Text, Page: 3, Cells: cells}})
	if diff := cmp.Diff(want, unplaced(got)); diff != "" {
		t.Error(diff)
	}
}

func TestSizes(t *testing.T) {
	var zh, en strings.Builder
	for i := range 200 {
		fmt.Fprintf(&zh, "这是第%d句话，它说明了退货的一个条件。", i)
		fmt.Fprintf(&en, "This is sentence number %d and it explains one condition of returns. ", i)
	}
	for name, text := range map[string]string{"zh": zh.String(), "en": en.String()} {
		got := Split([]knowledge.Block{para(text)})
		for i, p := range got[:len(got)-1] {
			units, low, high := utf8.RuneCountInString(p.Text), 120, 260
			if name == "en" {
				units, low, high = len(strings.Fields(p.Text)), 60, 160
			}
			if units < low || units > high {
				t.Errorf("%s: passage %d has %d units, want %d to %d", name, i, units, low, high)
			}
		}
	}
}

func TestLongParagraphsRepeatTheLastSentence(t *testing.T) {
	var b strings.Builder
	for i := range 60 {
		fmt.Fprintf(&b, "第%d条规定说明了退换货的一个具体条件。", i)
	}
	got := Split([]knowledge.Block{para(b.String())})
	if len(got) < 2 {
		t.Fatalf("%d passages", len(got))
	}
	first := knowledge.Sentences(got[0].Text)
	if last := first[len(first)-1]; !strings.HasPrefix(got[1].Text, last) {
		t.Errorf("the second passage begins with %.40q, want %q", got[1].Text, last)
	}
}

func TestTextWithoutSentencesIsCut(t *testing.T) {
	got := Split([]knowledge.Block{para(strings.Repeat("字", 10_000)), para(strings.Repeat("word ", 10_000))})
	for i, p := range got {
		if m := measure(p.Text); m > most {
			t.Errorf("passage %d measures %.0f", i, m)
		}
		if !utf8.ValidString(p.Text) {
			t.Errorf("passage %d was cut within a character", i)
		}
	}
}

// TestEverySentenceIsKept: whatever the blocks, each sentence is whole in some
// passage, under its heading and page, and twice the same blocks give the same.
func TestEverySentenceIsKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		blocks := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) knowledge.Block {
			n := rapid.IntRange(1, 12).Draw(t, "sentences")
			var b strings.Builder
			for range n {
				b.WriteString(rapid.StringMatching(`[a-z中文字]{1,40}。`).Draw(t, "sentence"))
			}
			return knowledge.Block{Text: b.String(), Page: rapid.IntRange(1, 2).Draw(t, "page")}
		}), 1, 8).Draw(t, "blocks")
		got := Split(blocks)
		if diff := cmp.Diff(got, Split(blocks)); diff != "" {
			t.Fatal(diff)
		}
		for _, b := range blocks {
			for _, s := range knowledge.Sentences(b.Text) {
				if !has(got, s, b.Page) {
					t.Fatalf("%q of page %d is in no passage", s, b.Page)
				}
			}
		}
	})
}

func has(ps []core.Passage, sentence string, page int) bool {
	for _, p := range ps {
		if p.Page == page && strings.Contains(p.Text, sentence) {
			return true
		}
	}
	return false
}

// TestPassagesKnowTheirPlace: the characters From to To of the document are the
// passage, but for a line repeated before a list that goes on.
func TestPassagesKnowTheirPlace(t *testing.T) {
	blocks := []knowledge.Block{head(1, "退货"), para("  七天内可退。 "), {Kind: knowledge.Row, Text: "型号: A; 价格: 1"}, head(2, "问答"),
		{Kind: knowledge.Pair, Question: "能退吗？", Text: "能。"}, para(strings.Repeat("这一句说明了一个条件，请注意。", 30)), head(2, "电话 400")}
	var doc strings.Builder
	for _, b := range blocks {
		doc.WriteString(whole(b) + "\n")
	}
	all := []rune(doc.String())
	got := Split(blocks)
	if len(got) < 6 {
		t.Fatalf("%d passages", len(got))
	}
	var sections []int
	for _, p := range got {
		want := p.Text
		if p.Question != "" {
			want = p.Question + "\n" + p.Text
		}
		if p.From < 0 || p.To > len(all) || strings.TrimSpace(string(all[p.From:p.To])) != want {
			t.Errorf("%d to %d is %q, want %q", p.From, p.To, string(all[max(0, p.From):min(len(all), p.To)]), want)
		}
		sections = append(sections, p.Section)
	}
	if sections[0] != 1 || sections[1] != 1 || sections[2] != 2 || sections[len(sections)-1] != 3 {
		t.Errorf("sections %v", sections)
	}
}

func TestClausesStandAlone(t *testing.T) {
	got := Split([]knowledge.Block{head(1, "5 上门"), para("5.1 市区 24 小时内上门。"), para("Within 24 hours."), para("5.2 保外 60 元。"), para("第六条 其他。"), para("3 千克以内免费。")})
	want := []core.Passage{{Title: "5 上门", Text: "5.1 市区 24 小时内上门。\nWithin 24 hours."}, {Title: "5 上门", Text: "5.2 保外 60 元。"}, {Title: "5 上门", Text: "第六条 其他。\n3 千克以内免费。"}}
	if diff := cmp.Diff(want, unplaced(got)); diff != "" {
		t.Error(diff)
	}
}

func TestALongListRepeatsItsLead(t *testing.T) {
	blocks := []knowledge.Block{para("以下情况不保修：")}
	for i := range 30 {
		blocks = append(blocks, knowledge.Block{Kind: knowledge.Item, Text: fmt.Sprintf("• 第 %d 种情况是顾客自己造成的损坏", i)})
	}
	got := Split(blocks)
	if len(got) < 2 {
		t.Fatalf("%d passages", len(got))
	}
	for i, p := range got {
		if !strings.HasPrefix(p.Text, "以下情况不保修：\n• ") {
			t.Errorf("passage %d begins with %.30q", i, p.Text)
		}
	}
}

func TestALongRowIsCutWithItsKey(t *testing.T) {
	row := knowledge.Block{Kind: knowledge.Row, Page: 2, Cells: []core.Cell{{Column: "型号", Value: "A3", Key: true}}}
	for i := range 40 {
		row.Cells = append(row.Cells, core.Cell{Column: fmt.Sprintf("参数 %d", i), Unit: "mm", Value: fmt.Sprint(1000 + i)})
	}
	row.Text = rowOf(row.Cells)
	got := Split([]knowledge.Block{row})
	seen := 0
	for _, p := range got {
		if !strings.HasPrefix(p.Text, "型号: A3; 参数") || measure(p.Text) > most || p.Page != 2 || !p.Cells[0].Key || strings.Count(p.Text, "; ") != len(p.Cells)-1 {
			t.Errorf("got %+v", p)
		}
		seen += len(p.Cells) - 1
	}
	if len(got) < 2 || seen != 40 || !strings.Contains(got[0].Text, "参数 0 (mm): 1000") {
		t.Errorf("%d passages, %d cells: %+v", len(got), seen, got)
	}
}

func TestHash(t *testing.T) {
	p := core.Passage{Title: "t", Question: "q", Text: "x", Page: 1, Doc: "a", ID: "1", Score: 1}
	same := p
	same.Page, same.Doc, same.ID, same.Score = 2, "b", "2", 0
	if Hash(p) != Hash(same) {
		t.Error("what is not searched counts")
	}
	for name, other := range map[string]core.Passage{"title": {Title: "u", Question: "q", Text: "x"}, "question": {Title: "t", Question: "r", Text: "x"},
		"text": {Title: "t", Question: "q", Text: "y"}, "moved": {Title: "tq", Text: "x"}} {
		if Hash(p) == Hash(other) {
			t.Errorf("another %s has the same hash", name)
		}
	}
}
