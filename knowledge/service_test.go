package knowledge_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/knowledge"
	"frontdesk/knowledge/chunk"
	"frontdesk/knowledge/hybrid"
	"frontdesk/knowledge/ingest"
	"frontdesk/knowledge/keyword"
	"frontdesk/knowledge/knowledgetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ws, bot = core.DefaultWorkspace, "shop"

// clock is moved by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// service is a replica over a library.
func service(l core.Library, c *clock, limits knowledge.Limits) *knowledge.Service {
	return knowledge.New(knowledge.Options{Library: l, Parser: &ingest.Parser{}, Split: chunk.Split, Hash: chunk.Hash,
		NewIndex: words().NewIndex, Now: c.time, Limits: limits})
}

// words finds by words alone.
func words() *hybrid.Engine {
	return hybrid.New(hybrid.Options{NewWords: func() hybrid.Words { return keyword.New(nlu.Normalize) }})
}

func started() *clock { return &clock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)} }

func ingested(t *testing.T, s *knowledge.Service, name, file, text string) knowledge.Change {
	t.Helper()
	c, err := s.Ingest(t.Context(), ws, bot, name, file, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// first is the text of the best passage.
func first(t *testing.T, s *knowledge.Service, query string) string {
	t.Helper()
	ps, err := s.Retrieve(t.Context(), core.Query{Workspace: ws, Bot: bot, Text: query})
	if err != nil {
		t.Fatal(err)
	}
	if len(ps) == 0 {
		return ""
	}
	return ps[0].Doc + ": " + ps[0].Text
}

const manual = "# 手册\n\n## 退货\n\n七天内可以退货。\n\n## 保修\n\n整机保修两年。\n\n## 运费\n\n运费十二元。\n"

func TestIngestAnswersAtOnce(t *testing.T) {
	s := service(&knowledgetest.Memory{}, started(), knowledge.Limits{})
	c := ingested(t, s, "", "manual.md", manual)
	want := core.Document{Workspace: ws, Bot: bot, Name: "manual.md", File: "manual.md", Version: 1, MIME: "text/markdown", Bytes: int64(len(manual)), Passages: 3,
		SHA256: c.Document.SHA256, Updated: started().now}
	if diff := cmp.Diff(knowledge.Change{Document: want, Added: 3}, c); diff != "" || len(c.Document.SHA256) != 64 {
		t.Error(diff, c.Document.SHA256)
	}
	if got := first(t, s, "整机保修几年"); got != "manual.md: 整机保修两年。" {
		t.Errorf("got %q", got)
	}
}

func TestANewVersionReplacesTheOld(t *testing.T) {
	s := service(&knowledgetest.Memory{}, started(), knowledge.Limits{})
	ingested(t, s, "manual", "manual_v1.md", manual)
	c := ingested(t, s, "manual", "manual_v2.md", strings.Replace(manual, "两年", "三年", 1)+"\n## 换货\n\n只换一次。\n")
	if c.Added != 2 || c.Removed != 1 || c.Unchanged != 2 || c.Document.Version != 2 {
		t.Errorf("got %+v", c)
	}
	if got := first(t, s, "整机保修几年"); got != "manual_v2.md: 整机保修三年。" {
		t.Errorf("got %q", got)
	}
	if got := first(t, s, "七天内可以退货吗"); !strings.HasPrefix(got, "manual_v2.md") {
		t.Errorf("an unchanged passage cites %q, not the version it is in now", got)
	}
	if docs, err := s.Documents(t.Context(), ws, bot); err != nil || len(docs) != 1 || docs[0].File != "manual_v2.md" {
		t.Errorf("documents %+v, %v", docs, err)
	}
}

func TestTheSameFileAgainIsNoNewVersion(t *testing.T) {
	l := &knowledgetest.Memory{}
	s := service(l, started(), knowledge.Limits{})
	ingested(t, s, "manual", "a.md", manual)
	before, _ := l.KnowledgeVersion(t.Context(), ws, bot)
	if c := ingested(t, s, "manual", "a.md", manual); c.Document.Version != 1 || c.Unchanged != 3 || c.Document.Passages != 3 {
		t.Errorf("got %+v", c)
	}
	if after, _ := l.KnowledgeVersion(t.Context(), ws, bot); after != before {
		t.Errorf("the knowledge version moved from %d to %d", before, after)
	}
	if c := ingested(t, s, "manual", "b.md", manual); c.Document.Version != 2 || c.Document.File != "b.md" {
		t.Errorf("another file name: %+v", c)
	}
	if got := first(t, s, "整机保修几年"); got != "b.md: 整机保修两年。" {
		t.Errorf("got %q", got)
	}
}

func TestRepeatedPassagesAreCounted(t *testing.T) {
	s := service(&knowledgetest.Memory{}, started(), knowledge.Limits{})
	ingested(t, s, "", "a.csv", "型号,价格\nA,1\nA,1\nB,2\n")
	c := ingested(t, s, "", "a.csv", "型号,价格\nA,1\nA,1\nA,1\n")
	if c.Added != 1 || c.Removed != 1 || c.Unchanged != 2 {
		t.Errorf("got %+v", c)
	}
}

func TestPreviewChangesNothing(t *testing.T) {
	l := &knowledgetest.Memory{}
	s := service(l, started(), knowledge.Limits{})
	ingested(t, s, "", "manual.md", manual)
	before, _ := l.KnowledgeVersion(t.Context(), ws, bot)
	c, err := s.Preview(t.Context(), ws, bot, "", "manual.md", []byte("# 手册\n\n## 退货\n\n不可以退货。\n"))
	if err != nil || c.Added != 1 || c.Removed != 3 || c.Unchanged != 0 {
		t.Errorf("got %+v, %v", c, err)
	}
	if after, _ := l.KnowledgeVersion(t.Context(), ws, bot); after != before {
		t.Errorf("the knowledge version moved from %d to %d", before, after)
	}
	if got := first(t, s, "七天内可以退货吗"); got != "manual.md: 七天内可以退货。" {
		t.Errorf("got %q", got)
	}
}

func TestAFailureLeavesTheOldVersionAnswering(t *testing.T) {
	broken := errors.New("disk full")
	for name, c := range map[string]struct {
		file string
		data string
		fail string
	}{
		"no text":            {"manual.md", " \n", ""},
		"wrong type":         {"manual.pdf", "# no PDF", ""},
		"half a FAQ":         {"manual.csv", "question,answer\n,x\n", ""},
		"library refuses":    {"manual.md", "# 手册\n\n新的内容。\n", "PutDocument"},
		"reading it refused": {"manual.md", "# 手册\n\n新的内容。\n", "Chunks"},
	} {
		t.Run(name, func(t *testing.T) {
			l := &knowledgetest.Memory{}
			s := service(l, started(), knowledge.Limits{})
			ingested(t, s, "manual", "manual.md", manual)
			l.Fail = func(call string) error {
				if call == c.fail {
					return broken
				}
				return nil
			}
			if _, err := s.Ingest(t.Context(), ws, bot, "manual", c.file, []byte(c.data)); err == nil {
				t.Error("no error")
			}
			l.Fail = nil
			if got := first(t, s, "整机保修几年"); got != "manual.md: 整机保修两年。" {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestDelete(t *testing.T) {
	s := service(&knowledgetest.Memory{}, started(), knowledge.Limits{})
	ingested(t, s, "", "manual.md", manual)
	if err := s.Delete(t.Context(), ws, bot, "manual.md"); err != nil {
		t.Fatal(err)
	}
	if got := first(t, s, "整机保修几年"); got != "" {
		t.Errorf("still answers %q", got)
	}
	if err := s.Delete(t.Context(), ws, bot, "manual.md"); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("the second time: %v", err)
	}
}

// TestReplicas: what one replica changes, another answers with after Recheck.
func TestReplicas(t *testing.T) {
	l, c := &knowledgetest.Memory{}, started()
	a, b := service(l, c, knowledge.Limits{}), service(l, c, knowledge.Limits{})
	ingested(t, a, "", "manual.md", manual)
	if got := first(t, b, "整机保修几年"); got != "manual.md: 整机保修两年。" {
		t.Fatalf("the first question loads; got %q", got)
	}
	ingested(t, a, "", "manual.md", strings.Replace(manual, "两年", "三年", 1))
	ingested(t, a, "", "more.md", "# 更多\n\n可以开发票。\n")
	c.pass(knowledge.Recheck + time.Millisecond)
	if got := first(t, b, "整机保修几年"); got != "manual.md: 整机保修三年。" {
		t.Errorf("got %q", got)
	}
	if err := a.Delete(t.Context(), ws, bot, "more.md"); err != nil {
		t.Fatal(err)
	}
	ingested(t, a, "", "more.md", "# 更多\n\n不能开发票。\n") // version 1 again, another document
	c.pass(knowledge.Recheck + time.Millisecond)
	if got := first(t, b, "开发票"); got != "more.md: 不能开发票。" {
		t.Errorf("got %q", got)
	}
}

// TestTheLibraryIsAskedSeldom: questions within Recheck cost no query.
func TestTheLibraryIsAskedSeldom(t *testing.T) {
	l, c := &knowledgetest.Memory{}, started()
	s := service(l, c, knowledge.Limits{})
	ingested(t, s, "", "manual.md", manual)
	asked := map[string]int{}
	l.Fail = func(call string) error { asked[call]++; return nil }
	for range 100 {
		first(t, s, "整机保修几年")
	}
	c.pass(knowledge.Recheck + time.Millisecond)
	first(t, s, "整机保修几年")
	if diff := cmp.Diff(map[string]int{"KnowledgeVersion": 1}, asked); diff != "" {
		t.Error(diff)
	}
}

func TestALibraryThatFailsLater(t *testing.T) {
	l, c := &knowledgetest.Memory{}, started()
	s := service(l, c, knowledge.Limits{})
	ingested(t, s, "", "manual.md", manual)
	l.Fail = func(string) error { return errors.New("gone") }
	c.pass(time.Hour)
	if _, err := s.Retrieve(t.Context(), core.Query{Workspace: ws, Bot: bot, Text: "保修"}); err == nil {
		t.Error("no error: an answer an hour old could be wrong")
	}
	l.Fail = nil
	if got := first(t, s, "整机保修几年"); got == "" {
		t.Error("it does not recover")
	}
}

func TestLimits(t *testing.T) {
	s := service(&knowledgetest.Memory{}, started(), knowledge.Limits{Bytes: 100, Passages: 2})
	for name, c := range map[string]struct{ doc, file, data, want string }{
		"bytes":     {"", "a.md", strings.Repeat("x", 101), "split"},
		"passages":  {"", "a.csv", "型号,价\nA,1\nB,2\nC,3\n", "3 passages"},
		"no name":   {"", " ", "x", "name"},
		"long name": {strings.Repeat("n", 256), "a.md", "x", "255"},
		"controls":  {"a\nb", "a.md", "x", "control"},
		"not UTF-8": {"\xff", "a.md", "x", "UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.Ingest(t.Context(), ws, bot, c.doc, c.file, []byte(c.data))
			var invalid *core.InputError
			if !errors.As(err, &invalid) || !strings.Contains(invalid.Msg, c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAnAnswerWithSeveralQuestionsComesOnce(t *testing.T) {
	s := service(&knowledgetest.Memory{}, started(), knowledge.Limits{})
	ingested(t, s, "", "faq.csv", "问题,答案\n怎么退货|如何退货|退货怎么办,在订单页申请。\n退货要多久,三天。\n")
	ps, err := s.Search(t.Context(), ws, bot, "怎么退货", 5)
	if err != nil || len(ps) != 2 || ps[0].Question != "怎么退货" {
		t.Errorf("got %+v, %v", ps, err)
	}
}

func TestBotsAreApart(t *testing.T) {
	s := service(&knowledgetest.Memory{}, started(), knowledge.Limits{})
	ingested(t, s, "", "manual.md", manual)
	for _, q := range []core.Query{{Workspace: ws, Bot: "other", Text: "保修"}, {Workspace: "other", Bot: bot, Text: "保修"}} {
		if ps, err := s.Retrieve(t.Context(), q); err != nil || len(ps) > 0 {
			t.Errorf("%v finds %v, %v", q, ps, err)
		}
	}
	if s.Weight(ws, bot, "保修") >= s.Weight(ws, "other", "保修") {
		t.Error("a word is as telling where it is as where it is not")
	}
}

func TestManyAtOnce(t *testing.T) {
	s := service(&knowledgetest.Memory{}, started(), knowledge.Limits{})
	if err := s.Load(t.Context(), ws, bot); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for v := range 5 {
				if _, err := s.Ingest(context.Background(), ws, bot, "", fmt.Sprintf("d%d.md", i), fmt.Appendf(nil, "# 手册\n\n第%d版的内容。\n", v)); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range 50 {
				if _, err := s.Retrieve(context.Background(), core.Query{Workspace: ws, Bot: bot, Text: "第几版的内容"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	ps, err := s.Search(t.Context(), ws, bot, "第4版的内容", 10)
	if err != nil || len(ps) != 4 {
		t.Errorf("%d passages, %v", len(ps), err)
	}
	for _, p := range ps {
		if p.Text != "第4版的内容。" {
			t.Errorf("%s: %q is not the last version", p.Doc, p.Text)
		}
	}
}
