// Package suggest tells what a document can be asked, with the answer that is
// given: for whoever has just taken it in.
package suggest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/knowledge"
	"frontdesk/knowledge/extract"
	"frontdesk/knowledge/report"
)

// Question is one that a document can answer.
type Question struct {
	Text   string
	Answer string // as it is given, without a language model; "" for none
	Doc    string // cited
	Page   int
	Score  float64 // how sure the answer is, in [0,1]
	Own    bool    // the answer cites this document
}

// Of asks at most n questions of the current version of a document. embedder is
// as in extract.New. core.ErrNotFound if there is no such document.
func Of(ctx context.Context, s *knowledge.Service, embedder func() core.Embedder, w core.WorkspaceID, bot, name string, n int) ([]Question, error) {
	d, chunks, err := s.Version(ctx, w, bot, name, 0)
	if err != nil {
		return nil, err
	}
	passages := make([]core.Passage, len(chunks))
	for i, c := range chunks {
		passages[i] = c.Passage
	}
	g := extract.New(nlu.Normalize, s.Weight, embedder)
	var out []Question
	for _, q := range report.Questions(passages, n) {
		one := Question{Text: q.Text}
		draft, err := answer(ctx, s, g, w, bot, q)
		if err != nil {
			return nil, fmt.Errorf("ask %q: %w", q.Text, err)
		}
		if draft != nil {
			one.Score = draft.Score
			for _, p := range draft.Parts {
				one.Answer = strings.TrimSpace(one.Answer + " " + p.Text)
			}
			for _, c := range draft.Citations {
				one.Doc, one.Page = c.Doc, c.Page
				if one.Own = c.Doc == d.File; one.Own {
					break
				}
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// answer is what a customer is told, nil for nothing.
func answer(ctx context.Context, s *knowledge.Service, g *extract.Generator, w core.WorkspaceID, bot string, q report.Question) (*core.Draft, error) {
	ps, err := s.Retrieve(ctx, core.Query{Workspace: w, Bot: bot, Text: q.Text, Lang: q.Lang})
	if err != nil && !errors.Is(err, knowledge.ErrWordsAlone) {
		return nil, err
	}
	if len(ps) > 0 && ps[0].Question != "" {
		return &core.Draft{Parts: []core.Part{{Text: ps[0].Text}}, Score: ps[0].Score, Citations: []core.Citation{{Doc: ps[0].Doc, Page: ps[0].Page}}}, nil
	}
	t := &core.Turn{Text: q.Text, Query: q.Text, Lang: q.Lang, Norm: nlu.Normalize(q.Text), Passages: ps}
	t.Bot.ID, t.Work.Envelope.Workspace = bot, w
	return g.Generate(ctx, t)
}
