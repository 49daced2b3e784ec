//go:build eval

package keyword

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
	"frontdesk/knowledge"
)

// The data's formats are in its own README. FRONTDESK_EVAL names its folder.

type asked struct {
	ID       string   `json:"id"`
	Question string   `json:"question"`
	Gold     []string `json:"gold_passage_ids"`
	Standard string   `json:"standard_id"`
	Type     string   `json:"type"`
}

type piece struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Text     string `json:"text"`
	Question string `json:"standard_question"`
	Answer   string `json:"answer"`
}

// judged is the best passage of a kind for a question, and whether it was the
// right one.
type judged struct {
	features knowledge.Evidence
	right    bool
	kind     string  // of question
	weight   float64 // in fits
}

func evalFolder(t *testing.T) string {
	dir := os.Getenv("FRONTDESK_EVAL")
	if dir == "" {
		t.Fatal("FRONTDESK_EVAL must name the folder of the evaluation data: FRONTDESK_EVAL=DIR go test -tags eval ./knowledge/keyword")
	}
	return dir
}

func lines[T any](t *testing.T, file string) []T {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var out []T
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<22)
	for sc.Scan() {
		var v T
		if err := json.Unmarshal(sc.Bytes(), &v); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		out = append(out, v)
	}
	return out
}

// set is one collection with its questions.
type set struct {
	name      string
	passages  []core.Passage
	questions []asked
}

func load(t *testing.T, name string) set {
	t.Helper()
	dir := filepath.Join(evalFolder(t), name)
	file := "passages.jsonl"
	if name == "faq/zh_cs" {
		file = "faq.jsonl"
	}
	out := set{name: name, questions: lines[asked](t, filepath.Join(dir, "questions.jsonl"))}
	for _, p := range lines[piece](t, filepath.Join(dir, file)) {
		out.passages = append(out.passages, core.Passage{ID: p.ID, Title: p.Title, Question: p.Question, Text: cmp.Or(p.Text, p.Answer)})
	}
	for i, q := range out.questions {
		if q.Standard != "" {
			out.questions[i].Gold = []string{q.Standard}
		}
	}
	return out
}

// measure prints how well the questions of s find their passages among those of
// s, and returns R@1 in percent.
func measure(t *testing.T, s set) ([]judged, float64) {
	t.Helper()
	x := New(nlu.Normalize)
	start := time.Now()
	x.Update(map[string][]core.Passage{"all": s.passages})
	t.Logf("%s: %d passages in %v", s.name, len(s.passages), time.Since(start))
	var out []judged
	var first, five, n, reciprocal float64
	start = time.Now()
	for _, q := range s.questions {
		snap := x.snap.Load()
		hits := x.rank(snap, snap.ask(x.norm(q.Question)), nil)
		at := slices.IndexFunc(hits, func(h hit) bool { return slices.Contains(q.Gold, snap.entries[h.slot].passage.ID) })
		j := judged{kind: q.Type}
		if len(hits) > 0 {
			j.features, j.right = hits[0].words, at == 0 && q.Type != "impossible"
		}
		out = append(out, j)
		if q.Type != "answerable" && q.Type != "match" {
			continue
		}
		n++
		if at == 0 {
			first++
		}
		if at >= 0 && at < 5 {
			five++
		}
		if at >= 0 && at < 10 {
			reciprocal += 1 / float64(at+1)
		}
	}
	t.Logf("%s: R@1 %.1f R@5 %.1f MRR@10 %.3f, %.3f ms a query", s.name, 100*first/n, 100*five/n, reciprocal/n,
		float64(time.Since(start).Microseconds())/1000/float64(len(s.questions)))
	return out, 100 * first / n
}

// auroc is the chance that a yes has the higher score than a no.
func auroc(yes, no []float64) float64 {
	var won float64
	for _, y := range yes {
		for _, n := range no {
			if y > n {
				won++
			} else if y == n {
				won += 0.5
			}
		}
	}
	return won / math.Max(1, float64(len(yes)*len(no)))
}

func scores(js []judged, of func(knowledge.Evidence) float64, kinds ...string) []float64 {
	var out []float64
	for _, j := range js {
		if slices.Contains(kinds, j.kind) {
			out = append(out, of(j.features))
		}
	}
	return out
}
