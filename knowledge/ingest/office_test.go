package ingest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// set fills cells by name.
func set(t *testing.T, f *excelize.File, sheet string, cells map[string]any) {
	t.Helper()
	for at, v := range cells {
		if err := f.SetCellValue(sheet, at, v); err != nil {
			t.Fatal(err)
		}
	}
}

func TestXLSX(t *testing.T) {
	data := xlsx(t, func(f *excelize.File) {
		set(t, f, "Sheet1", map[string]any{"A1": "价格表 2026", "A2": "型号", "B2": "价格", "C2": "备注", "A3": "K3", "B3": 99.5, "C3": "含税\n包邮", "A5": "K4", "B5": 120})
		set(t, f, "Sheet1", map[string]any{"A6": "gone", "B6": 1})
		if err := f.SetRowVisible("Sheet1", 6, false); err != nil {
			t.Fatal(err)
		}
		for sheet, cells := range map[string]map[string]any{"问答": {"A1": "问题", "B1": "答案", "A2": "能退吗", "B2": "能。"}, "secret": {"A1": "x", "B1": "y"}} {
			if _, err := f.NewSheet(sheet); err != nil {
				t.Fatal(err)
			}
			set(t, f, sheet, cells)
		}
		if err := f.SetSheetVisible("secret", false); err != nil {
			t.Fatal(err)
		}
	})
	parsed, err := parser(t, "1", nil).Parse(t.Context(), "prices.xlsx", data)
	if err != nil {
		t.Fatal(err)
	}
	got := show(parsed)
	for _, want := range []string{"heading1 | \"Sheet1\"\ntext | \"价格表 2026\"\nrow | \"型号: K3; 价格: 99.5; 备注: 含税 包邮\"\nrow | \"型号: K4; 价格: 120\"\n",
		"heading1 | \"问答\"\npair ? \"能退吗\" | \"能。\"\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwithout\n%s", got, want)
		}
	}
	if strings.Contains(got, "gone") || strings.Contains(got, "secret") {
		t.Errorf("hidden text is read:\n%s", got)
	}
}

func TestDOCXDetails(t *testing.T) {
	p := parser(t, "1", nil)
	run := func(s string) string { return "<w:r><w:t>" + s + "</w:t></w:r>" }
	para := func(s string) string { return "<w:p>" + s + "</w:p>" }
	for _, c := range []struct{ name, body, want string }{
		{"a paragraph whose end was deleted goes on", `<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>` + run("one ") + "</w:p>" + para(run("two")), "text | \"one two\"\n"},
		{"instructions of fields are dropped", para(`<w:r><w:instrText>PAGE \* x</w:instrText></w:r>` + run("seen")), "text | \"seen\"\n"},
		{"a table within a cell", "<w:tbl><w:tr><w:tc>" + para(run("h1")) + "</w:tc><w:tc>" + para(run("h2")) + "</w:tc></w:tr><w:tr><w:tc>" + para(run("a")) +
			"</w:tc><w:tc><w:tbl><w:tr><w:tc>" + para(run("in")) + "</w:tc><w:tc>" + para(run("ner")) + "</w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>", "row | \"h1: a; h2: in; ner\"\n"},
		{"one column is a frame", "<w:tbl><w:tr><w:tc>" + para(run("note")) + "</w:tc></w:tr></w:tbl>", "text | \"note\"\n"},
		{"outline levels are headings", `<w:p><w:pPr><w:outlineLvl w:val="1"/></w:pPr>` + run("H") + "</w:p>" + para(run("t")), "heading3 | \"H\"\ntext | \"t\"\n"},
		{"hidden off is seen", `<w:p><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>seen</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>not</w:t></w:r></w:p>`, "text | \"seen\"\n"},
		{"entities", para(run("A &amp; B &#x4E2D;")), "text | \"A & B 中\"\n"},
		{"a huge span", "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"999999999\"/></w:tcPr>" + para(run("h")) + "</w:tc></w:tr><w:tr><w:tc>" + para(run("v")) + "</w:tc></w:tr></w:tbl>", "text | \"h\"\ntext | \"v\"\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			parsed, err := p.Parse(t.Context(), "a.docx", zipped(t, document(c.body)))
			if err != nil {
				t.Fatal(err)
			}
			_, got, _ := strings.Cut(show(parsed), "\n")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNumbering(t *testing.T) {
	n, err := readNumbering([]byte(`<w:numbering><w:abstractNum w:abstractNumId="1">
		<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="第%1条"/></w:lvl>
		<w:lvl w:ilvl="1"><w:start w:val="3"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%2)"/></w:lvl>
		<w:lvl w:ilvl="2"><w:numFmt w:val="bullet"/><w:lvlText w:val="?"/></w:lvl></w:abstractNum>
		<w:num w:numId="5"><w:abstractNumId w:val="1"/></w:num></w:numbering>`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, level := range []int{0, 1, 1, 2, 0, 1} {
		got = append(got, n.next(5, level))
	}
	if diff := cmp.Diff([]string{"第一条", "(c)", "(d)", "•", "第二条", "(c)"}, got); diff != "" {
		t.Error(diff)
	}
	if n.next(0, 0)+n.next(9, 0)+n.next(5, 7)+n.next(-1, 0) != "" {
		t.Error("a label for a list that is none")
	}
	for i, want := range map[int]string{1: "一", 10: "十", 11: "十一", 20: "二十", 99: "九十九", 100: "100"} {
		if got := chinese(i); got != want {
			t.Errorf("chinese(%d) = %s, want %s", i, got, want)
		}
	}
}
