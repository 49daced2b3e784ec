package faq_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"frontdesk/core"
	"frontdesk/knowledge/faq"
	"frontdesk/knowledge/knowledgetest"
)

func TestWhatIsWrittenIsRead(t *testing.T) {
	want := []core.FAQEntry{
		{ID: "a", Question: "怎么退款？", Variants: []string{"退钱", "How do I get a refund?"}, Answers: []core.FAQAnswer{
			{Text: "在订单页，\n“退款”。", Lang: "zh"}, {Text: "On the \"orders\" page, please.", Lang: "en", Channels: []string{"web", "wx"},
				From: start, Until: start.Add(time.Hour)}}},
		{ID: "b", Question: "=1+1", Answers: []core.FAQAnswer{{Text: "-2"}}},
	}
	for _, f := range []faq.Format{faq.CSV, faq.XLSX, faq.JSON} {
		var b bytes.Buffer
		if err := faq.Write(&b, f, want); err != nil {
			t.Fatal(err)
		}
		if f != faq.JSON && bytes.Contains(b.Bytes(), []byte("\n=1")) {
			t.Errorf("%s has a formula", f)
		}
		got, err := faq.Read("faq."+string(f), b.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", f, diff)
		}
	}
}

func TestTablesAsPeopleWriteThem(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String("问题,相似问,答案\n几点开门,营业时间|开门时间,九点\n,,周末十点\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []core.FAQEntry{{Question: "几点开门", Variants: []string{"营业时间", "开门时间"}, Answers: []core.FAQAnswer{{Text: "九点"}, {Text: "周末十点"}}}}
	for name, data := range map[string]string{
		"gb18030.csv": gb, "semicolon.csv": "question;variants;answer\n几点开门;营业时间|开门时间;九点\n几点开门;;周末十点\n\n",
		"tab.tsv": "Question\tVariants\tAnswer\n几点开门\t营业时间|开门时间\t九点\n\t\t周末十点\n",
	} {
		got, err := faq.Read(name, []byte(data))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for name, data := range map[string]string{
		"empty.csv": "", "nohead.csv": "a,b\n1,2\n", "time.csv": "question,answer,valid_from\nq,a,soon\n", "orphan.csv": "question,answer\n,a\n",
		"bad.json": `{"id":1}`, "bad.xlsx": "no zip", "unknown.json": `[{"x":1}]`,
	} {
		var invalid *core.InputError
		if _, err := faq.Read(name, []byte(data)); !errors.As(err, &invalid) || !strings.Contains(invalid.Msg, name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestImport(t *testing.T) {
	s, k := open(&knowledgetest.Memory{})
	put(t, s, entry("几点开门", "九点"))
	put(t, s, entry("怎么退款", "在订单页"))
	entries := []core.FAQEntry{entry("几点开门？", "十点"), entry("可以开发票吗", "可以")}
	dry, err := s.Import(t.Context(), ws, bot, entries, false, true)
	if err != nil || dry.Added != 1 || dry.Changed != 1 || dry.Unchanged != 1 {
		t.Fatalf("%+v, %v", dry, err)
	}
	if got := first(t, k, core.Query{Text: "几点开门"}); got != "FAQ: 九点" {
		t.Errorf("a dry run wrote: %s", got)
	}
	if ch, err := s.Import(t.Context(), ws, bot, entries, false, false); err != nil || !cmp.Equal(ch, dry) {
		t.Errorf("%+v, %v", ch, err)
	}
	if got := first(t, k, core.Query{Text: "几点开门"}); got != "FAQ: 十点" {
		t.Error(got)
	}
	if ch, err := s.Import(t.Context(), ws, bot, entries, true, false); err != nil || ch.Removed != 1 || ch.Unchanged != 2 {
		t.Errorf("%+v, %v", ch, err)
	}
	if _, err := s.Import(t.Context(), ws, bot, nil, true, false); err == nil {
		t.Error("an empty file emptied the FAQ")
	}
}
