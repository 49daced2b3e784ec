package knowledge_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/knowledge"
	"frontdesk/knowledge/chunk"
	"frontdesk/knowledge/embed"
	"frontdesk/knowledge/embed/builtin"
	"frontdesk/knowledge/hybrid"
	"frontdesk/knowledge/ingest"
	"frontdesk/knowledge/keyword"
	"frontdesk/knowledge/knowledgetest"
	"frontdesk/knowledge/vector/embedded"
)

// encoder is the program's own, which counts passages and fails on demand.
type encoder struct {
	core.Embedder
	passages atomic.Int64
	failing  atomic.Bool
}

func (e *encoder) Embed(ctx context.Context, kind core.EmbedKind, texts []string) ([][]float32, error) {
	if kind == core.EmbedPassage {
		if e.failing.Load() {
			return nil, errors.New("the embedder died")
		}
		e.passages.Add(int64(len(texts)))
	}
	return e.Embedder.Embed(ctx, kind, texts)
}

func newEncoder(t *testing.T) *encoder {
	t.Helper()
	b, err := builtin.Open(builtin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return &encoder{Embedder: b}
}

// meaningful is a replica that finds by meaning, with e behind a cache in dir.
func meaningful(t *testing.T, l core.Library, e core.Embedder, dir string) *knowledge.Service {
	t.Helper()
	cache, err := embed.NewCache(e, embed.CacheOptions{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() {
		cancel()
		work.Wait()
		_ = cache.Close()
	})
	h := hybrid.New(hybrid.Options{NewWords: func() hybrid.Words { return keyword.New(nlu.Normalize) }, Store: &embedded.Store{}, Wait: minute,
		Later: func(do func(context.Context)) { work.Go(func() { do(ctx) }) }})
	h.Use(hybrid.Model{Embedder: cache, Calibration: embed.E5()})
	return knowledge.New(knowledge.Options{Library: l, Parser: &ingest.Parser{}, Split: chunk.Split, Hash: chunk.Hash, NewIndex: h.NewIndex, Now: started().time})
}

const minute = 60e9

const guide = "# 电水壶\n\n## 除垢\n\n每三十天用五十克柠檬酸加一升水烧开，静置二十分钟后倒掉。\n\n## 容量\n\n水壶容量一点七升。\n\n## 保修\n\n整机保修两年。\n\n## 运费\n\n运费十二元。\n"

// TestTheNextQuestionIsAnsweredFromTheNewText, in the other language too: when
// Ingest returns, vectors are there.
func TestTheNextQuestionIsAnsweredFromTheNewText(t *testing.T) {
	e := newEncoder(t)
	l := &knowledgetest.Memory{}
	s := meaningful(t, l, e, t.TempDir())
	ingested(t, s, "", "kettle.md", guide)
	before := e.passages.Load()
	if before != 4 {
		t.Errorf("%d passages embedded, want 4", before)
	}
	ingested(t, s, "", "kettle.md", strings.Replace(guide, "五十克柠檬酸加一升水", "一百毫升白醋加半升水", 1))
	if n := e.passages.Load() - before; n != 1 {
		t.Errorf("%d passages embedded for one that changed", n)
	}
	if got := first(t, s, "How do I descale the kettle?"); !strings.Contains(got, "白醋") {
		t.Errorf("got %q", got)
	}
	ps, err := s.Search(t.Context(), ws, bot, "How do I descale the kettle?", 10)
	for _, p := range ps {
		if err != nil || strings.Contains(p.Text, "柠檬酸") {
			t.Errorf("the old text is still found: %q, %v", p.Text, err)
		}
	}
}

// TestAnEmbedderThatDies leaves the version before answering, by both ways, and
// what comes after goes on where it ended.
func TestAnEmbedderThatDies(t *testing.T) {
	e, l := newEncoder(t), &knowledgetest.Memory{}
	s := meaningful(t, l, e, t.TempDir())
	ingested(t, s, "", "kettle.md", guide)
	version, _ := l.KnowledgeVersion(t.Context(), ws, bot)
	fresh := strings.Replace(guide, "柠檬酸", "白醋", 1)
	e.failing.Store(true)
	_, err := s.Ingest(t.Context(), ws, bot, "", "kettle.md", []byte(fresh))
	if err == nil || !strings.Contains(err.Error(), "the embedder died") || !strings.Contains(err.Error(), "kettle.md") {
		t.Fatalf("got %v", err)
	}
	if after, _ := l.KnowledgeVersion(t.Context(), ws, bot); after != version {
		t.Error("something was stored")
	}
	if got := first(t, s, "How do I descale the kettle?"); !strings.Contains(got, "柠檬酸") {
		t.Errorf("got %q", got)
	}
	e.failing.Store(false)
	ingested(t, s, "", "kettle.md", fresh)
	if got := first(t, s, "How do I descale the kettle?"); !strings.Contains(got, "白醋") {
		t.Errorf("got %q", got)
	}
}

// TestARestartEmbedsNothingTwice: vectors are on disk, by model and text.
func TestARestartEmbedsNothingTwice(t *testing.T) {
	e, l, dir := newEncoder(t), &knowledgetest.Memory{}, t.TempDir()
	ingested(t, meaningful(t, l, e, dir), "", "kettle.md", guide)
	before := e.passages.Load()
	s := meaningful(t, l, e, dir)
	if _, err := s.Search(t.Context(), ws, bot, "运费", 1); err != nil { // loads
		t.Fatal(err)
	}
	for found := ""; !strings.Contains(found, "柠檬酸"); { // until the background has read them
		found = eventually(t, s, "How do I descale the kettle?")
	}
	if n := e.passages.Load() - before; n != 0 {
		t.Errorf("%d passages were embedded again", n)
	}
}

// eventually is the first passage of a service that may not have its vectors yet.
func eventually(t *testing.T, s *knowledge.Service, query string) string {
	t.Helper()
	ps, err := s.Search(t.Context(), ws, bot, query, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(ps) == 0 {
		return ""
	}
	return ps[0].Text
}

// TestLazily: what is taken in so is found by words at once, and by meaning later.
func TestLazily(t *testing.T) {
	e, l := newEncoder(t), &knowledgetest.Memory{}
	s := meaningful(t, l, e, t.TempDir())
	e.failing.Store(true)
	err := s.Lazily(ws, bot, func() error {
		_, err := s.Ingest(t.Context(), ws, bot, "", "kettle.md", []byte(guide))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	ps, err := s.Retrieve(t.Context(), core.Query{Workspace: ws, Bot: bot, Text: "水壶容量"})
	if !errors.Is(err, knowledge.ErrWordsAlone) || len(ps) == 0 || !strings.Contains(ps[0].Text, "容量") {
		t.Errorf("got %v, %v", ps, err)
	}
}
