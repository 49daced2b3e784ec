package hybrid_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/knowledge"
	"frontdesk/knowledge/embed"
	"frontdesk/knowledge/hybrid"
	"frontdesk/knowledge/keyword"
	"frontdesk/knowledge/vector/embedded"
	"frontdesk/knowledge/vectortest"
)

// known is an embedder that has the vectors already, and embeds nothing.
type known struct {
	dim int
	by  map[string][]float32
}

func (k known) Embed(ctx context.Context, _ core.EmbedKind, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, t := range texts {
		if out[i] = k.by[t]; out[i] == nil {
			return nil, fmt.Errorf("no vector of %q", t)
		}
	}
	return out, ctx.Err()
}

func (k known) Space() string   { return fmt.Sprint("known/", k.dim) }
func (k known) Dimensions() int { return k.dim }

// crowd is a bot with ps, whose vectors are vs.
func crowd(ps []core.Passage, vs [][]float32) (known, knowledge.Index) {
	e := known{dim: len(vs[0]), by: map[string][]float32{}}
	for i, p := range ps {
		for _, w := range knowledge.Wordings(p) {
			e.by[w] = vs[i]
		}
	}
	h := hybrid.New(hybrid.Options{NewWords: func() hybrid.Words { return keyword.New(nlu.Normalize) }, Store: &embedded.Store{}, Wait: time.Minute})
	x := h.NewIndex(ws, bot)
	x.Update(map[string][]core.Passage{"all": ps})
	h.Use(hybrid.Model{Embedder: e, Calibration: embed.E5()})
	return e, x
}

// timed asks n questions of x, each in the words and near the vector of a
// passage, and returns how much processor time they took, in order, and how
// many found it. By the clock it would be the machine's other work that is
// measured.
func timed(t *testing.T, e known, x knowledge.Index, ps []core.Passage, vs [][]float32, n int) (took []time.Duration, right int) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	rnd := rand.New(rand.NewPCG(11, 12))
	for range n {
		i := rnd.IntN(len(ps))
		text := []rune(ps[i].Text)
		from := rnd.IntN(max(1, len(text)-24))
		question := string(text[from:min(len(text), from+24)]) + "？"
		e.by[question] = vs[i]
		start, own := time.Now(), clock()
		got, err := x.Search(t.Context(), question, 15)
		took = append(took, min(time.Since(start), clock()-own))
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(got[:min(5, len(got))], func(p core.Passage) bool { return p.ID == ps[i].ID }) {
			right++
		}
	}
	slices.Sort(took)
	return took, right
}

func resident() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// TestManyPassages is the small form of the evaluation's TestQualityAmongHundredThousand:
// enough for signs to be compared first.
func TestManyPassages(t *testing.T) {
	const n = 21_000
	rnd := rand.New(rand.NewPCG(7, 8))
	vs := make([][]float32, n)
	for i, v := range vectortest.Clustered(rnd, n, 64) {
		vs[i] = v.V
	}
	ps := make([]core.Passage, n)
	for i := range ps {
		var text strings.Builder
		for range 12 {
			fmt.Fprintf(&text, "%c%c", 0x4e00+rnd.IntN(500), 0x4e00+rnd.IntN(500))
		}
		ps[i] = core.Passage{ID: fmt.Sprint(i), Text: fmt.Sprint(text.String(), i)}
	}
	e, x := crowd(ps, vs)
	took, right := timed(t, e, x, ps, vs, 50)
	t.Logf("%d passages: median %v, 95 %% under %v", n, took[len(took)/2], took[len(took)*95/100])
	if right < 49 {
		t.Errorf("%d of 50 are found", right)
	}
}
