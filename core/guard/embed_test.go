package guard_test

import (
	"context"
	"slices"
	"testing"

	"frontdesk/core"
	"frontdesk/core/guard"
)

type reads struct {
	core.Embedder
	texts []string
}

func (r *reads) Embed(_ context.Context, _ core.EmbedKind, texts []string) ([][]float32, error) {
	r.texts = texts
	return nil, nil
}

func TestEmbedder(t *testing.T) {
	r := &reads{}
	e := guard.NewEmbedder(r, guard.NewRedactor(finder(t), guard.Kinds()))
	for kind, want := range map[core.EmbedKind]string{core.EmbedQuery: "call [phone]", core.EmbedPassage: "call 13812345678"} {
		if _, err := e.Embed(t.Context(), kind, []string{"call 13812345678"}); err != nil || !slices.Equal(r.texts, []string{want}) {
			t.Errorf("%s: %q, %v", kind, r.texts, err)
		}
	}
}
