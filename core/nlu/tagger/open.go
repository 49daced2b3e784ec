package tagger

import (
	"context"

	"frontdesk/core/nlu"
)

// Open is Train with the type that bot.Parts wants.
func Open(ctx context.Context, marked []nlu.Marked) (nlu.EntityExtractor, error) {
	es := make([]Example, len(marked))
	for i, m := range marked {
		es[i].Text = m.Text
		for _, k := range m.Marks {
			es[i].Spans = append(es[i].Spans, Span{k.Start, k.End, k.Name})
		}
	}
	return Train(ctx, es)
}
