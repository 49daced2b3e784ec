package dialog

import (
	"context"
	"fmt"
	"slices"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// passagesWanted is how many passages are looked for. Of tables' rows, which
// crowd in where a product is named and answer as facts do anyway, an answer
// draws on the best mostRows.
const (
	passagesWanted = 24
	mostRows       = 4
)

// Knowledge fills in the passages that may answer the message. A failure of
// the retriever costs the passages, not the turn.
func (s *Script) Knowledge(r core.Retriever) core.Stage {
	return core.NewStage("knowledge", func(ctx context.Context, t *core.Turn) error {
		if t.Handoff == core.ReasonAsked || t.Handoff == core.ReasonFlow || !nlu.Wordy(t.Norm) {
			return nil
		}
		t.Query = s.whole(ctx, t)
		q := core.Query{Workspace: t.Work.Envelope.Workspace, Bot: t.Bot.ID, Text: t.Query, Lang: t.Lang, Limit: passagesWanted,
			Channel: t.Work.Envelope.Channel, At: t.Now()}
		ps, err := r.Retrieve(ctx, q)
		if ctx.Err() != nil {
			return fmt.Errorf("retrieve: %w", ctx.Err())
		}
		if err != nil {
			t.Trace.Add("error", err.Error())
		}
		t.Passages = thinned(ps)
		t.Trace.Add("passages", sketch(t.Passages))
		return nil
	})
}

// thinned leaves out rows of tables beyond the best mostRows.
func thinned(ps []core.Passage) []core.Passage {
	rows := 0
	return slices.DeleteFunc(ps, func(p core.Passage) bool {
		if len(p.Cells) == 0 {
			return false
		}
		rows++
		return rows > mostRows
	})
}

// sketch is what a trace shows of passages.
func sketch(ps []core.Passage) []map[string]any {
	var out []map[string]any
	for _, p := range ps[:min(len(ps), 3)] {
		out = append(out, map[string]any{"doc": p.Doc, "page": p.Page, "title": p.Title, "question": p.Question, "score": p.Score})
	}
	return out
}

// Answer drafts what could be said: an intent's own answer if it is sure
// enough, else what g makes of the question and the passages; the surer of the
// two. g may be nil: then only whole answers are given, an intent's or that of
// the best question among the passages. A failure of g costs the draft, not the
// turn.
func (s *Script) Answer(g core.Generator) core.Stage {
	return core.NewStage("answer", func(ctx context.Context, t *core.Turn) error {
		if t.Handoff != "" {
			return nil
		}
		t.Draft = s.canned(t)
		switch {
		case g == nil:
			t.Draft = surest(t.Draft, pair(t))
		case confidence(t.Draft) < t.Bot.Threshold && nlu.Wordy(t.Norm):
			d, err := g.Generate(ctx, t)
			if ctx.Err() != nil {
				return fmt.Errorf("generate: %w", ctx.Err())
			}
			if err != nil {
				t.Trace.Add("error", err.Error())
			}
			if d != nil && (t.Draft == nil || confidence(d) > confidence(t.Draft)) {
				t.Draft = d
			}
		}
		if t.Draft != nil {
			t.Trace.Add("draft", map[string]any{"by": t.Draft.By, "score": t.Draft.Score})
		}
		return nil
	})
}

// canned is the answer of the likeliest intent, nil if it has none.
func (s *Script) canned(t *core.Turn) *core.Draft {
	if len(t.Intents) == 0 {
		return nil
	}
	tp, _ := s.topic(t.Intents[0].Name)
	a := in(t, tp.Answer)
	if a == "" {
		return nil
	}
	return &core.Draft{Parts: []core.Part{text(a)}, Score: intentConfidence(t.Intents), By: byIntent}
}

// pair is the answer of the best passage if that is a question's; nil if not.
func pair(t *core.Turn) *core.Draft {
	if len(t.Passages) == 0 || t.Passages[0].Question == "" {
		return nil
	}
	p := t.Passages[0]
	return &core.Draft{Parts: []core.Part{text(p.Text)}, Score: p.Score, By: byFAQ,
		Citations: []core.Citation{{Doc: p.Doc, Title: p.Title, Page: p.Page, URL: p.URL, Quote: p.Question}}}
}

func surest(a, b *core.Draft) *core.Draft {
	if a == nil || b != nil && b.Score > a.Score {
		return b
	}
	return a
}
