package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/cmd/internal/app"
)

func failing() app.TestResult {
	d := app.Diff{What: "contains", Want: "Tuesday", Got: "We open\non Monday."}
	return app.TestResult{Name: "opening", Place: "tests/a.yaml:3:1", Failures: []string{"turn 2"}, Turns: []app.TurnResult{
		{User: "hello", Answer: "Hi!"},
		{User: "when?", Answer: "We open\non Monday.", Intent: "hours", How: "answered: faq", Diffs: []app.Diff{d, {What: "contains", Want: "nine", Got: d.Got}, {What: "slot day", Want: "1"}}},
	}}
}

const wantDiff = `FAIL  opening  (tests/a.yaml:3:1, 0 ms)
      > hello
        Hi!
      > when?
      - contains: Tuesday
      + We open
        on Monday.
      - contains: nine
      + (the same)
      - slot day: 1
      + (nothing)
        intent hours; answered: faq
ok    closing  (tests/a.yaml:9:1, 0 ms)
1 passed, 1 failed
`

// A failing test shows its conversation, what was wanted and what came; without
// a terminal there are no colours.
func TestReport(t *testing.T) {
	var b bytes.Buffer
	r := testReport{out: &b, colour: colourful(&b)}
	r.add(failing())
	r.add(app.TestResult{Name: "closing", Place: "tests/a.yaml:9:1", Turns: []app.TurnResult{{User: "bye", Answer: "Bye"}}})
	if err := r.end(); err != errSaid {
		t.Errorf("end: %v", err)
	}
	if b.String() != wantDiff {
		t.Errorf("got\n%s\nwant\n%s", b.String(), wantDiff)
	}
	b.Reset()
	r = testReport{out: &b, colour: true, verbose: true}
	r.add(failing())
	if !strings.Contains(b.String(), "\x1b[31m      - contains: Tuesday\x1b[0m") {
		t.Errorf("no colours: %q", b.String())
	}
	b.Reset()
	r = testReport{out: &b, json: true}
	r.add(failing())
	var got app.TestResult
	if err := json.Unmarshal(b.Bytes(), &got); err != nil || len(got.Turns) != 2 || got.Turns[1].Diffs[0].Want != "Tuesday" {
		t.Errorf("%s, %v", b.String(), err)
	}
}

func TestJUnit(t *testing.T) {
	file := filepath.Join(t.TempDir(), "r.xml")
	if err := writeJUnit(file, []app.TestResult{failing(), {Name: "ok <&>", Place: "tests/b.yaml:1:1"}}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var got junitSuite
	if err := xml.Unmarshal(b, &got); err != nil || got.Tests != 2 || got.Failures != 1 || got.Cases[0].Failure == nil || got.Cases[1].Name != "ok <&>" || got.Cases[0].Class != "tests/a.yaml" {
		t.Errorf("%+v, %v\n%s", got, err, b)
	}
}

// The graph of the sample bot has all of its flows, in each form.
func TestGraphCommand(t *testing.T) {
	dir := filepath.Join("..", "..", "configs", "bots", "shop")
	code, out, errs := try("", "graph", dir)
	if code != exitDone || !strings.HasPrefix(out, "flowchart TD") || strings.Count(out, "subgraph") < 5 {
		t.Errorf("%d %s%s", code, out, errs)
	}
	code, out, _ = try("", "graph", dir, "returns", "--format", "json", "--lang", "en")
	var g struct{ Nodes, Edges []map[string]string }
	if err := json.Unmarshal([]byte(out), &g); code != exitDone || err != nil || len(g.Nodes) < 6 || !strings.Contains(out, "Why do you want to return it?") {
		t.Errorf("%d %v %s", code, err, out)
	}
	if code, out, _ = try("", "graph", dir, "--format", "dot"); code != exitDone || !strings.HasPrefix(out, "digraph") {
		t.Errorf("%d %s", code, out)
	}
	for want, args := range map[string][]string{
		`there is no flow "x": there are [`: {"graph", dir, "x"}, `neither a folder nor a bot`: {"graph", "nobody"}, `"svg" is none of`: {"graph", dir, "--format", "svg"},
	} {
		if code, _, errs := try("", args...); code == exitDone || !strings.Contains(errs, want) {
			t.Errorf("%v: %d %s", args, code, errs)
		}
	}
}
