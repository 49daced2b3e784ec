package graph_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/knowledge/graph"
	"frontdesk/knowledge/knowledgetest"
)

// row is a table's row; a header that begins with * is the key's.
func row(doc string, page int, title string, cells ...string) core.Passage {
	p := core.Passage{Doc: doc, Page: page, Title: title}
	var texts []string
	for i := 0; i+2 < len(cells); i += 3 {
		head, key := strings.CutPrefix(cells[i], "*")
		p.Cells = append(p.Cells, core.Cell{Column: head, Unit: cells[i+1], Value: cells[i+2], Key: key})
		texts = append(texts, head+": "+cells[i+2])
	}
	p.Text = strings.Join(texts, "; ")
	return p
}

// shop is a small catalogue of lamps, plans and faults.
func shop() []core.Passage {
	lamp := func(page int, model, width, weight, gross, power, price string) []core.Passage {
		return []core.Passage{
			row("lamps.pdf", page, "灯具 › 台灯 Desk lamps › 参数", "*型号 Model", "", model, "宽 W", "mm", width, "净重 Net", "kg", weight, "毛重 Gross", "kg", gross, "额定功率 Rated power", "W", power),
			row("prices.xlsx", 0, "", "*SKU", "", model, "标价 List", "CNY", price, "会员价 Member", "CNY", "9"+price),
		}
	}
	var ps []core.Passage
	ps = append(ps, lamp(3, "LX-TL20", "200", "1.2", "1.9", "12", "89")...)
	ps = append(ps, lamp(4, "LX-TL20S", "210", "1.4", "2.2", "15", "99")...)
	ps = append(ps, lamp(5, "LX-TL35", "350", "2.6", "3.1", "22", "159")...)
	ps = append(ps,
		row("plans.md", 0, "Plans", "*方案 Plan", "", "银卡 Silver", "生日券 Birthday voucher", "元", "50", "积分倍率 Points per yuan", "", "1.2"),
		row("plans.md", 0, "Plans", "*方案 Plan", "", "金卡 Gold", "生日券 Birthday voucher", "元", "120", "积分倍率 Points per yuan", "", "1.5"),
		row("help.html", 0, "Faults", "*代码 Code", "", "E2", "含义 Meaning", "", "灯泡松动 Lamp loose", "处理 Action", "", "关灯后拧紧灯泡"),
		row("lamps.pdf", 9, "备件", "*编号 Part", "", "LX-P77", "适用 Fits", "", "LX-TL20", "更换周期 Interval", "月 mo.", "24"))
	return ps
}

// behind is the generator that gets what no fact answers.
type behind struct{ passages []core.Passage }

func (b *behind) Generate(_ context.Context, t *core.Turn) (*core.Draft, error) {
	b.passages = append([]core.Passage{}, t.Passages...)
	return &core.Draft{By: "behind", Score: .5, Parts: []core.Part{{Text: "behind"}}}, nil
}

// fixed is a store of facts that come from elsewhere: the other implementation.
type fixed struct{ g *graph.Graph }

func (f fixed) Graph(context.Context, core.WorkspaceID, string) (*graph.Graph, error) {
	return f.g, nil
}

func of(ps []core.Passage) fixed {
	var texts []string
	for _, p := range ps {
		texts = append(texts, p.Text)
	}
	return fixed{graph.New(nlu.Normalize, graph.Read(ps), texts)}
}

func asked(text, last string) *core.Turn {
	t := core.NewTurn(core.Work{State: core.State{Last: nlu.Normalize(last)}, Envelope: core.Envelope{Parts: []core.Part{{Text: text}}}}, time.Now)
	t.Lang, _ = nlu.Language(nlu.Normalize(text), nil)
	return t
}

func ask(t *testing.T, s graph.Store, text, last string) (*core.Draft, string) {
	t.Helper()
	d, err := graph.Over(&behind{}, s, nlu.Normalize, nil).Generate(t.Context(), asked(text, last))
	if err != nil {
		t.Fatal(err)
	}
	if d == nil {
		return nil, ""
	}
	return d, core.JoinText(d.Parts)
}

func TestAttributes(t *testing.T) {
	s := of(shop())
	for _, tc := range []struct{ question, last, want string }{
		{"LX-TL20 多宽？", "", "LX-TL20：宽 200 mm。"},
		{"TL20S多宽", "", "LX-TL20S：宽 210 mm。"},
		{"台灯tl20s 的宽度要量一下", "", "LX-TL20S：宽 210 mm。"},
		{"How wide is the TL35?", "", "LX-TL35: width 350 mm."},
		{"What's the wattage of the lxtl20?", "", "LX-TL20: Rated power 12 W."},
		{"TL20 多重", "", "LX-TL20：净重 1.2 kg。"},
		{"TL20 连包装多少公斤", "", "LX-TL20：毛重 1.9 kg。"},
		{"What is the shipping weight of TL20?", "", "LX-TL20: Gross 1.9 kg."},
		{"TL35 什么价", "", "LX-TL35：标价 159 CNY。"},
		{"How much is the TL35 without member discount?", "", "LX-TL35: List 159 CNY."},
		{"TL35 会员价多少", "", "LX-TL35：会员价 9159 CNY。"},
		{"What birthday voucher do Gold members get?", "", "Gold: Birthday voucher 120 元."},
		{"屏幕显示 E2 是怎么回事", "", "E2：含义 灯泡松动。"},
		{"灯报 E2", "", "E2：含义 灯泡松动，处理 关灯后拧紧灯泡。"},
		{"part LX-P77 的 replacement interval 是几个月", "", "LX-P77：更换周期 24 月。"},
		{"那 TL35 呢？", "TL20 多宽？", "LX-TL35：宽 350 mm。"},
		{"And how heavy is it?", "How wide is the TL20S?", "LX-TL20S: Net 1.4 kg."},
		{"TL20 和 TL35 哪个更轻？", "", "LX-TL20：净重 1.2 kg。\nLX-TL35：净重 2.6 kg。\n净重较低的是 LX-TL20。"},
		{"Which is cheaper, TL20S or TL35?", "", "LX-TL20S: List 99 CNY.\nLX-TL35: List 159 CNY.\nLower List: LX-TL20S."},
	} {
		d, got := ask(t, s, tc.question, tc.last)
		if got != tc.want {
			t.Errorf("%s: %q, want %q", tc.question, got, tc.want)
		}
		if d != nil && (d.By != graph.By || len(d.Citations) == 0 || d.Citations[0].Doc == "") {
			t.Errorf("%s: %+v", tc.question, d)
		}
	}
}

func TestCitationsNameThePage(t *testing.T) {
	d, _ := ask(t, of(shop()), "TL20 和 TL35 分别多宽", "")
	if len(d.Citations) != 2 || d.Citations[0].Page != 3 || d.Citations[1].Page != 5 || !strings.Contains(d.Citations[1].Quote, "350") {
		t.Errorf("%+v", d.Citations)
	}
}

// A neighbour's value is the worst answer there is.
func TestWhatIsNotInTheDocuments(t *testing.T) {
	s := of(shop())
	for _, q := range []string{"TL25 多宽？", "LX-TL20Z 多重", "How much is the TL35X?", "TL20 的噪声多大？", "E2 多少钱", "What is the noise level of the TL20?"} {
		if d, got := ask(t, s, q, ""); d != nil {
			t.Errorf("%s: %s", q, got)
		}
	}
}

// What is no question about an entity goes on, with passages that may be about it.
func TestTheRestGoesOn(t *testing.T) {
	for _, q := range []string{"怎么退货？", "Do you ship over 30 kg?", "营业时间是几点到几点", "TL20 可以放浴室吗"} {
		if _, got := ask(t, of(shop()), q, ""); got != "behind" && q != "TL20 可以放浴室吗" {
			t.Errorf("%s: %q", q, got)
		}
	}
	b := &behind{}
	turn := asked("TL20 可以放浴室吗", "")
	turn.Passages = []core.Passage{
		{Doc: "lamps.pdf", Title: "灯具 › 台灯 Desk lamps", Text: "台灯不可在浴室使用。"},
		{Doc: "lamps.pdf", Title: "灯具 › 台灯 Desk lamps", Text: "TL35 可在浴室使用。"},
		{Doc: "lamps.pdf", Title: "灯具 › 吊灯", Text: "吊灯可在浴室使用。"},
		{Doc: "other.pdf", Text: "TL20 不防水。"},
	}
	if _, err := graph.Over(b, of(shop()), nlu.Normalize, nil).Generate(t.Context(), turn); err != nil {
		t.Fatal(err)
	}
	if len(b.passages) != 2 || b.passages[0].Text != "台灯不可在浴室使用。" || b.passages[1].Doc != "other.pdf" || len(turn.Passages) != 4 {
		t.Errorf("%+v", b.passages)
	}
}

// A code that stands in a text alone keeps to the texts it stands in.
func TestCodesOfTexts(t *testing.T) {
	b := &behind{}
	ps := append(shop(), core.Passage{Doc: "a", Text: "The remote takes a CR2032 cell."}, core.Passage{Doc: "b", Text: "Cells are not returned."})
	turn := asked("May I use a CR2032?", "")
	turn.Passages = ps[len(ps)-2:]
	if _, err := graph.Over(b, of(ps), nlu.Normalize, nil).Generate(t.Context(), turn); err != nil || len(b.passages) != 1 || b.passages[0].Doc != "a" {
		t.Errorf("%+v, %v", b.passages, err)
	}
}

func TestSourcesThatDiffer(t *testing.T) {
	ps := append(shop(), row("leaflet.pdf", 2, "", "*型号 Model", "", "LX-TL20", "宽 W", "mm", "205"))
	d, got := ask(t, of(ps), "TL20 多宽", "")
	if d == nil || !strings.Contains(got, "200 mm (lamps.pdf, p. 3)") || !strings.Contains(got, "205 mm (leaflet.pdf, p. 2)") || len(d.Citations) != 2 {
		t.Errorf("%q", got)
	}
}

// Facts may come from anywhere: a table in CSV here.
func TestSwap(t *testing.T) {
	facts, err := graph.ReadCSV(strings.NewReader("entity,attribute,unit,value,source\nA3,保修 Warranty,月,24,policy\n"))
	if err != nil {
		t.Fatal(err)
	}
	d, got := ask(t, fixed{graph.New(nlu.Normalize, facts, nil)}, "A3 的保修期", "")
	if got != "A3：保修 24 月。" || d.Citations[0].Doc != "policy" {
		t.Errorf("%q", got)
	}
	var b strings.Builder
	if err := graph.WriteCSV(&b, facts); err != nil {
		t.Fatal(err)
	}
	if again, err := graph.ReadCSV(strings.NewReader(b.String())); err != nil || len(again) != 1 || again[0].Value != "24" {
		t.Errorf("%s: %+v, %v", b.String(), again, err)
	}
	for name, bad := range map[string]string{"no header": "A3,x\n", "no value": "entity,attribute,value\nA3,w,\n", "empty": ""} {
		if _, err := graph.ReadCSV(strings.NewReader(bad)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// Without facts, or when they are away, whoever is behind answers.
func TestItMayBeMissing(t *testing.T) {
	for name, s := range map[string]graph.Store{"empty": of(nil), "failing": failing{}} {
		if _, got := ask(t, s, "TL20 多宽", ""); got != "behind" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

type failing struct{}

func (failing) Graph(context.Context, core.WorkspaceID, string) (*graph.Graph, error) {
	return nil, errors.New("away")
}

// A new version's facts are there with the next question, and the old are gone.
func TestVersions(t *testing.T) {
	lib := &knowledgetest.Memory{}
	put := func(price string) {
		t.Helper()
		p := row("prices.xlsx", 0, "", "*SKU", "", "LX-TL20", "标价 List", "CNY", price)
		d := core.Document{Name: "prices", File: "prices.xlsx", SHA256: price, Updated: time.Now()}
		if _, err := lib.PutDocument(t.Context(), d, []core.Chunk{{Document: "prices", Hash: price, Passage: p}}); err != nil {
			t.Fatal(err)
		}
	}
	s := graph.FromDocuments(lib, nlu.Normalize)
	put("89")
	if _, got := ask(t, s, "TL20 多少钱", ""); got != "LX-TL20：标价 89 CNY。" {
		t.Error(got)
	}
	put("95")
	if _, got := ask(t, s, "TL20 多少钱", ""); got != "LX-TL20：标价 95 CNY。" {
		t.Error(got)
	}
	if err := lib.DeleteDocument(t.Context(), "", "", "prices"); err != nil {
		t.Fatal(err)
	}
	if _, got := ask(t, s, "TL20 多少钱", ""); got != "behind" {
		t.Error(got)
	}
}

// silent has no answer.
type silent struct{}

func (silent) Generate(context.Context, *core.Turn) (*core.Draft, error) { return nil, nil }

// A class of things is no thing: which one is meant is asked, and the name alone
// then answers.
func TestWhich(t *testing.T) {
	g := graph.Over(silent{}, of(shop()), nlu.Normalize, nil)
	for question, want := range map[string]string{
		"台灯多重？": "请问是哪一款？ LX-TL20 LX-TL20S LX-TL35", "How wide is the desk lamp?": "Which one do you mean? LX-TL20 LX-TL20S LX-TL35",
		"台灯有蓝牙吗": "", "吊灯多重": "", "怎么退货": "",
	} {
		d, err := g.Generate(t.Context(), asked(question, ""))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if d != nil {
			if !d.Asks {
				t.Errorf("%s: no question back", question)
			}
			for _, p := range d.Parts {
				got += " " + p.Text
			}
		}
		if strings.TrimSpace(got) != want {
			t.Errorf("%s: %q, want %q", question, got, want)
		}
	}
	if d, err := g.Generate(t.Context(), asked("LX-TL35", "台灯多重？")); err != nil || d == nil || d.Parts[0].Text != "LX-TL35: Net 2.6 kg." {
		t.Errorf("%+v, %v", d, err)
	}
}
