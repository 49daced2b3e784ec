//go:build eval

package hybrid

import (
	"bufio"
	"cmp"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/knowledge/embed"
	"frontdesk/knowledge/embed/builtin"
	"frontdesk/knowledge/keyword"
	"frontdesk/knowledge/vector/embedded"
)

// judged is the first finding of a question, and whether it was right.
type judged struct {
	finding
	gap, lift float64
	right     bool
	set, kind string
}

type asked struct {
	Question string
	Gold     []string `json:"gold_passage_ids"`
	Standard string   `json:"standard_id"`
	Type     string
	Lang     string
}

type piece struct {
	ID, Title, Text, Answer string
	Question                string `json:"standard_question"`
}

func rows[T any](t *testing.T, path ...string) (out []T) {
	t.Helper()
	dir := os.Getenv("FRONTDESK_EVAL")
	if dir == "" {
		t.Fatal("FRONTDESK_EVAL must name the folder of the evaluation data")
	}
	f, err := os.Open(filepath.Join(append([]string{dir}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<22)
	for sc.Scan() {
		var v T
		if err := json.Unmarshal(sc.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// asks asks the questions of a set of its passages; across is the language
// passages must not be in, "" for all.
func asks(t *testing.T, e core.Embedder, name, across string) (out []judged) {
	t.Helper()
	file := map[bool]string{true: "faq.jsonl", false: "passages.jsonl"}[name == "faq/zh_cs"]
	language := func(text string) string { l, _ := nlu.Language(nlu.Normalize(text), nil); return l }
	var ps []core.Passage
	for _, p := range rows[piece](t, name, file) {
		if text := cmp.Or(p.Text, p.Answer); across == "" || language(text) != across {
			ps = append(ps, core.Passage{ID: p.ID, Title: p.Title, Question: p.Question, Text: text})
		}
	}
	h := New(Options{NewWords: func() Words { return keyword.New(nlu.Normalize) }, Store: &embedded.Store{}, Wait: time.Minute})
	h.Use(Model{e, embed.E5()})
	x := h.NewIndex(core.DefaultWorkspace, "eval").(*Index)
	x.Update(map[string][]core.Passage{"all": ps})
	s := x.serving.Load()
	for _, q := range rows[asked](t, name, "questions.jsonl") {
		if q.Type == "impossible" || across != "" && language(q.Question) != across {
			continue
		}
		vs, err := e.Embed(t.Context(), core.EmbedQuery, []string{q.Question})
		if err != nil {
			t.Fatal(err)
		}
		v, err := s.view(t.Context(), vs[0])
		if err != nil {
			t.Fatal(err)
		}
		cs, err := v.gather(t.Context(), x.words, q.Question)
		if err != nil || len(cs) == 0 {
			t.Fatal(len(cs), err)
		}
		fs := judge(scaleOf(embed.E5()), v, q.Question, cs)
		j := judged{finding: fs[0], gap: min(lead(fs), mostGap), lift: fs[0].cosine - v.mean, set: name + across, kind: "passage",
			right: slices.Contains(append(q.Gold, q.Standard), fs[0].Passage.ID)}
		switch {
		case fs[0].Words.Pair:
			j.kind = "pair"
		case mostlyHan(fs[0].Passage.Text) != mostlyHan(q.Question):
			j.kind = "across"
		}
		out = append(out, j)
	}
	return out
}

// TestQualityOfChances prints how far the chances are off, by set, and what a logistic
// regression over these sets alone would take for their constants.
func TestQualityOfChances(t *testing.T) {
	b, err := builtin.Open(builtin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	e, err := embed.NewCache(b, embed.CacheOptions{Dir: os.Getenv("FRONTDESK_VECTORS")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	var all []judged
	for _, s := range [][2]string{{"retrieval/zh_cmrc2018", ""}, {"retrieval/en_squad2", ""}, {"retrieval/xling_xquad", ""},
		{"retrieval/xling_xquad", "zh"}, {"retrieval/xling_xquad", "en"}, {"faq/zh_cs", ""}} {
		js := asks(t, e, s[0], s[1])
		t.Logf("%s %s: mean error of the chance %.3f", s[0], s[1], off(js))
		if off(js) > .2 {
			t.Errorf("%s: the chance is off by %.2f", s[0], off(js))
		}
		all = append(all, js...)
	}
	t.Logf("passage: 1, fused, gap to 2, shortage: %.2f", logistic(all, "passage", func(j judged) []float64 { return []float64{1, j.fused, min(j.gap, 2), j.Words.Shortage} }))
	t.Logf("pair: 1, fused, gap to 2: %.2f", logistic(all, "pair", func(j judged) []float64 { return []float64{1, j.fused, min(j.gap, 2)} }))
	t.Logf("across: 1, lift, gap: %.2f", logistic(all, "across", func(j judged) []float64 { return []float64{1, j.lift, j.gap} }))
}

// off is the expected calibration error in ten bins.
func off(js []judged) (sum float64) {
	var bins [10]float64
	for _, j := range js {
		d := j.chance
		if j.right {
			d--
		}
		bins[min(9, int(j.chance*10))] += d / float64(len(js))
	}
	for _, b := range bins {
		sum += math.Abs(b)
	}
	return sum
}

// logistic fits by gradient descent with steps of each weight's own (Adam:
// Kingma and Ba, 2015); each set weighs the same.
func logistic(all []judged, kind string, of func(judged) []float64) []float64 {
	n := map[string]float64{}
	for _, j := range all {
		if j.kind == kind {
			n[j.set]++
		}
	}
	w := make([]float64, len(of(all[0])))
	m, v := slices.Clone(w), slices.Clone(w)
	for step := 1; step <= 4000; step++ {
		g := make([]float64, len(w))
		for _, j := range all {
			if j.kind != kind {
				continue
			}
			z, x := 0.0, of(j)
			for k, f := range x {
				z += w[k] * f
			}
			d := 1 / (1 + math.Exp(-z))
			if j.right {
				d--
			}
			for k, f := range x {
				g[k] += d * f / n[j.set]
			}
		}
		for k := range w {
			m[k], v[k] = .9*m[k]+.1*g[k], .999*v[k]+.001*g[k]*g[k]
			w[k] -= .02 * m[k] / (1 - math.Pow(.9, float64(step))) / (math.Sqrt(v[k]/(1-math.Pow(.999, float64(step)))) + 1e-9)
		}
	}
	return w
}
