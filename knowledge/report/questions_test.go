package report

import (
	"fmt"
	"strings"
	"testing"

	"frontdesk/core"
)

func row(key string, cells ...core.Cell) core.Passage {
	return core.Passage{Text: key, Cells: append([]core.Cell{{Column: "型号", Value: key, Key: true}}, cells...)}
}

func TestQuestions(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []core.Passage
		want []string
	}{
		{"nothing", nil, nil},
		{"pairs are asked as they are", []core.Passage{{Question: "能退吗？", Text: "能。"}, {Question: "Do you ship?", Text: "Yes."}}, []string{"能退吗？ | 能。", "Do you ship? | Yes."}},
		{"cells in Chinese, each column in turn", []core.Passage{row("A3", core.Cell{Column: "额定功率 Power", Unit: "W", Value: "1500"}, core.Cell{Column: "颜色", Value: "白色"}), row("A4", core.Cell{Column: "额定功率 Power", Unit: "W", Value: "1600"}, core.Cell{Column: "颜色", Value: "黑色"})},
			[]string{"A3 的额定功率是多少？ | 1500", "A4 的颜色是什么？ | 黑色"}},
		{"cells in English", []core.Passage{{Text: "K3", Cells: []core.Cell{{Column: "Model", Value: "K3", Key: true}, {Group: "Size", Column: "Width", Unit: "mm", Value: "600"}}}}, []string{"What is the width of K3? | 600"}},
		{"headings", []core.Passage{{Title: "Manual › 2.1 Returning goods", Text: "You may return goods within seven days.", Section: 1}, {Title: "Manual › 2.1 Returning goods", Text: "More of it, and more of it.", Section: 1},
			{Title: "Manual › How do I pay?", Text: "By card or by bank transfer.", Section: 2}, {Title: "X", Text: "short", Section: 3}},
			[]string{"What should I know about returning goods? | ", "How do I pay? | "}},
		{"a heading of a model", []core.Passage{{Title: "云雀 P7 空气净化器 › 价格", Text: "售价为 1299 元，含一套滤芯，不含安装。", Section: 1}}, []string{"关于云雀 P7 空气净化器的价格有什么说明？ | "}},
		{"headings in two languages", []core.Passage{{Title: "政策 › 4 保修 Warranty", Text: "保修期自发票日期起算，没有发票的另有规定。", Section: 1}}, []string{"关于保修有什么说明？ | "}},
		{"values without a name are not asked", []core.Passage{{Text: "x", Cells: []core.Cell{{Value: "a", Key: true}, {Value: "b"}}}}, nil},
	} {
		var got []string
		for _, q := range Questions(c.in, 10) {
			got = append(got, q.Text+" | "+q.Expect)
			if q.Lang != lang(q.Text) {
				t.Errorf("%s: %q is said to be %s", c.name, q.Text, q.Lang)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

func TestQuestionsComeFromAllOver(t *testing.T) {
	var in []core.Passage
	for i := range 200 {
		in = append(in, core.Passage{Question: fmt.Sprintf("q%03d?", i), Text: "a"}, row(fmt.Sprintf("K%d", i), core.Cell{Column: "价格", Value: "9"}))
	}
	got := Questions(in, 10)
	if len(got) != 10 || got[4].Text < "q150?" || !strings.HasPrefix(got[9].Text, "K160 的价格") {
		t.Errorf("got %d: %v", len(got), got)
	}
}
