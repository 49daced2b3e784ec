package embed

import (
	"slices"
	"testing"

	"frontdesk/core"
)

// TestKnown: who asks hears which passages cost nothing.
func TestKnown(t *testing.T) {
	c := cached(t, &counter{space: "m"}, CacheOptions{Dir: t.TempDir()})
	ask(t, c, core.EmbedPassage, "a", "b")
	var had []string
	ctx := WithKnown(t.Context(), func(text string) { had = append(had, text) })
	if _, err := c.Embed(ctx, core.EmbedPassage, []string{" b", "c", "c"}); err != nil || !slices.Equal(had, []string{" b"}) {
		t.Errorf("it had %q, %v", had, err)
	}
}
