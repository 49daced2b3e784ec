package graph

import (
	"context"
	"fmt"
	"slices"

	"frontdesk/core"
)

// quantified questions want a value, and no yes or no.
var (
	quantified = re(`多少|几|多久|多[大长重高深宽远快]|how (?:many|much|long|often|far|big|fast|deep|high)|\bwhat(?:'s| is| are)\b|\bwhich\b`)
	yesOrNo    = re(`(?:吗|么|嘛)\s*[?？]?$|能不能|可不可以|是不是|有没有|^(?:do|does|is|are|can|could|will|may) `)
)

const (
	// nearer is how much nearer to a question than all others the attribute must
	// be that it means: headers are too short for less to mean anything.
	nearer = 0.032
	// guessed is the confidence of such an answer.
	guessed = 0.7
	// mostHeaders bounds the vectors a question asks for.
	mostHeaders = 40
)

// byMeaning finds the attribute a question means in other words than the header
// has; nil if none stands out.
func (g *Generator) byMeaning(ctx context.Context, gr *Graph, q query, lang string) (*core.Draft, error) {
	e := g.embedder()
	if e == nil || len(q.concepts) > 0 || !quantified.MatchString(q.norm) || yesOrNo.MatchString(q.norm) {
		return nil, nil
	}
	headers := gr.headers(q.entities)
	if len(headers) < 2 || len(headers) > mostHeaders {
		return nil, nil
	}
	texts := make([]string, len(headers))
	for i, h := range headers {
		texts[i] = h.Attribute + ": " + h.Quote()
	}
	hs, err := e.Embed(ctx, core.EmbedPassage, texts)
	if err != nil {
		return nil, fmt.Errorf("headers: %w", err)
	}
	vs, err := e.Embed(ctx, core.EmbedQuery, []string{q.norm})
	if err != nil {
		return nil, fmt.Errorf("question: %w", err)
	}
	best, second := 0, -1.0
	cos := make([]float64, len(hs))
	for i, h := range hs {
		for j, x := range h {
			cos[i] += float64(x * vs[0][j])
		}
		if cos[i] > cos[best] {
			best = i
		}
	}
	for i, c := range cos {
		if i != best {
			second = max(second, c)
		}
	}
	h := headers[best]
	if hq := quantityOf(gr.norm, h); cos[best]-second < nearer || q.q != "" && hq != "" && hq != q.q {
		return nil, nil
	}
	var fs []found
	for _, e := range q.entities {
		i := slices.IndexFunc(gr.entities[e].facts, func(f Fact) bool { return f.Attribute == h.Attribute })
		if i < 0 {
			return nil, nil
		}
		fs = append(fs, found{e, gr.entities[e].facts[i], guessed})
	}
	d := gr.draft(q, fs, lang)
	d.Score = guessed
	return d, nil
}

// headers are a fact each of the attributes of entities.
func (g *Graph) headers(entities []int) []Fact {
	var out []Fact
	for _, e := range entities {
		for _, f := range g.entities[e].facts {
			if !slices.ContainsFunc(out, func(o Fact) bool { return o.Attribute == f.Attribute }) {
				out = append(out, f)
			}
		}
	}
	return out
}
