package api

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/core"
)

// Routes lists "METHOD path need" of every route, for the tests outside.
func Routes() []string {
	param := regexp.MustCompile(`:(\w+)`)
	var out []string
	for _, r := range (&api{}).routes() {
		out = append(out, r.method+" "+param.ReplaceAllString(r.path, "{$1}")+" "+string(r.need))
	}
	slices.Sort(out)
	return out
}

// TestMerge puts notes behind what they were written after, page by page.
func TestMerge(t *testing.T) {
	notes := notesAfter(0, 2, 2, 5)
	for name, tc := range map[string]struct {
		after int64
		seqs  []int64
		full  bool
		want  []string
	}{
		"all":              {0, []int64{1, 2, 3, 4, 5}, false, []string{"n1", "m1", "m2", "n2", "n3", "m3", "m4", "m5", "n4"}},
		"full page":        {0, []int64{1, 2}, true, []string{"n1", "m1", "m2"}},
		"the next":         {2, []int64{3, 4}, true, []string{"n2", "n3", "m3", "m4"}},
		"the last":         {4, []int64{5}, false, []string{"m5", "n4"}},
		"nothing new":      {5, nil, false, []string{"n4"}},
		"beyond":           {6, nil, false, nil},
		"full with no gap": {1, []int64{2, 3}, true, []string{"m2", "n2", "n3", "m3"}},
	} {
		var got []string
		for _, m := range merge(eventsOf(tc.seqs...), notes, tc.after, tc.full) {
			got = append(got, m.ID)
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestShorten(t *testing.T) {
	if got := shorten(" a\n\n b\t"); got != "a b" {
		t.Fatalf("%q", got)
	}
	long := []rune(shorten(strings.Repeat("字", 200)))
	if len(long) != previewRunes || long[previewRunes-1] != '…' {
		t.Fatalf("%d runes", len(long))
	}
}

func notesAfter(seqs ...int64) (out []core.Note) {
	for _, s := range seqs {
		out = append(out, core.Note{After: s})
	}
	return out
}

func eventsOf(seqs ...int64) (out []core.Event) {
	for _, s := range seqs {
		out = append(out, core.Event{Seq: s})
	}
	return out
}
