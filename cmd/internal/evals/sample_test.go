package evals_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"frontdesk/cmd/internal/evals"
)

func sample(name string) string { return filepath.Join("testdata", "sample", name) }

// bound holds a figure between two others, which are wide: the samples are
// small, and only what is broken shall fail.
func bound(t *testing.T, name string, got, least, most float64) {
	t.Helper()
	t.Logf("%s: %.3f", name, got)
	if got < least || got > most {
		t.Errorf("%s is %.3f, want %.2f to %.2f", name, got, least, most)
	}
}

// The table of docs/quality.md in small, with the embedder in the program.
func TestSampleIntents(t *testing.T) {
	all := evals.Intent{Train: sample("banking77.train.jsonl"), Test: sample("banking77.test.jsonl")}
	got, err := all.Run(context.Background(), evals.Embedding{})
	if err != nil {
		t.Fatal(err)
	}
	bound(t, "accuracy", got.Accuracy, 0.9, 1)
	bound(t, "ECE", got.ECE, 0, 0.1)
	words, err := all.Run(context.Background(), evals.Embedding{URL: "none"})
	if err != nil {
		t.Fatal(err)
	}
	bound(t, "accuracy by words", words.Accuracy, 0.85, 1)
	bound(t, "ECE by words", words.ECE, 0, 0.12)
	all.Withhold = sample("banking77.withheld.json")
	some, err := all.Run(context.Background(), evals.Embedding{URL: "none"})
	if err != nil {
		t.Fatal(err)
	}
	bound(t, "AUROC of intents withheld, by words", some.AUROC, 0.75, 1)
	zh, err := evals.Intent{Train: sample("crosswoz.train.jsonl"), Test: sample("crosswoz.test.jsonl")}.Run(context.Background(), evals.Embedding{URL: "none"})
	if err != nil {
		t.Fatal(err)
	}
	bound(t, "accuracy, zh", zh.Accuracy, 0.7, 1)
	bound(t, "ECE, zh", zh.ECE, 0, 0.12)
	t.Logf("trained in %.1f, %.1f, %.1f and %.1f s; %.0f, %.0f, %.0f and %.0f µs a query", got.Train, words.Train, some.Train, zh.Train, got.Micros, words.Micros, some.Micros, zh.Micros)
}

func TestSampleEntities(t *testing.T) {
	rules, err := evals.Entities{Test: sample("entities.jsonl")}.Run(context.Background(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	bound(t, "F1 of the rules", rules.F1, 0.93, 1)
	learnt, err := evals.Entities{Train: sample("crosswoz.train.jsonl"), Test: sample("crosswoz.test.jsonl")}.Run(context.Background(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	bound(t, "F1 of the tagger, zh", learnt.F1, 0.65, 1)
}

func TestSampleHandoff(t *testing.T) {
	got, err := evals.Messages(sample("handoff.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	bound(t, "recall", got.Recall, 0.95, 1)
	bound(t, "false alarms", got.FalseAlarm, 0, 0.07)
}
