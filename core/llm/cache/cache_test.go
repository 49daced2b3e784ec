package cache_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/core"
	"frontdesk/core/llm"
	"frontdesk/core/llm/cache"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type gated struct {
	asked atomic.Int64
	gate  chan struct{}
	ended atomic.Int64 // whose context ended
	fail  error
}

func (g *gated) Name() string { return "gated" }

func (g *gated) Generate(ctx context.Context, r llm.Request, on func(llm.Delta)) (llm.Answer, error) {
	g.asked.Add(1)
	select {
	case <-g.gate:
	case <-ctx.Done():
		g.ended.Add(1)
		return llm.Answer{}, ctx.Err()
	}
	if g.fail != nil {
		return llm.Answer{}, g.fail
	}
	text := "to " + r.Messages[0].Text
	if on != nil {
		on(llm.Delta{Text: text[:2]})
		on(llm.Delta{Text: text[2:]})
	}
	return llm.Answer{Text: text, Provider: "gated", Usage: llm.Usage{In: 1, Out: 1, Known: true}}, nil
}

func request(text, contact string) llm.Request {
	return llm.Request{Messages: []llm.Message{{Role: llm.User, Text: text}}, For: llm.For{Bot: "b", Contact: contact}}
}

// Equal requests at one time are one; each caller sees the whole answer. One
// that differs, or comes later, is another.
func TestOnce(t *testing.T) {
	g := &gated{gate: make(chan struct{})}
	o := cache.NewOnce(g)
	var wg sync.WaitGroup
	var counted atomic.Int64
	for i := range 20 {
		wg.Go(func() {
			streamed, pieces := "", 0
			a, err := o.Generate(t.Context(), request("x", string(rune('a'+i))), func(d llm.Delta) { streamed, pieces = streamed+d.Text, pieces+1 })
			if pieces != 2 {
				t.Errorf("streamed in %d pieces", pieces)
			}
			if err != nil || a.Text != "to x" || streamed != "to x" {
				t.Errorf("%q, streamed %q, %v", a.Text, streamed, err)
			}
			if a.Usage.Known {
				counted.Add(1)
			}
		})
	}
	wg.Go(func() {
		if a, err := o.Generate(t.Context(), request("y", "a"), nil); err != nil || a.Text != "to y" {
			t.Errorf("%q, %v", a.Text, err)
		}
	})
	for g.asked.Load() < 2 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(20 * time.Millisecond) // for the others to join; one that comes later would ask itself
	close(g.gate)
	wg.Wait()
	if n := g.asked.Load(); n != 2 || counted.Load() != 1 {
		t.Errorf("asked %d times, counted %d", n, counted.Load())
	}
	if _, err := o.Generate(t.Context(), request("x", "a"), nil); err != nil || g.asked.Load() != 3 {
		t.Errorf("later it is asked anew: %d, %v", g.asked.Load(), err)
	}
}

// Who leaves does not end what others wait for; when all left, it ends. Tools
// make a request its own.
func TestOnceLeaving(t *testing.T) {
	g := &gated{gate: make(chan struct{})}
	o := cache.NewOnce(g)
	first, leave := context.WithCancel(t.Context())
	errs := make(chan error, 2)
	go func() { _, err := o.Generate(first, request("x", "a"), nil); errs <- err }()
	for g.asked.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	go func() { _, err := o.Generate(t.Context(), request("x", "b"), nil); errs <- err }()
	time.Sleep(10 * time.Millisecond)
	leave()
	if err := <-errs; !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	close(g.gate)
	if err := <-errs; err != nil || g.ended.Load() != 0 {
		t.Errorf("who stayed got %v", err)
	}
	alone := &gated{gate: make(chan struct{})}
	o = cache.NewOnce(alone)
	short, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	if _, err := o.Generate(short, request("x", "a"), nil); err == nil {
		t.Error("nobody answered")
	}
	for alone.ended.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	with := request("x", "a")
	with.Tools = []llm.Function{{Name: "f"}}
	tools := &gated{gate: make(chan struct{})}
	o = cache.NewOnce(tools)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { _, _ = o.Generate(t.Context(), with, nil) })
	}
	for tools.asked.Load() < 3 {
		time.Sleep(time.Millisecond)
	}
	close(tools.gate)
	wg.Wait()
}

// meaning embeds by the first word alone.
type meaning struct{ asked atomic.Int64 }

func (m *meaning) Space() string   { return "test" }
func (m *meaning) Dimensions() int { return 2 }
func (m *meaning) Embed(_ context.Context, _ core.EmbedKind, texts []string) (out [][]float32, _ error) {
	m.asked.Add(1)
	for _, s := range texts {
		switch {
		case strings.HasPrefix(s, "returns"):
			out = append(out, []float32{1, 0})
		case strings.HasPrefix(s, "return"):
			out = append(out, []float32{.96, .28})
		default:
			out = append(out, []float32{0, 1})
		}
	}
	return out, nil
}

type writer struct {
	asked   int
	say     string
	by      string
	found   bool
	handoff bool
	cites   []core.Citation
}

func (w *writer) Generate(_ context.Context, t *core.Turn) (*core.Draft, error) {
	w.asked++
	if w.found {
		t.Found = append(t.Found, "a tool's")
	}
	if w.handoff {
		t.Handoff = core.ReasonRule
	}
	return &core.Draft{Parts: []core.Part{{Text: w.say}}, By: w.by, Score: .9, Citations: w.cites}, nil
}

func TestAnswers(t *testing.T) {
	now, version := time.Unix(0, 0), int64(1)
	w := &writer{say: "30 days", by: "llm"}
	keep, em := time.Hour, &meaning{}
	a := cache.NewAnswers(cache.Options{Next: w, Embedder: func() core.Embedder { return em }, Settings: func(string) cache.Settings { return cache.Settings{Keep: keep} },
		Personal:  func(_, s string) bool { return strings.Contains(s, "138") },
		Knowledge: func(context.Context, *core.Turn) (int64, error) { return version, nil },
		Kept:      func(d *core.Draft) bool { return d.By == "llm" }, Now: func() time.Time { return now }})
	ask := func(text string, change func(*core.Turn)) string {
		turn := core.NewTurn(core.Work{}, time.Now)
		turn.Text, turn.Lang, turn.Bot = text, "en", core.BotInfo{ID: "b", Version: "1"}
		if change != nil {
			change(turn)
		}
		d, err := a.Generate(t.Context(), turn)
		if err != nil {
			t.Fatal(err)
		}
		return core.JoinText(d.Parts)
	}
	asked := func(want int, why string) {
		t.Helper()
		if w.asked != want {
			t.Errorf("%s: asked %d times, want %d", why, w.asked, want)
		}
		w.asked = 0
	}
	ask("returns?", nil)
	ask("return policy?", nil)
	asked(1, "the same meaning")
	ask("warranty?", nil)
	asked(1, "another meaning")
	ask("returns of the K2?", nil)
	ask("returns of the K3?", nil)
	asked(2, "another model number")
	ask("returns?", func(t *core.Turn) { t.Lang = "zh" })
	ask("returns?", func(t *core.Turn) { t.Bot.Version = "2" })
	ask("returns?", func(t *core.Turn) { t.Bot.ID = "other" })
	asked(3, "another language, version, bot")
	ask("how long?", func(t *core.Turn) { t.Query = "returns how long?" })
	asked(0, "a question that leans on the one before, made whole")
	ask("returns?", func(t *core.Turn) { t.Query = "warranty, returns?" })
	asked(0, "one of that meaning")
	ask("how long?", func(t *core.Turn) { t.Query = "return of the K9, how long?" })
	asked(1, "the same words after another question")
	ask("returns?", func(t *core.Turn) { t.Query = "138, returns?" })
	ask("returns?", func(t *core.Turn) { t.Query = "138, returns?" })
	asked(2, "personal data in the question before")
	ask("returns?", func(t *core.Turn) { t.Work.Envelope.Channel = "wx" })
	ask("returns?", func(t *core.Turn) { t.Work.Envelope.Contact.Level = core.Verified })
	asked(2, "another channel, a customer who may know more")
	version = 2
	ask("returns?", nil)
	ask("returns?", nil)
	asked(1, "new knowledge")
	now = now.Add(2 * time.Hour)
	ask("returns?", nil)
	asked(1, "too old")
	ask("returns for 138", nil)
	ask("returns for 138", nil)
	asked(2, "personal data in the question")
	ask("returns?", func(t *core.Turn) { t.Found = []string{"order"} })
	asked(1, "a tool's result")
	version, w.cites = 9, []core.Citation{{Doc: "terms.md"}}
	reads := func(text string) func(*core.Turn) {
		return func(t *core.Turn) {
			t.Passages = []core.Passage{{Doc: "terms.md", Text: text}, {Doc: "other.md", Text: "x"}}
		}
	}
	ask("returns?", reads("30 days"))
	ask("return policy?", reads("30 days"))
	asked(1, "the same passage")
	ask("returns?", reads("14 days"))
	ask("returns?", reads("14 days"))
	asked(1, "what it cites has changed, though the version was known before the passages were")
	version, w.cites = 3, nil
	w.say = "call 138"
	ask("returns?", nil)
	ask("returns?", nil)
	asked(2, "personal data in the answer")
	w.say, w.found = "30 days", true
	ask("returns?", nil)
	ask("returns?", nil)
	asked(2, "a tool was asked meanwhile")
	w.found, w.by = false, "extract"
	ask("returns?", nil)
	ask("returns?", nil)
	asked(2, "a quotation")
	w.by, w.handoff = "llm", true
	ask("returns?", nil)
	ask("returns?", nil)
	asked(2, "a person was wanted")
	w.handoff, keep = false, 0
	ask("returns?", nil)
	ask("returns?", nil)
	asked(2, "it is off")
}

// Equal texts at one time are embedded once.
func TestEmbedder(t *testing.T) {
	slow := &slowMeaning{gate: make(chan struct{})}
	e := cache.NewEmbedder(slow)
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if v, err := e.Embed(t.Context(), core.EmbedQuery, []string{"returns"}); err != nil || len(v) != 1 || v[0][0] != 1 {
				t.Errorf("%v, %v", v, err)
			}
		})
	}
	for slow.began.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(20 * time.Millisecond)
	close(slow.gate)
	wg.Wait()
	if n := slow.began.Load(); n != 1 {
		t.Errorf("embedded %d times", n)
	}
}

type slowMeaning struct {
	meaning
	began atomic.Int64
	gate  chan struct{}
}

func (s *slowMeaning) Embed(ctx context.Context, k core.EmbedKind, texts []string) ([][]float32, error) {
	s.began.Add(1)
	<-s.gate
	return s.meaning.Embed(ctx, k, texts)
}
