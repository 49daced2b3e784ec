package measure_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/core/nlu/measure"
)

// echo knows texts by their first word, and how sure it is by the second.
type echo struct{}

func (echo) Recognize(_ context.Context, t *core.Turn) ([]core.Intent, error) {
	name, sure, _ := strings.Cut(t.Norm, " ")
	score := map[string]float64{"sure": 0.95, "so": 0.55, "hardly": 0.05}[sure]
	if score == 0 {
		return nil, nil
	}
	return []core.Intent{{Name: name, Score: score}}, nil
}

func rows(t *testing.T, lines string) []measure.Row {
	t.Helper()
	rs, err := measure.Parse(strings.NewReader(lines))
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

func TestRecognizer(t *testing.T) {
	test := rows(t, `{"text":"a sure","intent":"a"}
{"text":"a so","intent":"b"}

{"text":"b sure","intent":"b"}
{"text":"nothing","intent":"b"}
{"text":"c hardly","intent":"c"}`)
	oos := rows(t, `{"text":"a so","intent":"x"}`)
	var learnt int
	learn := func(_ context.Context, task nlu.Task) (nlu.IntentRecognizer, error) {
		learnt = len(task.Examples)
		return echo{}, nil
	}
	got, err := measure.Recognizer(context.Background(), learn, test, test, oos, []string{"c"}, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	if learnt != 4 {
		t.Errorf("%d examples, want those withheld left out", learnt)
	}
	for name, v := range map[string][2]float64{
		"accuracy": {got.Accuracy, 0.5}, "macro f1": {got.MacroF1, (2./3 + 1./2) / 2}, "ece": {got.ECE, (0.1 + 0.55) / 4},
		"auroc": {got.AUROC, (2 + 1.5 + 2 + 0) / 8}, "recall": {got.Recall, 0.5},
	} {
		if math.Abs(v[0]-v[1]) > 1e-9 {
			t.Errorf("%s is %v, want %v", name, v[0], v[1])
		}
	}
}

type finds []core.Entity

func (f finds) Extract(context.Context, *core.Turn) ([]core.Entity, error) { return f, nil }

func TestExtractor(t *testing.T) {
	rs := rows(t, `{"text":"给我三件","entities":[{"start":2,"end":4,"type":"quantity"},{"start":0,"end":1,"type":"verb"}]}`)
	x := finds{{Name: "quantity", Start: 6, End: 12}, {Name: "verb", Start: 3, End: 6}, {Name: "unheard", Start: 0, End: 3}}
	got, err := measure.Extractor(context.Background(), x, rs, time.Now())
	if err != nil || got != (measure.Entities{Precision: 0.5, Recall: 0.5, F1: 0.5}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.jsonl")
	if err := os.WriteFile(path, []byte("{\"text\":\"a\"}\n{\"text\":"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := measure.Read(path); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("err = %v, want the line", err)
	}
	if _, err := measure.Read(path + ".no"); err == nil {
		t.Error("a file that is not there is read")
	}
}

func TestAUROC(t *testing.T) {
	for _, c := range []struct {
		in, out []float64
		want    float64
	}{{nil, nil, 0}, {[]float64{1}, []float64{0}, 1}, {[]float64{0}, []float64{1}, 0}, {[]float64{.5, .5}, []float64{.5}, .5}, {[]float64{.9, .4}, []float64{.5}, .5}} {
		if got := measure.AUROC(c.in, c.out); got != c.want {
			t.Errorf("AUROC(%v, %v) = %v", c.in, c.out, got)
		}
	}
}
