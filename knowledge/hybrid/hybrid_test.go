package hybrid_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/knowledge"
	"frontdesk/knowledge/embed"
	"frontdesk/knowledge/hybrid"
	"frontdesk/knowledge/keyword"
	"frontdesk/knowledge/vector/embedded"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ws, bot = core.DefaultWorkspace, "shop"

// senses is an embedder that knows words of the same meaning: each meaning is a
// direction.
type senses struct {
	name string
	mu   sync.Mutex
	err  error
	seen map[string]int // texts embedded
}

var meanings = [][]string{
	{"除垢", "水垢", "descale", "limescale"}, {"退货", "return", "send back", "不想要了"}, {"保修", "warranty", "guarantee", "质保"},
	{"运费", "shipping", "邮费"}, {"发票", "invoice"}, {"天气", "weather"},
}

func (s *senses) Embed(ctx context.Context, _ core.EmbedKind, texts []string) ([][]float32, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	if s.seen == nil {
		s.seen = map[string]int{}
	}
	out := make([][]float32, len(texts))
	for i, t := range texts {
		s.seen[t]++
		v := make([]float32, 8)
		v[7] = 1.5 // what all texts have in common
		sum := 2.25
		for k, words := range meanings {
			for _, w := range words {
				if strings.Contains(strings.ToLower(t), w) {
					v[k]++
					sum++
					break
				}
			}
		}
		for k := range v {
			v[k] /= float32(math.Sqrt(sum))
		}
		out[i] = v
	}
	return out, ctx.Err()
}

func (s *senses) Space() string   { return s.name + "/8" }
func (s *senses) Dimensions() int { return 8 }

func (s *senses) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *senses) embedded(text string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen[text]
}

// rig is an engine whose background work is kept until done.
type rig struct {
	*hybrid.Engine
	work []func(context.Context)
}

func newRig() *rig {
	r := &rig{}
	r.Engine = hybrid.New(hybrid.Options{NewWords: func() hybrid.Words { return keyword.New(nlu.Normalize) }, Store: &embedded.Store{},
		Later: func(work func(context.Context)) { r.work = append(r.work, work) }})
	return r
}

// done runs the background work there is.
func (r *rig) done(t *testing.T) {
	t.Helper()
	for len(r.work) > 0 {
		work := r.work[0]
		r.work = r.work[1:]
		work(t.Context())
	}
}

func model(e core.Embedder) hybrid.Model {
	return hybrid.Model{Embedder: e, Calibration: embed.E5()}
}

// docs are a shop's, in both languages.
func docs() map[string][]core.Passage {
	out := map[string][]core.Passage{}
	for i, text := range []string{"每三十天用柠檬酸清除水垢一次。", "签收后七天内可以退货。", "The warranty lasts two years.", "满九十九元免运费。",
		"可以开电子发票。", "客服工作时间是九点到六点。", "会员享九折。", "支持货到付款。"} {
		name := fmt.Sprintf("d%d.md", i)
		out[name] = []core.Passage{{ID: name, Doc: name, Text: text}}
	}
	return out
}

func first(t *testing.T, x knowledge.Index, question string) core.Passage {
	t.Helper()
	ps, err := x.Search(t.Context(), question, 3)
	if err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	if len(ps) == 0 {
		t.Fatalf("%s: nothing found", question)
	}
	return ps[0]
}

func ready(t *testing.T) (*rig, *senses, knowledge.Index) {
	t.Helper()
	r, e := newRig(), &senses{name: "a"}
	x := r.NewIndex(ws, bot)
	x.Update(docs())
	r.Use(model(e))
	r.done(t)
	return r, e, x
}

func TestMeaningFindsWhatWordsDoNot(t *testing.T) {
	_, _, x := ready(t)
	for question, want := range map[string]string{
		"How do I descale it?":         "d0.md", // across languages
		"怎么除垢":                         "d0.md",
		"I want to send back my order": "d1.md",
		"质保多久":                         "d2.md",
		"签收后七天内可以退货吗":                  "d1.md",
	} {
		p := first(t, x, question)
		if p.Doc != want || p.Score <= 0 || p.Score >= 1 || p.Why.Meaning == 0 {
			t.Errorf("%s finds %s with %.2f for %+v, want %s", question, p.Doc, p.Score, p.Why, want)
		}
	}
	ps, err := x.Search(t.Context(), "退货要运费吗", 5)
	if err != nil || len(ps) != 5 {
		t.Fatalf("%d passages, %v", len(ps), err)
	}
	if sure, unsure := first(t, x, "签收后七天内可以退货吗").Score, first(t, x, "weather tomorrow").Score; sure < 2*unsure {
		t.Errorf("the chance of an answer is %.2f, of none %.2f", sure, unsure)
	}
}

// TestWordsAloneUntilComplete: a space that lacks a vector does not serve.
func TestWordsAloneUntilComplete(t *testing.T) {
	r, e := newRig(), &senses{name: "a"}
	x := r.NewIndex(ws, bot)
	x.Update(docs())
	if _, err := x.Search(t.Context(), "退货", 3); err != nil {
		t.Errorf("without a model there is nothing to say: %v", err)
	}
	r.Use(model(e))
	ps, err := x.Search(t.Context(), "七天内退货", 3)
	if !errors.Is(err, knowledge.ErrWordsAlone) || !strings.Contains(err.Error(), "being made") || len(ps) == 0 || ps[0].Doc != "d1.md" {
		t.Errorf("got %v, %v", ps, err)
	}
	r.done(t)
	if p := first(t, x, "除垢"); p.Doc != "d0.md" {
		t.Errorf("got %s", p.Doc)
	}
}

// TestBusy: an embedder that cannot answer in time costs the meaning, not the turn.
func TestBusy(t *testing.T) {
	_, e, x := ready(t)
	e.fail(&embed.BusyError{})
	ps, err := x.Search(t.Context(), "七天内退货", 3)
	if !errors.Is(err, knowledge.ErrWordsAlone) || !errors.Is(err, embed.ErrBusy) || len(ps) == 0 || ps[0].Doc != "d1.md" {
		t.Errorf("got %v, %v", ps, err)
	}
	e.fail(nil)
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	if ps, err := x.Search(ctx, "七天内退货", 3); !errors.Is(err, knowledge.ErrWordsAlone) || len(ps) == 0 {
		t.Errorf("in a hurry: %v, %v", ps, err)
	}
	gone, end := context.WithCancel(t.Context())
	end()
	if ps, err := x.Search(gone, "七天内退货", 3); !errors.Is(err, context.Canceled) || ps != nil {
		t.Errorf("cancelled: %v, %v", ps, err)
	}
}

// TestPrepare: what was prepared is found by meaning as soon as Update returns,
// and nothing is embedded twice.
func TestPrepare(t *testing.T) {
	r, e, x := ready(t)
	fresh := []core.Passage{{ID: "n", Doc: "d0.md", Text: "用白醋洗掉 limescale 即可。"}, docs()["d1.md"][0]}
	_, done, err := x.Prepare(t.Context(), fresh)
	if err != nil {
		t.Fatal(err)
	}
	if p := first(t, x, "除垢"); p.Text != docs()["d0.md"][0].Text {
		t.Errorf("before the update it answers %q", p.Text)
	}
	x.Update(map[string][]core.Passage{"d0.md": fresh[:1], "d1.md": fresh[1:]})
	if p := first(t, x, "怎么除垢"); p.ID != "n" {
		t.Errorf("after the update it answers %q", p.Text)
	}
	done()
	r.done(t)
	if p := first(t, x, "怎么除垢"); p.ID != "n" {
		t.Errorf("later it answers %q", p.Text)
	}
	for _, ps := range docs() {
		if n := e.embedded(ps[0].Text); n != 1 {
			t.Errorf("%q was embedded %d times", ps[0].Text, n)
		}
	}
}

func TestPrepareFails(t *testing.T) {
	_, e, x := ready(t)
	e.fail(errors.New("gone"))
	if _, _, err := x.Prepare(t.Context(), []core.Passage{{Text: "新的"}}); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("got %v", err)
	}
	if _, done, err := x.Prepare(t.Context(), docs()["d1.md"]); err != nil {
		t.Errorf("what is there already needs no embedder: %v", err)
	} else {
		done()
	}
	r := newRig()
	r.Away(errors.New("no connection"))
	if _, _, err := r.NewIndex(ws, bot).Prepare(t.Context(), docs()["d1.md"]); err == nil || !strings.Contains(err.Error(), "no connection") {
		t.Errorf("away: %v", err)
	}
}

// TestAnotherModel: the old space answers until the new one is complete.
func TestAnotherModel(t *testing.T) {
	r, old, x := ready(t)
	next := &senses{name: "b"}
	next.fail(errors.New("not yet"))
	r.Use(model(next))
	if p := first(t, x, "除垢"); p.Doc != "d0.md" {
		t.Errorf("meanwhile it finds %s", p.Doc)
	}
	before := old.embedded("除垢")
	next.fail(nil)
	r.done(t)
	if p := first(t, x, "除垢"); p.Doc != "d0.md" || old.embedded("除垢") != before || next.embedded("除垢") != 1 {
		t.Errorf("it finds %s; the old model was asked %d times, the new one %d", p.Doc, old.embedded("除垢"), next.embedded("除垢"))
	}
}

func TestDrop(t *testing.T) {
	r, e, x := ready(t)
	r.Drop()
	r.done(t)
	ps, err := x.Search(t.Context(), "七天内退货", 3)
	if err != nil || len(ps) == 0 || ps[0].Doc != "d1.md" || ps[0].Why.Meaning != 0 {
		t.Errorf("got %+v, %v", ps, err)
	}
	r.Use(model(e))
	r.done(t)
	if p := first(t, x, "descale"); p.Doc != "d0.md" {
		t.Errorf("taken up again it finds %s", p.Doc)
	}
}

// TestFillingTriesAgain: an embedder that fails for a while is waited for, and
// the waiting ends with its context.
func TestFillingTriesAgain(t *testing.T) {
	r, e := newRig(), &senses{name: "a"}
	x := r.NewIndex(ws, bot)
	x.Update(docs())
	e.fail(errors.New("gone"))
	r.Use(model(e))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.work[0](ctx)
	r.work = nil
	if _, err := x.Search(t.Context(), "退货", 3); !errors.Is(err, knowledge.ErrWordsAlone) {
		t.Errorf("got %v", err)
	}
	e.fail(nil)
	x.Update(map[string][]core.Passage{"d9.md": {{Text: "新的"}}}) // what comes next begins it again
	r.done(t)
	if p := first(t, x, "除垢"); p.Doc != "d0.md" {
		t.Errorf("got %s", p.Doc)
	}
}

// TestAPassageWithoutAVector is found by its words among those with one.
func TestAPassageWithoutAVector(t *testing.T) {
	_, _, x := ready(t)
	x.Update(map[string][]core.Passage{"new.md": {{ID: "new", Doc: "new.md", Text: "柜台提货需要出示身份证。"}}}) // another replica's
	if p := first(t, x, "提货要带身份证吗"); p.Doc != "new.md" {
		t.Errorf("got %s", p.Doc)
	}
}

func TestBesideUpdates(t *testing.T) {
	e := &senses{name: "a"}
	var wg sync.WaitGroup
	r := hybrid.New(hybrid.Options{NewWords: func() hybrid.Words { return keyword.New(nlu.Normalize) }, Store: &embedded.Store{},
		Later: func(work func(context.Context)) { wg.Go(func() { work(t.Context()) }) }})
	x := r.NewIndex(ws, bot)
	x.Update(docs())
	r.Use(model(e))
	wg.Wait()
	stop := make(chan struct{})
	var askers sync.WaitGroup
	for range 3 {
		askers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				ps, err := x.Search(context.Background(), "descale", 5)
				if err != nil || len(ps) == 0 || !strings.Contains(ps[0].Text, "水垢") {
					t.Errorf("got %v, %v", ps, err)
					return
				}
			}
		})
	}
	for i := range 100 {
		ps := []core.Passage{{ID: "d0", Doc: "d0.md", Text: fmt.Sprintf("第%d版：用柠檬酸清除水垢。", i)}}
		_, done, err := x.Prepare(t.Context(), ps)
		if err != nil {
			t.Fatal(err)
		}
		x.Update(map[string][]core.Passage{"d0.md": ps})
		if p := first(t, x, "descale"); p.Text != ps[0].Text {
			t.Fatalf("version %d answers %q", i, p.Text)
		}
		done()
	}
	close(stop)
	askers.Wait()
	wg.Wait()
}

// away is a store of vectors whose server comes and goes.
type away struct {
	embedded.Store
	gone bool
}

func (a *away) Open(w core.WorkspaceID, bot, space string, dim int) knowledge.Vectors {
	return &distant{a.Store.Open(w, bot, space, dim), a}
}

type distant struct {
	knowledge.Vectors
	a *away
}

var errNoServer = errors.New("no server")

func (d *distant) Nearest(ctx context.Context, q []float32, limit int) ([]knowledge.Vector, error) {
	if d.a.gone {
		return nil, errNoServer
	}
	return d.Vectors.Nearest(ctx, q, limit)
}

func (d *distant) Missing(ctx context.Context, keys []knowledge.Key) ([]knowledge.Key, error) {
	if d.a.gone {
		return nil, errNoServer
	}
	return d.Vectors.Missing(ctx, keys)
}

// TestAStoreThatIsAway: words answer, and say why; new passages are refused.
func TestAStoreThatIsAway(t *testing.T) {
	store := &away{}
	h := hybrid.New(hybrid.Options{NewWords: func() hybrid.Words { return keyword.New(nlu.Normalize) }, Store: store})
	x := h.NewIndex(ws, bot)
	x.Update(docs())
	h.Use(model(&senses{name: "a"}))
	if p := first(t, x, "descale"); p.Doc != "d0.md" {
		t.Errorf("got %s", p.Doc)
	}
	store.gone = true
	ps, err := x.Search(t.Context(), "七天内退货", 3)
	if !errors.Is(err, knowledge.ErrWordsAlone) || !errors.Is(err, errNoServer) || len(ps) == 0 || ps[0].Doc != "d1.md" {
		t.Errorf("got %v, %v", ps, err)
	}
	if _, _, err := x.Prepare(t.Context(), docs()["d1.md"]); !errors.Is(err, errNoServer) {
		t.Errorf("prepare: %v", err)
	}
	store.gone = false
	if p := first(t, x, "descale"); p.Doc != "d0.md" {
		t.Errorf("back again it finds %s", p.Doc)
	}
}
