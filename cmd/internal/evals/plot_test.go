package evals_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/cmd/internal/evals"
	"frontdesk/core"
	"frontdesk/core/nlu/measure"
)

// A picture is well-formed, a page shows what was confused, and what texts say
// is shown, not run.
func TestPlot(t *testing.T) {
	dir := t.TempDir()
	train := file(t, "t.jsonl", intents+`{"text":"<script>alert(1)</script> order","intent":"<b>"}`+"\n"+`{"text":"invoice <i>now</i>","intent":"<b>"}`)
	f := evals.Intent{Train: train, Folds: 2, Plot: filepath.Join(dir, "p.svg"), Report: filepath.Join(dir, "r.json")}
	if _, err := f.Run(context.Background(), evals.Embedding{URL: "none"}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(f.Plot)
	if err != nil {
		t.Fatal(err)
	}
	bars := 0
	for d := xml.NewDecoder(strings.NewReader(string(b))); ; {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.StartElement); ok && e.Name.Local == "circle" {
			bars++
		}
	}
	var r measure.Report
	if b, err = os.ReadFile(f.Report); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &r); err != nil || len(r.Intents) != 4 || len(r.Sweep) != 19 || len(r.Confusion) == 0 || len(r.Bins) != bars {
		t.Errorf("%v, %d bars: %s", err, bars, b)
	}
	f.Plot = filepath.Join(dir, "p.html")
	if _, err := f.Run(context.Background(), evals.Embedding{URL: "none"}); err != nil {
		t.Fatal(err)
	}
	if b, err = os.ReadFile(f.Plot); err != nil {
		t.Fatal(err)
	}
	if page := string(b); strings.Contains(page, "<script") || !strings.Contains(page, "&lt;script&gt;") || !strings.Contains(page, "<svg") {
		t.Errorf("page %s", page)
	}
	f.Plot = filepath.Join(dir, "p.pdf")
	var input *core.InputError
	if _, err := f.Run(context.Background(), evals.Embedding{URL: "none"}); !errors.As(err, &input) {
		t.Errorf("err = %v", err)
	}
}

func TestExplain(t *testing.T) {
	f := evals.Intent{Train: file(t, "t.jsonl", intents)}
	got, err := f.Explain(context.Background(), evals.Embedding{URL: "none"}, "an invoice, please")
	if err != nil || len(got.Intents) == 0 || got.Intents[0].Name != "invoice" || len(got.Because) == 0 || got.Because[0].Weight <= 0 {
		t.Errorf("%+v, %v", got, err)
	}
}
