package knowledge

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOmissions(t *testing.T) {
	left := []Omission{{Why: Hidden}, {Why: Running, Pieces: 2, Characters: 10, Pages: []int{1, 2}}, {Why: Hidden, Pieces: 1, Characters: 5, Pages: []int{3}},
		{Why: Running, Pieces: 1, Characters: 4, Pages: []int{4}}}
	want := []Omission{{Why: Running, Pieces: 3, Characters: 14, Pages: []int{1, 2, 4}}, {Why: Hidden, Pieces: 1, Characters: 5, Pages: []int{3}}}
	if diff := cmp.Diff(want, omissions(left)); diff != "" {
		t.Error(diff)
	}
	if got := warnings(Parsed{Left: left, Silent: []int{7}, Pages: 9}); !slices.Equal(got, []string{
		"no text on 1 of 9 pages (7): if they are scanned, run text recognition (OCR) over the file",
		"5 characters in 1 places on page 3 were left out: a reader does not see them",
	}) {
		t.Errorf("%q", got)
	}
}
