//go:build eval

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/core"
)

// TestEvalReports holds what the command reports of the developer data's shop to
// expected.json: the pages nothing can be read of, and the prices that changed.
func TestEvalReports(t *testing.T) {
	dir := filepath.Join(os.Getenv("FRONTDESK_EVAL"), "answers")
	var want struct {
		Catalogue struct {
			Pages      int   `json:"pages"`
			Unreadable []int `json:"unreadable_pages"`
		} `json:"catalogue.pdf"`
		Prices struct{ Removed, Changed []string } `json:"price_list"`
	}
	text, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Fatalf("%v: FRONTDESK_EVAL must name the folder of the evaluation data", err)
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	config, _ := folder(t)
	c := command(t)
	c.dataDir, c.openLocal, c.vars["FRONTDESK_CONFIG"] = dataDir, openLocal, config
	update := func(args ...string) change {
		t.Helper()
		c.want(t, 0, c.do(t, append([]string{"update", "-json"}, args...)...))
		var got struct{ Items []change }
		if err := json.Unmarshal(c.out.Bytes(), &got); err != nil || len(got.Items) != 1 {
			t.Fatalf("%v: %s", err, c.out)
		}
		return got.Items[0]
	}
	catalogue := update("-file=" + filepath.Join(dir, "docs", "catalogue.pdf"))
	if diff := cmp.Diff(want.Catalogue.Unreadable, catalogue.Unreadable); diff != "" || catalogue.Document.Pages != want.Catalogue.Pages {
		t.Errorf("%d pages, unreadable: %s", catalogue.Document.Pages, diff)
	}
	update("-as=prices", "-file="+filepath.Join(dir, "docs", "price_list_v1.xlsx"))
	prices := update("-as=prices", "-file="+filepath.Join(dir, "docs", "price_list_v2.xlsx"))
	got := map[core.EditKind][]string{}
	for _, e := range prices.Edits {
		if e.Name != "" {
			got[e.Kind] = append(got[e.Kind], e.Name)
		}
	}
	for kind, names := range map[core.EditKind][]string{core.EditChanged: want.Prices.Changed, core.EditRemoved: want.Prices.Removed, core.EditAdded: nil} {
		slices.Sort(got[kind])
		if diff := cmp.Diff(names, got[kind]); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
	}
}
