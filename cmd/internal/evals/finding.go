package evals

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"frontdesk/cmd/internal/datadir"
	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/core/nlu/measure"
	"frontdesk/knowledge"
	"frontdesk/knowledge/embed"
	"frontdesk/knowledge/hybrid"
	"frontdesk/knowledge/vector/embedded"
)

// FAQ is how well questions find the pair that answers them. All are in [0,1].
type FAQ struct {
	Acc1    float64 `json:"acc_at_1"`
	Recall3 float64 `json:"recall_at_3"`
	// Near and Far are how well the best score tells questions with an answer
	// from those without one, on the same matters and on others.
	Near float64 `json:"auroc_near"`
	Far  float64 `json:"auroc_far"`
}

// Retrieval is how well questions find the passage that answers them.
type Retrieval struct {
	Recall1    float64 `json:"recall_at_1"`
	Recall5    float64 `json:"recall_at_5"`
	MRR        float64 `json:"mrr_at_10"`
	OutOfKB    float64 `json:"auroc_out_of_kb"`
	Impossible float64 `json:"auroc_impossible"`
	Index      float64 `json:"index_seconds"`
	Query      float64 `json:"millis_per_query"`
}

// asked is a question of either kind.
type asked struct {
	Question string   `json:"question"`
	Gold     []string `json:"gold_passage_ids"`
	Standard string   `json:"standard_id"`
	Type     string   `json:"type"`
	Lang     string   `json:"lang"`
}

// search is a made index and how long that took.
type search struct {
	index knowledge.Index
	took  time.Duration
}

// indexed is the product's own search over ps, with e's vectors; nil for words
// alone.
func indexed(ctx context.Context, ps []core.Passage, e core.Embedder) (search, error) {
	start := time.Now()
	h := hybrid.New(hybrid.Options{NewWords: datadir.Words, Store: &embedded.Store{}, Wait: time.Minute,
		Later: func(work func(context.Context)) { work(ctx) }})
	x := h.NewIndex(core.DefaultWorkspace, "eval")
	if e != nil {
		cal, err := embed.Calibrate(ctx, e)
		if err != nil {
			return search{}, err
		}
		h.Use(hybrid.Model{Embedder: e, Calibration: cal})
	}
	x.Update(map[string][]core.Passage{"all": ps})
	return search{x, time.Since(start)}, ctx.Err()
}

// found is the outcome of all questions.
type found struct {
	ranks  []int                // of answerable ones: place of the first right passage, from 0; -1 is not found
	scores map[string][]float64 // best score, by type
	took   time.Duration
}

func (s search) ask(ctx context.Context, qs []asked, answerable string) (found, error) {
	f := found{scores: map[string][]float64{}}
	start := time.Now()
	for _, q := range qs {
		ps, err := s.index.Search(ctx, q.Question, 10)
		if err != nil { // also where words alone answered: that is not what is measured
			return found{}, fmt.Errorf("%q: %w", q.Question, err)
		}
		score := 0.0
		if len(ps) > 0 {
			score = ps[0].Score
		}
		f.scores[q.Type] = append(f.scores[q.Type], score)
		if q.Type == answerable {
			f.ranks = append(f.ranks, slices.IndexFunc(ps, func(p core.Passage) bool { return slices.Contains(q.Gold, p.ID) }))
		}
	}
	f.took = time.Since(start)
	return f, nil
}

func (f found) recall(k int) float64 {
	n := 0
	for _, r := range f.ranks {
		if r >= 0 && r < k {
			n++
		}
	}
	return part(n, len(f.ranks))
}

func (f found) reciprocal() float64 {
	sum := 0.0
	for _, r := range f.ranks {
		if r >= 0 {
			sum += 1 / float64(r+1)
		}
	}
	return sum / float64(max(len(f.ranks), 1))
}

// run indexes ps and asks qs.
func run(ctx context.Context, ps []core.Passage, qs []asked, by Embedding, answerable string) (s search, f found, err error) {
	e, free, err := by.Open(ctx)
	if err != nil {
		return s, f, err
	}
	defer func() { err = errors.Join(err, free()) }()
	if s, err = indexed(ctx, ps, e); err != nil {
		return s, f, err
	}
	f, err = s.ask(ctx, qs, answerable)
	return s, f, err
}

// Pairs asks questions of an FAQ.
func Pairs(ctx context.Context, faq, questions string, by Embedding) (out FAQ, err error) {
	type row struct {
		ID       string `json:"id"`
		Question string `json:"standard_question"`
		Answer   string `json:"answer"`
	}
	rows, err := Rows[row](faq)
	if err != nil {
		return FAQ{}, err
	}
	qs, err := Rows[asked](questions)
	if err != nil {
		return FAQ{}, err
	}
	var ps []core.Passage
	for _, r := range rows {
		ps = append(ps, core.Passage{ID: r.ID, Question: r.Question, Text: r.Answer})
	}
	for i, q := range qs {
		qs[i].Gold = []string{q.Standard}
	}
	_, f, err := run(ctx, ps, qs, by, "match")
	if err != nil {
		return FAQ{}, err
	}
	return FAQ{f.recall(1), f.recall(3), measure.AUROC(f.scores["match"], f.scores["no_match_near"]),
		measure.AUROC(f.scores["match"], f.scores["no_match_far"])}, nil
}

// Passages names the files and bounds of a retrieval measurement.
type Passages struct {
	Passages, Questions string
	Limit               int    // questions asked; all if 0
	QueryLang           string // questions of this language only; all if ""
	PassageLang         string // passages of this language only; all if ""
}

// Run indexes the passages and asks the questions.
func (f Passages) Run(ctx context.Context, by Embedding) (Retrieval, error) {
	type row struct {
		ID    string `json:"id"`
		Title string `json:"title"`
		Text  string `json:"text"`
		Lang  string `json:"lang"`
	}
	rows, err := Rows[row](f.Passages)
	if err != nil {
		return Retrieval{}, err
	}
	qs, err := Rows[asked](f.Questions)
	if err != nil {
		return Retrieval{}, err
	}
	var ps []core.Passage
	for _, r := range rows {
		lang := cmp.Or(r.Lang, langOf(r.Text))
		if f.PassageLang == "" || lang == f.PassageLang {
			ps = append(ps, core.Passage{ID: r.ID, Title: r.Title, Text: r.Text})
		}
	}
	qs = slices.DeleteFunc(qs, func(q asked) bool { return f.QueryLang != "" && cmp.Or(q.Lang, langOf(q.Question)) != f.QueryLang })
	if f.Limit > 0 {
		qs = qs[:min(f.Limit, len(qs))]
	}
	if len(ps) == 0 || len(qs) == 0 {
		return Retrieval{}, core.Invalid("no passages or questions are left of language %q and %q", f.PassageLang, f.QueryLang)
	}
	s, a, err := run(ctx, ps, qs, by, "answerable")
	if err != nil {
		return Retrieval{}, err
	}
	return Retrieval{Recall1: a.recall(1), Recall5: a.recall(5), MRR: a.reciprocal(),
		OutOfKB:    measure.AUROC(a.scores["answerable"], a.scores["out_of_kb"]),
		Impossible: measure.AUROC(a.scores["answerable"], a.scores["impossible"]),
		Index:      s.took.Seconds(), Query: float64(a.took.Microseconds()) / 1000 / float64(len(qs))}, nil
}

func langOf(text string) string {
	lang, _ := nlu.Language(nlu.Normalize(text), nil)
	return lang
}
