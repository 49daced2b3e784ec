//go:build eval && !race

package ingest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// cellQuestion asks after values of one row of a document.
type cellQuestion struct {
	ID     string     `json:"id"`
	Must   [][]string `json:"must"`
	Source struct {
		Doc  string `json:"doc"`
		Page int    `json:"page"`
		Row  string `json:"row"`
	} `json:"source"`
}

func shop(t *testing.T) (dir string, questions []cellQuestion) {
	t.Helper()
	root := os.Getenv("FRONTDESK_EVAL")
	if root == "" {
		t.Fatal("FRONTDESK_EVAL must name the folder of the evaluation data")
	}
	dir = filepath.Join(root, "answers")
	f, err := os.Open(filepath.Join(dir, "questions.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<22)
	for sc.Scan() {
		var q cellQuestion
		if err := json.Unmarshal(sc.Bytes(), &q); err != nil {
			t.Fatal(err)
		}
		questions = append(questions, q)
	}
	return dir, questions
}

// TestEvalDocuments reads a whole shop: the pages that cannot be read, the prices
// that changed, and for each question after a row of a table whether one cell of
// that row, on that page, has the value.
func TestEvalDocuments(t *testing.T) {
	dir, questions := shop(t)
	p := parser(t, "1", nil)
	docs := map[string]knowledge.Parsed{}
	var expected map[string]struct {
		Pages      int      `json:"pages"`
		Unreadable []int    `json:"unreadable_pages"`
		Removed    []string `json:"removed"`
		Changed    []string `json:"changed"`
		Order      []string `json:"load_order"`
	}
	text, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &expected); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(filepath.Join(dir, "docs"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		docs[f.Name()] = parse(t, p, filepath.Join(dir, "docs", f.Name()))
	}
	for name, want := range expected {
		if got, ok := docs[name]; ok && (got.Pages != want.Pages || !slices.Equal(got.Silent, want.Unreadable)) {
			t.Errorf("%s: %d pages, unreadable %v, want %d, %v", name, got.Pages, got.Silent, want.Pages, want.Unreadable)
		}
		if len(want.Order) == 2 {
			removed, changed := changes(docs[want.Order[0]], docs[want.Order[1]])
			if !slices.Equal(removed, want.Removed) || !slices.Equal(changed, want.Changed) {
				t.Errorf("%s: removed %v, changed %v, want %v, %v", name, removed, changed, want.Removed, want.Changed)
			}
		}
	}
	found, asked := 0, 0
	for _, q := range questions {
		doc, ok := docs[q.Source.Doc]
		if !ok || q.Source.Row == "" {
			continue
		}
		if asked++; answered(doc.Blocks, q) {
			found++
		} else {
			t.Errorf("%s: no cell of row %s on page %d of %s has %v", q.ID, q.Source.Row, q.Source.Page, q.Source.Doc, q.Must)
		}
	}
	t.Logf("%d of %d values are a cell of their row", found, asked)
	if asked == 0 {
		t.Error("nothing was asked")
	}
}

// answered reports whether each of the values asked for begins a cell of the row.
func answered(blocks []knowledge.Block, q cellQuestion) bool {
	for _, group := range q.Must {
		if !slices.ContainsFunc(blocks, func(b knowledge.Block) bool {
			return (q.Source.Page == 0 || b.Page == q.Source.Page) && keyed(b.Cells, q.Source.Row) && slices.ContainsFunc(b.Cells, func(c core.Cell) bool { return oneOf(c, group) })
		}) {
			return false
		}
	}
	return true
}

func oneOf(c core.Cell, values []string) bool {
	fold := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(s)), "")) }
	for _, v := range values {
		if fold(c.Value) == fold(v) || fold(c.Quote()) == fold(v) {
			return true
		}
	}
	return false
}

// changes lists the keys of rows that a new version lacks, and of those that say
// something else.
func changes(old, fresh knowledge.Parsed) (removed, changed []string) {
	rows := func(p knowledge.Parsed) map[string]string {
		out := map[string]string{}
		for _, b := range p.Blocks {
			if len(b.Cells) > 0 {
				out[b.Cells[0].Value] = fmt.Sprint(b.Cells)
			}
		}
		return out
	}
	now := rows(fresh)
	for key, was := range rows(old) {
		switch is, ok := now[key]; {
		case !ok:
			removed = append(removed, key)
		case is != was:
			changed = append(changed, key)
		}
	}
	slices.Sort(removed)
	slices.Sort(changed)
	return removed, changed
}
