package faq_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/knowledge"
	"frontdesk/knowledge/chunk"
	"frontdesk/knowledge/faq"
	"frontdesk/knowledge/hybrid"
	"frontdesk/knowledge/ingest"
	"frontdesk/knowledge/keyword"
	"frontdesk/knowledge/knowledgetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ws, bot = core.DefaultWorkspace, "shop"

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func now() time.Time { return start }

func open(l core.Library) (*faq.Store, *knowledge.Service) {
	e := hybrid.New(hybrid.Options{NewWords: func() hybrid.Words { return keyword.New(nlu.Normalize) }})
	s := knowledge.New(knowledge.Options{Library: l, Parser: &ingest.Parser{}, Split: chunk.Split, Hash: chunk.Hash, NewIndex: e.NewIndex, Now: now})
	return faq.New(s, nlu.Normalize, now), s
}

func entry(question, answer string, variants ...string) core.FAQEntry {
	return core.FAQEntry{Question: question, Variants: variants, Answers: []core.FAQAnswer{{Text: answer}}}
}

func put(t *testing.T, s *faq.Store, e core.FAQEntry) (core.FAQEntry, faq.Change) {
	t.Helper()
	e, ch, err := s.Put(t.Context(), ws, bot, e)
	if err != nil {
		t.Fatal(err)
	}
	return e, ch
}

func first(t *testing.T, s *knowledge.Service, q core.Query) string {
	t.Helper()
	q.Workspace, q.Bot = ws, bot
	ps, err := s.Retrieve(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if len(ps) == 0 {
		return ""
	}
	return ps[0].Doc + ": " + ps[0].Text
}

func TestAnEntryIsAnsweredAtOnceAndWordForWord(t *testing.T) {
	s, k := open(&knowledgetest.Memory{})
	if _, err := k.Ingest(t.Context(), ws, bot, "", "policy.md", []byte("# 退货\n\n七天内可以退货，运费由买家承担。退货运费谁出要看原因。\n")); err != nil {
		t.Fatal(err)
	}
	text := "质量问题我们出运费；\n其他原因由您承担。"
	e, ch := put(t, s, entry("退货运费谁出？", text, "退货要付邮费吗", " 退货要付邮费吗 ", ""))
	if ch.Added != 1 || e.ID == "" || len(e.Variants) != 1 {
		t.Errorf("%+v, %+v", e, ch)
	}
	for _, q := range []string{"退货运费谁出", "退货要付邮费吗"} {
		if got := first(t, k, core.Query{Text: q}); got != "FAQ: "+text {
			t.Errorf("%s: %s", q, got)
		}
	}
	e.Answers[0].Text = "都由我们出。"
	if _, ch := put(t, s, e); ch.Changed != 1 || ch.Added+ch.Removed != 0 {
		t.Errorf("%+v", ch)
	}
	if got := first(t, k, core.Query{Text: "退货运费谁出"}); got != "FAQ: 都由我们出。" {
		t.Errorf("after a change: %s", got)
	}
	if _, ch := put(t, s, e); ch.Unchanged != 1 || ch.Changed != 0 {
		t.Errorf("the same again: %+v", ch)
	}
	if err := s.Delete(t.Context(), ws, bot, e.ID); err != nil {
		t.Fatal(err)
	}
	if got := first(t, k, core.Query{Text: "退货运费谁出"}); !strings.HasPrefix(got, "policy.md") {
		t.Errorf("after the deletion: %s", got)
	}
	if err := s.Delete(t.Context(), ws, bot, e.ID); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("again: %v", err)
	}
}

func TestAnswersByChannelLanguageAndTime(t *testing.T) {
	s, k := open(&knowledgetest.Memory{})
	put(t, s, core.FAQEntry{Question: "When are you open?", Variants: []string{"你们几点开门"}, Answers: []core.FAQAnswer{
		{Text: "9 to 6", Lang: "en"}, {Text: "九点到六点", Lang: "zh"}, {Text: "小程序全天", Channels: []string{"wx"}, Lang: "zh"},
		{Text: "closed for the holidays", Lang: "en", Channels: []string{"web"}, From: start.Add(24 * time.Hour), Until: start.Add(48 * time.Hour)},
	}})
	put(t, s, core.FAQEntry{Question: "spring sale discount", Answers: []core.FAQAnswer{{Text: "20 % off", Until: start.Add(time.Hour)}}})
	for _, x := range []struct {
		q    core.Query
		want string
	}{
		{core.Query{Text: "when are you open", Lang: "en", Channel: "web"}, "FAQ: 9 to 6"},
		{core.Query{Text: "你们几点开门", Lang: "zh", Channel: "web"}, "FAQ: 九点到六点"},
		{core.Query{Text: "你们几点开门", Lang: "zh", Channel: "wx"}, "FAQ: 小程序全天"},
		{core.Query{Text: "when are you open", Lang: "en", Channel: "web", At: start.Add(30 * time.Hour)}, "FAQ: closed for the holidays"},
		{core.Query{Text: "when are you open", Lang: "en", Channel: "web", At: start.Add(48 * time.Hour)}, "FAQ: 9 to 6"},
		{core.Query{Text: "spring sale discount"}, "FAQ: 20 % off"},
		{core.Query{Text: "spring sale discount", At: start.Add(time.Hour)}, ""},
	} {
		if got := first(t, k, x.q); got != x.want {
			t.Errorf("%+v: %q, want %q", x.q, got, x.want)
		}
	}
}

func TestWhatAsksTheSameIsSaid(t *testing.T) {
	s, _ := open(&knowledgetest.Memory{})
	put(t, s, entry("怎么申请退款", "在订单页申请。"))
	if _, ch := put(t, s, entry("營業時間是幾點", "九点到六点。")); len(ch.Warnings) > 0 {
		t.Errorf("another question: %v", ch.Warnings)
	}
	for _, q := range []string{"怎么申请退款？", "怎麼申請退款", "怎么申请退款呢"} {
		if _, ch := put(t, s, entry(q, "x")); len(ch.Warnings) == 0 || !strings.Contains(ch.Warnings[0], "怎么申请退款") {
			t.Errorf("%s: %v", q, ch.Warnings)
		}
	}
}

func TestBadEntries(t *testing.T) {
	s, _ := open(&knowledgetest.Memory{})
	long := strings.Repeat("长", 501)
	for name, e := range map[string]core.FAQEntry{
		"no question":   entry(" ", "a"),
		"no answer":     {Question: "q"},
		"empty answer":  entry("q", " \n"),
		"long question": entry(long, "a"),
		"long variant":  entry("q", "a", long),
		"long answer":   entry("q", strings.Repeat("长", 4001)),
		"bad id":        {ID: "a/b", Question: "q", Answers: []core.FAQAnswer{{Text: "a"}}},
		"backwards":     {Question: "q", Answers: []core.FAQAnswer{{Text: "a", From: start, Until: start}}},
		"no UTF-8":      entry("q\xff", "a"),
	} {
		var invalid *core.InputError
		if _, _, err := s.Put(t.Context(), ws, bot, e); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, err := s.List(t.Context(), ws, bot); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
}

// Replicas change the FAQ at once: no entry is lost.
func TestNoChangeIsLost(t *testing.T) {
	l := &knowledgetest.Memory{}
	var wg sync.WaitGroup
	for r := range 3 {
		s, _ := open(l)
		wg.Go(func() {
			for i := range 5 {
				e := entry(fmt.Sprintf("question %d of replica %d", i, r), "a")
				for {
					_, _, err := s.Put(t.Context(), ws, bot, e)
					if err == nil {
						break
					}
					if !errors.Is(err, core.ErrBusy) {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
	s, _ := open(l)
	if all, err := s.List(t.Context(), ws, bot); err != nil || len(all) != 15 {
		t.Errorf("%d entries, %v", len(all), err)
	}
}

func TestAFileDoesNotReplaceTheFAQ(t *testing.T) {
	s, k := open(&knowledgetest.Memory{})
	put(t, s, entry("q", "a"))
	if _, err := k.Ingest(t.Context(), ws, bot, faq.Document, "x.md", []byte("# a\n\nb\n")); err == nil || !strings.Contains(err.Error(), "-as") {
		t.Errorf("%v", err)
	}
	if _, err := k.Ingest(t.Context(), ws, "other", faq.Document, "x.md", []byte("# a\n\nb\n")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Put(t.Context(), ws, "other", entry("q", "a")); err == nil || !strings.Contains(err.Error(), "another name") {
		t.Errorf("a file is in the way: %v", err)
	}
}

func TestTheFAQIsRolledBack(t *testing.T) {
	s, k := open(&knowledgetest.Memory{})
	e, _ := put(t, s, entry("几点开门", "九点"))
	e.Answers[0].Text = "十点"
	put(t, s, e)
	if _, err := k.Rollback(t.Context(), ws, bot, faq.Document, 0); err != nil {
		t.Fatal(err)
	}
	if got := first(t, k, core.Query{Text: "几点开门"}); got != "FAQ: 九点" {
		t.Error(got)
	}
	if all, err := s.List(t.Context(), ws, bot); err != nil || all[0].Answers[0].Text != "九点" {
		t.Errorf("%+v, %v", all, err)
	}
}
