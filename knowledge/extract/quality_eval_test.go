//go:build eval

package extract

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/knowledge/keyword"
)

type row struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Text     string   `json:"text"`
	Question string   `json:"question"`
	Answers  []string `json:"answers"`
	Type     string   `json:"type"`
}

func rows(t *testing.T, file string) []row {
	t.Helper()
	dir := os.Getenv("FRONTDESK_EVAL")
	if dir == "" {
		t.Fatal("FRONTDESK_EVAL must name the folder of the evaluation data")
	}
	f, err := os.Open(filepath.Join(dir, "retrieval", file))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var out []row
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<22)
	for sc.Scan() {
		var r row
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// TestQuality prints how often the extract holds the answer, and how well its
// confidence tells that there is one.
func TestQuality(t *testing.T) {
	for _, set := range []string{"zh_cmrc2018", "en_squad2"} {
		x := keyword.New(nlu.Normalize)
		var ps []core.Passage
		for _, r := range rows(t, set+"/passages.jsonl") {
			ps = append(ps, core.Passage{ID: r.ID, Title: r.Title, Text: r.Text, Doc: r.ID})
		}
		x.Update(map[string][]core.Passage{"all": ps})
		g := New(nlu.Normalize, func(_ core.WorkspaceID, _, term string) float64 { return x.Weight(term) }, nil)
		var right, answerable, chars int
		var yes, no []float64
		for _, r := range rows(t, set+"/questions.jsonl") {
			turn := core.NewTurn(core.Work{Envelope: core.Envelope{Parts: []core.Part{{Text: r.Question}}}}, time.Now)
			turn.Passages = x.Search(r.Question, 5)
			d, err := g.Generate(t.Context(), turn)
			if err != nil {
				t.Fatal(err)
			}
			score, text := 0.0, ""
			if d != nil {
				score, text = d.Score, d.Parts[0].Text
			}
			switch r.Type {
			case "answerable":
				answerable++
				chars += utf8.RuneCountInString(text)
				yes = append(yes, score)
				if holds(text, r.Answers) {
					right++
				}
			case "out_of_kb":
				no = append(no, score)
			}
		}
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
		t.Logf("%s: the extract holds the answer %.1f %%, %d characters on average, AUROC answerable against out_of_kb %.3f", set,
			100*float64(right)/float64(answerable), chars/answerable, won/float64(len(yes)*len(no)))
		if right*100 < answerable*78 {
			t.Errorf("%s: %d of %d, was above 78 %%", set, right, answerable)
		}
	}
}

func holds(text string, answers []string) bool {
	for _, a := range answers {
		if strings.Contains(nlu.Normalize(text), nlu.Normalize(a)) {
			return true
		}
	}
	return false
}
