package guard

import (
	"context"

	"frontdesk/core"
)

var _ core.Embedder = (*Embedder)(nil)

// Embedder masks personal data in questions before another embeds them: for
// endpoints of others. What documents say is published, and stays.
type Embedder struct {
	core.Embedder
	pii *Redactor
}

// NewEmbedder wraps next.
func NewEmbedder(next core.Embedder, pii *Redactor) *Embedder { return &Embedder{next, pii} }

// Embed implements core.Embedder.
func (e *Embedder) Embed(ctx context.Context, kind core.EmbedKind, texts []string) ([][]float32, error) {
	if kind == core.EmbedQuery {
		masked := make([]string, len(texts))
		for i, s := range texts {
			masked[i] = e.pii.Mask(s)
		}
		texts = masked
	}
	return e.Embedder.Embed(ctx, kind, texts)
}
