//go:build eval

// The figures of docs/quality.md: FRONTDESK_EVAL names a folder laid out as
// the developer data, and go test -tags eval -v ./core/nlu/measure prints them.
package measure_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"frontdesk/core/handoff"
	"frontdesk/core/nlu"
	"frontdesk/core/nlu/measure"
)

func data(t *testing.T, path ...string) string {
	t.Helper()
	dir := os.Getenv("FRONTDESK_EVAL")
	if dir == "" {
		t.Fatal("FRONTDESK_EVAL is not set: name the folder of evaluation data")
	}
	return filepath.Join(append([]string{dir}, path...)...)
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
