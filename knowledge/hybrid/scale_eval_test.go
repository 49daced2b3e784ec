//go:build eval

package hybrid_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/knowledge"
	"frontdesk/knowledge/embed"
	"frontdesk/knowledge/embed/builtin"
)

// TestQualityAmongHundredThousand: texts of the developer data cut and joined to 100,000
// passages, with vectors of the real ones moved a little.
func TestQualityAmongHundredThousand(t *testing.T) {
	const n = 100_000
	real := passages(t)
	rnd := rand.New(rand.NewPCG(9, 10))
	base := vectors(t, real)
	ps, vs := make([]core.Passage, n), make([][]float32, n)
	for i := range ps {
		a, b := rnd.IntN(len(real)), rnd.IntN(len(real))
		ps[i] = core.Passage{ID: fmt.Sprint(i), Text: fmt.Sprint(i, " ", half(rnd, real[a].Text), half(rnd, real[b].Text))}
		vs[i] = between(rnd, base[a], base[b])
	}
	before := resident()
	start := time.Now()
	e, x := crowd(ps, vs)
	t.Logf("%d passages taken in, vectors given, in %v; %.0f MB of heap besides texts and vectors (%.0f MB)", n,
		time.Since(start).Round(time.Millisecond), resident()-before, float64(n*384*4)/(1<<20))
	took, right := timed(t, e, x, ps, vs, 500)
	p95 := took[len(took)*95/100]
	t.Logf("hybrid query besides the embedding, processor time: median %v, 95 %% under %v, worst %v; %d of 500 among the first five", took[len(took)/2], p95, took[len(took)-1], right)
	if p95 > 30*time.Millisecond {
		t.Errorf("95 %% take up to %v", p95)
	}
	if right < 490 {
		t.Errorf("%d of 500 are found", right)
	}
}

// between is a vector between two, moved a little.
func between(rnd *rand.Rand, a, b []float32) []float32 {
	out := make([]float32, len(a))
	sum := 0.0
	for i := range out {
		out[i] = a[i] + b[i] + float32(rnd.NormFloat64()*.25/math.Sqrt(float64(len(a))))
		sum += float64(out[i]) * float64(out[i])
	}
	for i := range out {
		out[i] /= float32(math.Sqrt(sum))
	}
	return out
}

// half is some of a text.
func half(rnd *rand.Rand, text string) string {
	r := []rune(text)
	from := rnd.IntN(max(1, len(r)/2))
	return string(r[from:min(len(r), from+90)])
}

func passages(t *testing.T) (out []core.Passage) {
	t.Helper()
	dir := os.Getenv("FRONTDESK_EVAL")
	if dir == "" {
		t.Fatal("FRONTDESK_EVAL must name the folder of the evaluation data")
	}
	for _, set := range []string{"zh_cmrc2018", "en_squad2"} {
		f, err := os.Open(filepath.Join(dir, "retrieval", set, "passages.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		sc := bufio.NewScanner(f)
		sc.Buffer(nil, 1<<22)
		for sc.Scan() && len(out) < 600 {
			var p struct{ Text string }
			if err := json.Unmarshal(sc.Bytes(), &p); err != nil {
				t.Fatal(err)
			}
			out = append(out, core.Passage{Text: p.Text[:min(len(p.Text), 300)]})
		}
	}
	return out
}

func vectors(t *testing.T, ps []core.Passage) (out [][]float32) {
	t.Helper()
	b, err := builtin.Open(builtin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	for _, p := range ps {
		v, err := b.Embed(t.Context(), core.EmbedPassage, []string{embed.Clean(knowledge.Wordings(p)[0])})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v[0])
	}
	return out
}
