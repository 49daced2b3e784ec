package graph

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// aside are questions that want no value of an attribute: yes or no, a person, a
// reason, a way to do something.
var aside = re(`(?:吗|么|嘛)\s*[?？]?$|能不能|可不可以|是不是|有没有|^(?:do|does|is|are|can|could|will|may) |谁|哪家|品牌|牌子|为什么|为啥|怎么|如何|\bwho\b|\bwhy\b|\bbrand\b|how (?:do|can|should|to)\b`)

// What counts besides the nearness of a header to the question, in cosine.
const (
	saidOnly     = 0.04 // the question has a word that this header alone has
	measuresOnly = 0.03 // this attribute alone is of the quantity asked for
	// nearer is how much ahead the attribute must be that is meant: headers are
	// too short for less to mean anything.
	nearer = 0.032
	// guessed is the confidence of an answer found so.
	guessed = 0.7
	// mostHeaders bounds the vectors a question asks for.
	mostHeaders = 40
)

// spans are quantities that questions ask for without naming a unit.
var spans = []struct {
	ask *regexp.Regexp
	of  []quantity
}{
	{re(`多久|多长时间|时长|how long|how much time`), []quantity{minutes, hours, days, months, years}},
	{re(`多重|多沉|how heavy|weigh`), []quantity{mass}},
	{re(`多远|多高|多宽|多深|多厚|多长(?:$|[^时])|how (?:far|tall|high|wide|deep|thick)`), []quantity{length}},
	{re(`多少钱|什么价|how much (?:is|are|does|for)|\bcosts?\b|\bprice\b`), []quantity{money}},
	{re(`多快|how fast`), []quantity{pace, rotation, flow}},
}

// byMeaning finds the attribute a question means in other words than the header
// has; nil if none stands out.
func (g *Generator) byMeaning(ctx context.Context, gr *Graph, q query, lang string) (*core.Draft, error) {
	e := g.embedder()
	text := q.says
	if e == nil || len(q.concepts) > 0 || text == "" || aside.MatchString(text) {
		return nil, nil
	}
	headers := gr.headers(q.entities)
	if len(headers) < 2 || len(headers) > mostHeaders {
		return nil, nil
	}
	near, err := nearness(ctx, e, text, headers)
	if err != nil {
		return nil, err
	}
	gr.weigh(q, text, headers, near)
	best := 0
	for i := range near {
		if near[i] > near[best] {
			best = i
		}
	}
	for i := range near {
		if i != best && near[best]-near[i] < nearer {
			return nil, nil
		}
	}
	if near[best] < 0 {
		return nil, nil
	}
	return gr.of(q, headers[best].Attribute, lang), nil
}

// elsewhere is how much nearer another attribute of the same quantity must be to
// a question for the one it seems to ask for to be doubted.
const elsewhere = 0.025

// doubted reports whether a question that seems to ask for one attribute by a
// word of many meanings is nearer to another: "the heaviest rider it carries" is
// not the weight of the thing. Only what says more than that word is looked at.
func (g *Generator) doubted(ctx context.Context, t *core.Turn, gr *Graph, q query) bool {
	e := g.embedder()
	if e == nil || !q.wide() {
		return false
	}
	said := gr.best(q, q.entities[0])
	text := q.says
	if len(said) != 1 || !q.saysMore(text) {
		return false
	}
	quantity := quantityOf(gr.norm, said[0].fact)
	headers := slices.DeleteFunc(gr.headers(q.entities), func(f Fact) bool { return quantityOf(gr.norm, f) != quantity })
	at := slices.IndexFunc(headers, func(f Fact) bool { return f.Attribute == said[0].fact.Attribute })
	if len(headers) < 2 || len(headers) > mostHeaders || at < 0 {
		return false
	}
	near, err := nearness(ctx, e, text, headers)
	if err != nil {
		t.Trace.Add("graph_error", err.Error())
		return false
	}
	gr.weigh(q, text, headers, near)
	for i := range near {
		if near[i]-near[at] > elsewhere {
			t.Trace.Add("may be meant", headers[i].Attribute)
			return true
		}
	}
	return false
}

// wide reports whether the question names but concepts that have kinds.
func (w wish) wide() bool {
	return len(w.concepts) > 0 && !slices.ContainsFunc(w.concepts, func(a int) bool {
		return !slices.ContainsFunc(concepts, func(c concept) bool { return c.of == concepts[a].name })
	})
}

// saysMore reports whether a question has words beside those that name what it
// asks for.
func (w wish) saysMore(text string) bool {
	for _, i := range w.concepts {
		text = concepts[i].ask.ReplaceAllString(text, " ")
	}
	n := 0
	for _, term := range knowledge.Terms(text) {
		if !plainTerm(term) && len([]rune(term)) > 1 {
			n++
		}
	}
	return n > 0
}

// of drafts the values of one attribute; nil where an entity has none.
func (g *Graph) of(q query, attribute, lang string) *core.Draft {
	var fs []found
	for _, e := range q.entities {
		i := slices.IndexFunc(g.entities[e].facts, func(f Fact) bool { return f.Attribute == attribute })
		if i < 0 {
			return nil
		}
		fs = append(fs, found{e, g.entities[e].facts[i], guessed})
	}
	d := g.draft(q, fs, lang)
	d.Score = guessed
	return d
}

// nearness are the cosines of headers to a question.
func nearness(ctx context.Context, e core.Embedder, question string, headers []Fact) ([]float64, error) {
	texts := make([]string, len(headers))
	for i, h := range headers {
		texts[i] = h.Attribute + ": " + h.Quote()
	}
	hs, err := e.Embed(ctx, core.EmbedPassage, texts)
	if err != nil {
		return nil, fmt.Errorf("headers: %w", err)
	}
	vs, err := e.Embed(ctx, core.EmbedQuery, []string{question})
	if err != nil {
		return nil, fmt.Errorf("question: %w", err)
	}
	out := make([]float64, len(hs))
	for i, h := range hs {
		for j, x := range h {
			out[i] += float64(x * vs[0][j])
		}
	}
	return out, nil
}

// weigh adds to near what words and quantities say; what does not measure the
// quantity asked for is out, below zero.
func (g *Graph) weigh(q query, text string, headers []Fact, near []float64) {
	for t := range q.terms {
		at := -1
		for i, h := range headers {
			if !slices.Contains(knowledge.Terms(g.norm(h.Attribute)), t) {
				continue
			}
			if at >= 0 {
				at = -1
				break
			}
			at = i
		}
		if at >= 0 {
			near[at] += saidOnly
		}
	}
	wanted := q.wanted(text)
	if len(wanted) == 0 {
		return
	}
	fits := []int{}
	for i, h := range headers {
		if slices.Contains(wanted, quantityOf(g.norm, h)) {
			fits = append(fits, i)
		} else {
			near[i] -= 1
		}
	}
	if len(fits) == 1 {
		near[fits[0]] += measuresOnly
	}
}

// wanted are the quantities a question asks for, none if any will do.
func (q query) wanted(text string) []quantity {
	if q.q != "" {
		return []quantity{q.q}
	}
	for _, s := range spans {
		if s.ask.MatchString(text) {
			return s.of
		}
	}
	return nil
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
