package ingest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	utf "golang.org/x/text/encoding/unicode"

	"frontdesk/knowledge"
)

func TestDecode(t *testing.T) {
	const want = "退货运费 12 元，鎔𠮷 é"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(want)
	if err != nil {
		t.Fatal(err)
	}
	le, err := utf.UTF16(utf.LittleEndian, utf.UseBOM).NewEncoder().String(want)
	if err != nil {
		t.Fatal(err)
	}
	be, err := utf.UTF16(utf.BigEndian, utf.UseBOM).NewEncoder().String(want)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"UTF-8": want, "UTF-8 with mark": "\ufeff" + want, "GB18030": gb, "UTF-16 LE": le, "UTF-16 BE": be} {
		if got, err := decode("a.txt", []byte(data)); err != nil || got != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if got, err := decode("a.txt", []byte("a\r\nb\rc")); err != nil || got != "a\nb\nc" {
		t.Errorf("line ends: %q, %v", got, err)
	}
}

func TestPlain(t *testing.T) {
	got := plain("第一章 总则\n\n本章说明退货\n条件，请仔细\n阅读。\n\n2.1 Returns\n\nReturns are free\nwithin seven days\nof delivery.\n\n- one\n- two\n\n三、运费\n由商家承担。\n\n1.5 公斤以上另计运费。\n")
	want := []knowledge.Block{
		{Kind: knowledge.Heading, Level: 1, Text: "第一章 总则"}, {Text: "本章说明退货条件，请仔细阅读。"},
		{Kind: knowledge.Heading, Level: 2, Text: "2.1 Returns"}, {}, {Text: "Returns are free within seven days of delivery."},
		{Text: "- one\n- two"},
		{Kind: knowledge.Heading, Level: 1, Text: "三、运费"}, {Text: "由商家承担。"},
		{Text: "1.5 公斤以上另计运费。"},
	}
	trimmed := func(in []knowledge.Block) (out []knowledge.Block) {
		for _, b := range in {
			if b.Text != "" {
				out = append(out, b)
			}
		}
		return out
	}
	if diff := cmp.Diff(trimmed(want), trimmed(got)); diff != "" {
		t.Error(diff)
	}
}

func TestCSV(t *testing.T) {
	p := parser(t, "1", nil)
	for _, c := range []struct{ name, file, text, want string }{
		{"english header", "a.csv", "Question,Answer\nq1,a1\n", "pair ? \"q1\" | \"a1\"\n"},
		{"letters", "a.csv", "Q,A\nq1,a1\n", "pair ? \"q1\" | \"a1\"\n"},
		{"columns elsewhere", "a.csv", "id,分类,答案,问题\n1,售后,能退,能退吗\n", "pair ? \"能退吗\" | \"能退\"\n"},
		{"semicolons", "a.csv", "question;answer\nq;a, b\n", "pair ? \"q\" | \"a, b\"\n"},
		{"tabs", "a.tsv", "question\tanswer\nq\ta\n", "pair ? \"q\" | \"a\"\n"},
		{"a table", "a.csv", "型号,价格\nK3,99\nK4,\n,\n", "row | \"型号: K3; 价格: 99\"\nrow | \"型号: K4\"\n"},
		{"a table of its header", "a.csv", "型号,价格\n", "row | \"型号; 价格\"\n"},
		{"more cells than headers", "a.csv", "a,b\n1,2,3\n", "row | \"a: 1; b: 2; 3\"\n"},
		{"blank rows", "a.csv", "question,answer\n,\n\nq,a\n", "pair ? \"q\" | \"a\"\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			parsed, err := p.Parse(t.Context(), c.file, []byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff("text/csv, 0 pages, silent []\n"+c.want, show(parsed)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
