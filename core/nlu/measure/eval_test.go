//go:build eval

// The figures of docs/quality.md: FRONTDESK_EVAL names a folder laid out as
// the developer data, and go test -tags eval -v ./core/nlu/measure prints them.
package measure_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"frontdesk/core/handoff"
	"frontdesk/core/nlu"
	"frontdesk/core/nlu/linear"
	"frontdesk/core/nlu/measure"
	"frontdesk/core/nlu/rules"
)

func data(t *testing.T, path ...string) string {
	t.Helper()
	dir := os.Getenv("FRONTDESK_EVAL")
	if dir == "" {
		t.Fatal("FRONTDESK_EVAL is not set: name the folder of evaluation data")
	}
	return filepath.Join(append([]string{dir}, path...)...)
}

func read(t *testing.T, path ...string) []measure.Row {
	t.Helper()
	rows, err := measure.Read(data(t, path...))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestEvalIntents(t *testing.T) {
	var split struct {
		Withheld []string `json:"withheld_intents"`
	}
	b, err := os.ReadFile(data(t, "intent", "banking77", "oos_split.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &split); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, set, train string
		withheld         []string
		least            float64 // accuracy of TF-IDF with a linear SVM
	}{
		{"Banking77", "banking77", "train.jsonl", nil, 0.91},
		{"Banking77, 19 intents withheld", "banking77", "train.jsonl", split.Withheld, 0},
		{"Banking77 10-shot", "banking77", "train_10shot.jsonl", nil, 0.72},
		{"Banking77 10-shot, 19 intents withheld", "banking77", "train_10shot.jsonl", split.Withheld, 0},
		{"AskUbuntu", "askubuntu", "train.jsonl", nil, 0.90},
		{"Chatbot", "chatbot", "train.jsonl", nil, 0.98},
		{"CrossWOZ acts", "zh_crosswoz", "train.jsonl", nil, 0.87},
	} {
		got, err := measure.Recognizer(context.Background(), linear.New, read(t, "intent", c.set, c.train), read(t, "intent", c.set, "test.jsonl"), nil, c.withheld, 0.5)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("| %s | %.1f | %.1f | %.3f | %.3f | %.2f | %.1f | %.0f |", c.name, 100*got.Accuracy, 100*got.MacroF1, got.ECE, got.AUROC, got.Recall, got.Train, got.Micros)
		if got.Accuracy < c.least {
			t.Errorf("%s: accuracy %v fell below %v", c.name, got.Accuracy, c.least)
		}
	}
}

func TestEvalEntities(t *testing.T) {
	x, err := rules.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := measure.Extractor(context.Background(), x, read(t, "entities", "cs_entities.jsonl"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("entities %+v", got)
	if got.F1 < 0.93 {
		t.Errorf("F1 %v", got.F1)
	}
}

func TestEvalHandoff(t *testing.T) {
	b, err := os.ReadFile(data(t, "handoff", "cs_handoff.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	p := handoff.NewPolicy(handoff.Rules{})
	right, extra, missed, quiet := 0, 0, 0, 0
	dec := json.NewDecoder(bytes.NewReader(b))
	for dec.More() {
		var row struct {
			Text    string
			Handoff bool
		}
		if err := dec.Decode(&row); err != nil {
			t.Fatal(err)
		}
		reason, _ := p.Judge(handoff.Facts{Norm: nlu.Normalize(row.Text)})
		switch {
		case reason != "" && row.Handoff:
			right++
		case reason != "":
			extra++
		case row.Handoff:
			missed++
		default:
			quiet++
		}
	}
	t.Logf("handoff: %d right, %d false alarms, %d missed, %d rightly quiet, F1 %.3f", right, extra, missed, quiet, measure.F1(right, extra, missed))
}
