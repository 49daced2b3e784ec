package extract

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// even weighs every term alike but for the commonest.
func even(_ core.WorkspaceID, _, term string) float64 {
	switch term {
	case "the", "is", "what", "how", "多少", "什么", "怎么":
		return 0.1
	}
	return 1
}

func draft(t *testing.T, question string, ps ...core.Passage) *core.Draft {
	t.Helper()
	turn := core.NewTurn(core.Work{Envelope: core.Envelope{Parts: []core.Part{{Text: question}}}}, time.Now)
	turn.Passages = ps
	d, err := New(nlu.Normalize, even, nil).Generate(t.Context(), turn)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const policy = "本政策自 2026 年起生效。质量问题的退货运费由商家承担，其他情况由顾客承担，30 kg 以上大件每件 45 元。退款在验收后 3 个工作日内发起。赠品须一并退回，缺失的赠品按标价的 70% 扣除。本店保留最终解释权。"

func TestTheAnsweringSentence(t *testing.T) {
	p := core.Passage{Doc: "policy_v2.docx", Title: "退货 › 费用", Page: 3, URL: "https://x", Text: policy, Score: 0.8}
	d := draft(t, "大件退货运费谁承担，每件多少", p)
	text := d.Parts[0].Text
	if !strings.Contains(text, "每件 45 元") || strings.Contains(text, "解释权") || strings.Contains(text, "赠品") {
		t.Errorf("got %q", text)
	}
	want := core.Citation{Doc: "policy_v2.docx", Title: "退货 › 费用", Page: 3, URL: "https://x", Quote: text}
	if diff := cmp.Diff([]core.Citation{want}, d.Citations); diff != "" {
		t.Error(diff)
	}
	if d.By != "extract" || d.Score <= 0 || d.Score > p.Score {
		t.Errorf("by %q, score %v", d.By, d.Score)
	}
	if !strings.Contains(p.Text, d.Citations[0].Quote) {
		t.Errorf("the quote is not in the passage: %q", d.Citations[0].Quote)
	}
}

func TestAPairAnswersWhole(t *testing.T) {
	answer := strings.Repeat("在订单页点“退货”，写明原因。", 30)
	d := draft(t, "怎么退货", core.Passage{Doc: "faq.csv", Question: "怎么退货？", Text: answer, Score: 0.7})
	if d.Parts[0].Text != answer || d.By != "faq" || d.Score != 0.7 {
		t.Errorf("by %q, score %v, %d characters", d.By, d.Score, len(d.Parts[0].Text))
	}
	if n := utf8.RuneCountInString(d.Citations[0].Quote); n > longest {
		t.Errorf("the quote has %d characters", n)
	}
}

func TestARowAnswersWhole(t *testing.T) {
	row := "型号 Model: K3-12; 容量 Capacity (L): 1.2; 功率 Power (W): 1500; 保修 Warranty: 2 年"
	if d := draft(t, "K3-12 的功率", core.Passage{Text: row, Title: "主要参数", Score: 0.6}); d.Parts[0].Text != row {
		t.Errorf("got %q", d.Parts[0].Text)
	}
}

func TestALongRowIsCutToItsName(t *testing.T) {
	row := "型号: K3-12; " + strings.Repeat("备注: 一些别的参数和说明文字而已; ", 20) + "功率: 1500 W"
	text := draft(t, "K3-12 的功率", core.Passage{Text: row, Score: 0.6}).Parts[0].Text
	if text != "型号: K3-12; 功率: 1500 W" {
		t.Errorf("got %q", text)
	}
}

func TestNothingSupports(t *testing.T) {
	for name, ps := range map[string][]core.Passage{
		"no passages":     nil,
		"no word shared":  {{Text: "今天天气很好。", Score: 0.9}},
		"title alone":     {{Title: "保修", Text: "今天天气很好。", Score: 0.9}},
		"an empty answer": {{Question: "保修几年", Text: " ", Score: 0.9}},
	} {
		if d := draft(t, "整机保修几年", ps...); d != nil {
			t.Errorf("%s: got %q", name, d.Parts[0].Text)
		}
	}
	if d := draft(t, "", core.Passage{Text: policy, Score: 0.9}); d != nil {
		t.Errorf("no question: got %q", d.Parts[0].Text)
	}
}

func TestTheBestOfSeveralPassages(t *testing.T) {
	d := draft(t, "整机保修几年", core.Passage{Doc: "a", Text: "滤芯不保修。", Score: 0.5}, core.Passage{Doc: "b", Text: "整机保修两年，自签收日起。", Score: 0.49})
	if d.Citations[0].Doc != "b" {
		t.Errorf("got %q of %s", d.Parts[0].Text, d.Citations[0].Doc)
	}
}

func TestAnswersStayShort(t *testing.T) {
	long := strings.Repeat("The warranty covers the motor of the machine in every country. ", 20)
	if n := utf8.RuneCountInString(draft(t, "what does the warranty of the motor cover in my country", core.Passage{Text: long, Score: 0.9}).Parts[0].Text); n > longest {
		t.Errorf("%d characters", n)
	}
}

func TestEnglishNeighbours(t *testing.T) {
	text := "Our shop opened in 2010. The K3 kettle weighs 1.2 kg. It boils a litre in 3.5 minutes. The lid is made of steel. Returns are free."
	got := draft(t, "how long does the K3 kettle take to boil a litre", core.Passage{Text: text, Score: 0.9}).Parts[0].Text
	if !strings.Contains(got, "3.5 minutes") || !strings.Contains(got, "K3 kettle") || strings.Contains(got, "2010") {
		t.Errorf("got %q", got)
	}
}
