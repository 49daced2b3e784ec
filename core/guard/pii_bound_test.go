package guard

import (
	"strings"
	"testing"
)

// A text with more personal data than is looked for is not shown in part.
func TestTooMuchToFind(t *testing.T) {
	text := strings.Repeat("13812345678, ", mostFound+1)
	if got := NewRedactor(nil, Kinds()).spans(text); len(got) != 1 || got[0].from != 0 || got[0].to != len(text) {
		t.Errorf("%d spans, the first %+v", len(got), got[0])
	}
}
