// Package extract answers without a model: it quotes the sentences of a passage
// that answer, with their source, or says nothing.
package extract

import (
	"cmp"
	"context"
	"strings"
	"sync"
	"unicode/utf8"

	"frontdesk/core"
	"frontdesk/knowledge"
)

var _ core.Generator = (*Generator)(nil)

// Generator is safe for concurrent use.
type Generator struct {
	norm     knowledge.Normalizer
	weight   Weigher
	embedder func() core.Embedder

	// Remembered, as norm is: the same passages answer most questions.
	termsOf func(text string) []string
	has     func(formAsked) bool

	mu    sync.Mutex
	space string // of kept
	kept  map[string][]float32
}

// Weigher is how telling a normalised term is in a bot's documents, in [0,1];
// knowledge.Service has one.
type Weigher func(w core.WorkspaceID, bot, term string) float64

// New makes a generator. norm is the one the index uses. embedder gives what
// makes vectors of texts now; it may be nil or return nil: then words decide.
func New(norm knowledge.Normalizer, weight Weigher, embedder func() core.Embedder) *Generator {
	if embedder == nil {
		embedder = func() core.Embedder { return nil }
	}
	norm = knowledge.Remembered(mostKept, norm)
	return &Generator{norm: norm, weight: weight, embedder: embedder,
		termsOf: knowledge.Remembered(mostKept, func(text string) []string { return knowledge.Terms(norm(text)) }),
		has:     knowledge.Remembered(mostKept, func(f formAsked) bool { return f.has.MatchString(f.sentence) })}
}

// mostKept is how many vectors of sentences are kept, 1.5 kB each.
const mostKept = 8192

// vectors are those of texts, in order; what was asked for lately is not made
// again.
func (g *Generator) vectors(ctx context.Context, e core.Embedder, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	var missing []string
	g.mu.Lock()
	if g.space != e.Space() || len(g.kept) > mostKept {
		g.space, g.kept = e.Space(), map[string][]float32{}
	}
	for i, t := range texts {
		if out[i] = g.kept[t]; out[i] == nil {
			missing = append(missing, t)
		}
	}
	g.mu.Unlock()
	if len(missing) == 0 {
		return out, nil
	}
	made, err := e.Embed(ctx, core.EmbedPassage, missing)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, t := range texts {
		if out[i] == nil {
			out[i], made = made[0], made[1:]
			g.kept[t] = out[i]
		}
	}
	return out, nil
}

const (
	tried   = 3    // passages looked at, best first
	longest = 300  // characters of an answer, and of its quote; one sentence may be longer
	roomy   = 160  // characters up to which the next sentence is added for context
	needed  = 0.12 // share of the question's weight a piece must have to support it
)

// piece is a part of a passage that may answer.
type piece struct {
	passage core.Passage
	text    string
	support float64 // share of the question's weight that the piece has, in [0,1]
}

// value orders pieces, and is the draft's confidence: the chance that the
// passage answers, less where the piece itself holds little of the question.
func (p piece) value() float64 {
	if p.passage.Question != "" {
		return p.passage.Score
	}
	return p.passage.Score * (0.7 + 0.3*min(1, p.support/0.5))
}

// Generate implements core.Generator. Without an embedder, or when it fails,
// words decide.
func (g *Generator) Generate(ctx context.Context, t *core.Turn) (*core.Draft, error) {
	what := asked(g.norm(cmp.Or(t.Query, t.Text)))
	if what == "" || len(t.Passages) == 0 {
		return nil, nil
	}
	q := g.ask(t, what)
	if e := g.embedder(); e != nil {
		d, err := reader{g, e}.read(ctx, what, g.norm(t.Text), q, t.Passages)
		if err == nil || ctx.Err() != nil {
			return d, err
		}
		t.Trace.Add("error", err.Error())
	}
	return g.byWords(t, what, q), nil
}

// byWords picks the piece that has most of the question's words, if it has the
// form asked for.
func (g *Generator) byWords(t *core.Turn, what string, q question) *core.Draft {
	ks := wanted(what)
	var best piece
	for _, p := range t.Passages[:min(len(t.Passages), tried)] {
		c, ok := g.cut(q, p)
		if _, formed := g.form(ks, what, g.norm(c.text)); ok && formed && (best.text == "" || c.value() > best.value()) {
			best = c
		}
	}
	if best.text == "" {
		return nil
	}
	p := best.passage
	by := "extract"
	if p.Question != "" {
		by = "faq"
	}
	return &core.Draft{
		Parts:     []core.Part{{Text: best.text}},
		Citations: []core.Citation{{Doc: p.Doc, Title: p.Title, Page: p.Page, URL: p.URL, Quote: shorten(best.text)}},
		Score:     best.value(), By: by,
	}
}

// question is what is asked, by weight.
type question struct {
	weight map[string]float64
	total  float64
}

func (g *Generator) ask(t *core.Turn, text string) question {
	q := question{weight: map[string]float64{}}
	for _, term := range knowledge.Terms(text) {
		if _, ok := q.weight[term]; !ok {
			w := g.weight(t.Work.Envelope.Workspace, t.Bot.ID, term)
			q.weight[term] = w
			q.total += w
		}
	}
	return q
}

// share is how much of q's weight is among terms.
func (q question) share(terms map[string]bool) float64 {
	if q.total == 0 {
		return 0
	}
	var sum float64
	for t := range terms {
		sum += q.weight[t]
	}
	return sum / q.total
}

// terms are those of texts.
func (g *Generator) terms(texts ...string) map[string]bool {
	out := map[string]bool{}
	for _, text := range texts {
		for _, t := range g.termsOf(text) {
			out[t] = true
		}
	}
	return out
}

// cut finds the part of p that answers q; false if nothing supports it.
func (g *Generator) cut(q question, p core.Passage) (piece, bool) {
	text := strings.TrimSpace(p.Text)
	if p.Question != "" {
		return piece{p, text, q.share(g.terms(p.Question, text))}, text != ""
	}
	if row, ok := cells(text); ok {
		text = g.row(q, row)
	} else {
		text = g.sentences(q, p.Title, text)
	}
	c := piece{p, text, q.share(g.terms(p.Title, text))}
	return c, text != "" && q.share(g.terms(text)) > 0 && c.support >= needed
}

// sentences are the one that holds most of q beside what the title says, and
// its neighbours as far as they add to it or there is room.
func (g *Generator) sentences(q question, title, text string) string {
	all := knowledge.Sentences(text)
	best, most := -1, 0.0
	for i, s := range all {
		if share := q.share(g.terms(s)); share > most {
			best, most = i, share
		}
	}
	if best < 0 {
		return ""
	}
	from, to := best, best+1
	for {
		have := q.share(g.terms(append([]string{title}, all[from:to]...)...))
		switch {
		case to < len(all) && g.helps(q, title, all[from:to+1], have):
			to++
		case from > 0 && g.helps(q, title, all[from-1:to], have):
			from--
		default:
			return strings.TrimSpace(strings.Join(all[from:to], ""))
		}
	}
}

// helps reports whether sentences, one more than had share have, should go on
// together: they stay short, or say more of what was asked.
func (g *Generator) helps(q question, title string, sentences []string, have float64) bool {
	n := utf8.RuneCountInString(strings.TrimSpace(strings.Join(sentences, "")))
	if n > longest {
		return false
	}
	more := q.share(g.terms(append([]string{title}, sentences...)...))
	return more > have+0.03 || n <= roomy && len(sentences) <= 2
}

// cells takes a table row apart; false if text is none.
func cells(text string) ([]string, bool) {
	if strings.Contains(text, "\n") || !strings.Contains(text, "; ") || !strings.Contains(text, ": ") {
		return nil, false
	}
	out := strings.Split(text, "; ")
	named := 0
	for _, c := range out {
		if strings.Contains(c, ": ") {
			named++
		}
	}
	return out, named*2 >= len(out)
}

// row is the whole row if it is short, else its first cell, which names it, and
// those that hold something of q.
func (g *Generator) row(q question, cells []string) string {
	if whole := strings.Join(cells, "; "); utf8.RuneCountInString(whole) <= longest {
		return whole
	}
	out := cells[0]
	for _, c := range cells[1:] {
		if q.share(g.terms(c)) > 0 && utf8.RuneCountInString(out)+utf8.RuneCountInString(c) < longest {
			out += "; " + c
		}
	}
	return out
}

// shorten bounds a quote.
func shorten(s string) string {
	r := []rune(s)
	if len(r) <= longest {
		return s
	}
	return string(r[:longest-1]) + "…"
}
