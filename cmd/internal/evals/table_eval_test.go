//go:build eval

package evals_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"frontdesk/cmd/internal/evals"
)

// The table of understanding in docs/quality.md, on data laid out as the
// developer data: FRONTDESK_EVAL=<folder> go test -tags eval -run EvalUnderstanding
// -v -timeout 60m ./cmd/internal/evals. A figure below its aim fails, less a
// point where a hundred rows make a row a point.
func TestEvalUnderstanding(t *testing.T) {
	dir := os.Getenv("FRONTDESK_EVAL")
	if dir == "" {
		t.Fatal("FRONTDESK_EVAL is not set: name the folder of evaluation data")
	}
	in := func(path ...string) string {
		return filepath.Join(append([]string{dir, "intent"}, path...)...)
	}
	vectors := t.TempDir()
	t.Log("| set | accuracy % | macro F1 % | ECE | AUROC | recall | training, s | µs a query | words, accuracy % |")
	for _, c := range []struct {
		name, set, train, withhold string
		least, auroc               float64
	}{
		{"AskUbuntu", "askubuntu", "train.jsonl", "", 0.93, 0},
		{"Chatbot", "chatbot", "train.jsonl", "", 0.98, 0},
		{"CrossWOZ acts (zh)", "zh_crosswoz", "train.jsonl", "", 0.88, 0},
		{"Banking77, 10 examples an intent", "banking77", "train_10shot.jsonl", "", 0.82, 0},
		{"the same, 19 intents withheld", "banking77", "train_10shot.jsonl", in("banking77", "oos_split.json"), 0.82, 0.79},
		{"Banking77, full", "banking77", "train.jsonl", "", 0.925, 0},
		{"Banking77, full, 19 intents withheld", "banking77", "train.jsonl", in("banking77", "oos_split.json"), 0.925, 0.85},
	} {
		t.Run(c.set+"/"+c.train, func(t *testing.T) {
			f := evals.Intent{Train: in(c.set, c.train), Test: in(c.set, "test.jsonl"), Withhold: c.withhold}
			words, err := f.Run(context.Background(), evals.Embedding{URL: "none"})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Run(context.Background(), evals.Embedding{Cache: vectors}); err != nil { // makes the vectors
				t.Fatal(err)
			}
			got, err := f.Run(context.Background(), evals.Embedding{Cache: vectors})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("| %s | %.1f | %.1f | %.3f | %.3f | %.2f | %.1f | %.0f | %.1f |", c.name, 100*got.Accuracy, 100*got.MacroF1, got.ECE,
				got.AUROC, got.Recall, got.Train, got.Micros, 100*words.Accuracy)
			if got.Accuracy < c.least || got.ECE > 0.05 || got.AUROC < c.auroc {
				t.Errorf("%s: %+v; want an accuracy of %v, an ECE within 0.05 and an AUROC of %v", c.name, got, c.least, c.auroc)
			}
		})
	}
}

// The entities of docs/quality.md: rules on service messages, the tagger on others.
func TestEvalTagging(t *testing.T) {
	dir := os.Getenv("FRONTDESK_EVAL")
	if dir == "" {
		t.Fatal("FRONTDESK_EVAL is not set: name the folder of evaluation data")
	}
	for _, c := range []struct {
		name, train, test string
		least             float64
	}{
		{"service messages", "", "entities/cs_entities.jsonl", 0.93},
		{"Chatbot", "intent/chatbot/train.jsonl", "intent/chatbot/test.jsonl", 0.95},
		{"AskUbuntu", "intent/askubuntu/train.jsonl", "intent/askubuntu/test.jsonl", 0.85},
		{"CrossWOZ", "intent/zh_crosswoz/train.jsonl", "intent/zh_crosswoz/test.jsonl", 0.86},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := evals.Entities{Test: filepath.Join(dir, c.test)}
			if c.train != "" {
				f.Train = filepath.Join(dir, c.train)
			}
			got, err := f.Run(context.Background(), time.Now())
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("| %s | %.1f | %.1f | %.1f |", c.name, 100*got.Precision, 100*got.Recall, 100*got.F1)
			if got.F1 < c.least {
				t.Errorf("%s: F1 %.3f, want %v", c.name, got.F1, c.least)
			}
		})
	}
}
