//go:build eval

package evals_test

import (
	"os"
	"path/filepath"
	"testing"

	"frontdesk/cmd/internal/evals"
)

// TestEvalAnswers asks the whole shop of the developer data, in the order its
// README gives, and holds what docs/quality.md says of it.
func TestEvalAnswers(t *testing.T) {
	dir := os.Getenv("FRONTDESK_EVAL")
	if dir == "" {
		t.Fatal("FRONTDESK_EVAL must name the folder of the evaluation data")
	}
	dir = filepath.Join(dir, "answers")
	docs := filepath.Join(dir, "docs")
	got, err := evals.Answers{Docs: docs, Questions: filepath.Join(dir, "questions.jsonl"), Update: filepath.Join(docs, "price_list_v2.xlsx"),
		As: "price_list_v1.xlsx"}.Run(t.Context(), evals.Embedding{})
	if err != nil {
		t.Fatal(err)
	}
	if err := got.Table(os.Stdout); err != nil {
		t.Fatal(err)
	}
	cells := got.Kind["table_cell"]
	if got.WrongRate > .03 || got.CorrectRate < .75 || got.RightCitation < .95 || cells.CorrectRate < .85 || cells.WrongRate > .02 {
		t.Error("beyond the bounds")
	}
	qs, err := evals.Rows[evals.Asked](filepath.Join(dir, "questions.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	f := &faithful{questions: qs}
	with, err := evals.Answers{Docs: docs, Questions: filepath.Join(dir, "questions.jsonl"), Update: filepath.Join(docs, "price_list_v2.xlsx"),
		As: "price_list_v1.xlsx", Models: f.serve(t)}.Run(t.Context(), evals.Embedding{})
	if err != nil {
		t.Fatal(err)
	}
	if err := with.Table(os.Stdout); err != nil {
		t.Fatal(err)
	}
	if with.WrongRate > .02 || f.calls.Load() == 0 {
		t.Error("with a faithful model: beyond the bounds")
	}
	talks, err := evals.Conversations{Conversations: filepath.Join(dir, "conversations.jsonl"), Docs: docs}.Run(t.Context(), evals.Embedding{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("conversations: %+v", talks)
	if talks.OnTimeRate < .9 || talks.FalseRate > .08 {
		t.Error("handovers beyond the bounds")
	}
}
