package knowledge_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/core"
	"frontdesk/knowledge"
	"frontdesk/knowledge/knowledgetest"
)

func versioned(t *testing.T) (*knowledge.Service, *clock) {
	t.Helper()
	c := started()
	s := service(&knowledgetest.Memory{}, c, knowledge.Limits{})
	for _, years := range []string{"两年", "三年", "五年"} {
		c.pass(time.Hour)
		ingested(t, s, "manual", "manual "+years+".md", strings.Replace(manual, "两年", years, 1))
	}
	return s, c
}

func TestVersionsAreListedAndShown(t *testing.T) {
	s, _ := versioned(t)
	ds, err := s.Versions(t.Context(), ws, bot, "manual")
	if err != nil || len(ds) != 3 || ds[0].Version != 3 || ds[2].File != "manual 两年.md" {
		t.Fatalf("%+v, %v", ds, err)
	}
	d, chunks, err := s.Version(t.Context(), ws, bot, "manual", 2)
	if err != nil || d.File != "manual 三年.md" || len(chunks) != 3 || chunks[1].Passage.Text != "整机保修三年。" {
		t.Errorf("%+v, %+v, %v", d, chunks, err)
	}
	d, data, err := s.File(t.Context(), ws, bot, "manual", 1)
	if err != nil || d.Version != 1 || string(data) != manual {
		t.Errorf("%+v, %q, %v", d, data, err)
	}
}

func TestRollbackIsANewVersion(t *testing.T) {
	s, c := versioned(t)
	dry, err := s.PreviewRollback(t.Context(), ws, bot, "manual", 1)
	if err != nil || dry.Added != 1 || dry.Removed != 1 || first(t, s, "整机保修几年") != "manual 五年.md: 整机保修五年。" {
		t.Fatalf("%+v, %v", dry, err)
	}
	c.pass(time.Hour)
	for _, x := range []struct {
		to   int
		want string
	}{{1, "manual 两年.md: 整机保修两年。"}, {0, "manual 五年.md: 整机保修五年。"}, {2, "manual 三年.md: 整机保修三年。"}} {
		ch, err := s.Rollback(t.Context(), ws, bot, "manual", x.to)
		if err != nil || ch.Added != 1 || ch.Removed != 1 || ch.Unchanged != 2 {
			t.Errorf("%+v, %v", ch, err)
		}
		if got := first(t, s, "整机保修几年"); got != x.want {
			t.Errorf("after a rollback to %d: %s, want %s", x.to, got, x.want)
		}
		if x.to > 0 && !strings.Contains(ch.Document.Origin.Note, "version") || !ch.Document.Updated.Equal(c.time()) {
			t.Errorf("%+v", ch.Document)
		}
	}
	if ds, _ := s.Versions(t.Context(), ws, bot, "manual"); len(ds) != 6 || ds[0].Version != 6 {
		t.Errorf("%+v", ds)
	}
}

func TestVersionsThatAreNotThere(t *testing.T) {
	s, _ := versioned(t)
	var invalid *core.InputError
	if _, err := s.Rollback(t.Context(), ws, bot, "manual", 9); !errors.As(err, &invalid) || !strings.Contains(invalid.Msg, "1 to 3") {
		t.Errorf("no such version: %v", err)
	}
	if _, err := s.Rollback(t.Context(), ws, bot, "manual", 3); !errors.As(err, &invalid) {
		t.Errorf("the current one: %v", err)
	}
	if _, err := s.Rollback(t.Context(), ws, bot, "none", 0); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("no such document: %v", err)
	}
	if _, err := s.Compare(t.Context(), ws, bot, "manual", 0, 1); !errors.As(err, &invalid) {
		t.Errorf("nothing before the first: %v", err)
	}
	ingested(t, s, "fresh", "a.md", manual)
	if _, err := s.Rollback(t.Context(), ws, bot, "fresh", 0); !errors.As(err, &invalid) {
		t.Errorf("only one version: %v", err)
	}
}

func TestCompare(t *testing.T) {
	s, _ := versioned(t)
	c, err := s.Compare(t.Context(), ws, bot, "manual", 0, 0)
	if err != nil || c.From.Version != 2 || c.To.Version != 3 {
		t.Fatalf("%+v, %v", c, err)
	}
	want := []core.Edit{{Kind: core.EditChanged, Title: "手册 › 保修", Old: "整机保修三年。", New: "整机保修五年。"}}
	if diff := cmp.Diff(want, c.Edits); diff != "" {
		t.Error(diff)
	}
	if c, err = s.Compare(t.Context(), ws, bot, "manual", 3, 1); err != nil || c.Edits[0].New != "整机保修两年。" {
		t.Errorf("backwards: %+v, %v", c, err)
	}
}

const prices = "型号,名称,价格\nA1,空气炸锅,499\nB2,电饭煲,299\nC3,风扇,159\n"

func TestDiffTellsCells(t *testing.T) {
	s := service(&knowledgetest.Memory{}, started(), knowledge.Limits{})
	ingested(t, s, "prices", "p.csv", prices)
	c := ingested(t, s, "prices", "p2.csv", "型号,名称,价格\nD4,烤箱,899\nA1,空气炸锅,459\nB2,电饭煲,299\n")
	var got []string
	for _, e := range c.Edits {
		line := string(e.Kind) + " " + e.Name
		for _, cell := range e.Cells {
			line += " " + cell.Column + " " + cell.Old + ">" + cell.New
		}
		got = append(got, line)
	}
	if diff := cmp.Diff([]string{"added D4", "changed A1 价格 499>459", "removed C3"}, got); diff != "" {
		t.Errorf("%s\n%+v", diff, c.Edits)
	}
}

func TestDiffOfText(t *testing.T) {
	chunk := func(i int, title, text string) core.Chunk {
		return core.Chunk{Ordinal: i, Hash: title + text, Passage: core.Passage{Title: title, Text: text}}
	}
	long := "The parcel leaves our warehouse within one day. It arrives after two days. Ask the courier for the exact hour."
	for name, x := range map[string]struct {
		old, fresh []core.Chunk
		want       []core.Edit
	}{
		"the same":  {[]core.Chunk{chunk(0, "", "a")}, []core.Chunk{chunk(3, "", "a")}, []core.Edit{}},
		"a heading": {[]core.Chunk{chunk(0, "A", long)}, []core.Chunk{chunk(0, "B", long)}, []core.Edit{{Kind: core.EditChanged, Title: "B", Old: "A", New: "B"}}},
		"one sentence": {[]core.Chunk{chunk(0, "", long)}, []core.Chunk{chunk(0, "", strings.Replace(long, "two", "three", 1))},
			[]core.Edit{{Kind: core.EditChanged, Old: "It arrives after two days.", New: "It arrives after three days."}}},
		"another text": {[]core.Chunk{chunk(0, "", long)}, []core.Chunk{chunk(0, "", "我们只收现金。")},
			[]core.Edit{{Kind: core.EditAdded, New: "我们只收现金。"}, {Kind: core.EditRemoved, Old: long}}},
		"once less": {[]core.Chunk{chunk(0, "", "a"), chunk(1, "", "a")}, []core.Chunk{chunk(0, "", "a")}, []core.Edit{{Kind: core.EditRemoved, Old: "a"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(x.want, knowledge.Diff(x.old, x.fresh)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
