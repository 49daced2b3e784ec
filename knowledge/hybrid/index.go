package hybrid

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"frontdesk/core"
	"frontdesk/knowledge"
)

var _ knowledge.Index = (*Index)(nil)

// Index is one bot's passages. Safe for concurrent use.
type Index struct {
	e         *Engine
	workspace core.WorkspaceID
	bot       string
	words     Words
	serving   atomic.Pointer[space] // what searches use; nil: words alone
	changes   atomic.Int64          // Updates begun
	// tidy is held for reading from Prepare to its done, and for writing while
	// vectors that nobody wants are forgotten.
	tidy sync.RWMutex

	mu      sync.Mutex // below
	docs    map[string][]wording
	version int    // of docs
	coming  *space // is being built; nil: none
	filling bool
	again   bool // what to fill has changed meanwhile
}

// Update implements knowledge.Index. Vectors that are missing are made in the
// background.
func (x *Index) Update(docs map[string][]core.Passage) {
	fresh := make(map[string][]wording, len(docs))
	for name, ps := range docs {
		fresh[name] = wordings(ps)
	}
	x.mu.Lock()
	x.changes.Add(1) // before: who looked for vectors earlier looks again
	x.words.Update(docs)
	for name, ws := range fresh {
		if len(ws) == 0 {
			delete(x.docs, name)
			continue
		}
		x.docs[name] = ws
	}
	x.version++
	any := x.newest() != nil
	x.mu.Unlock()
	if any {
		x.fillLater()
	}
}

func wordings(ps []core.Passage) []wording {
	var out []wording
	for i := range ps {
		for n, text := range knowledge.Wordings(ps[i]) {
			out = append(out, wording{knowledge.KeyOf(text), &ps[i], n})
		}
	}
	return out
}

// Prepare implements knowledge.Index: it makes the vectors of ps in all spaces
// there are. An error says that a model is configured and could not be used.
func (x *Index) Prepare(ctx context.Context, ps []core.Passage) (int, func(), error) {
	if err := x.e.missing(); err != nil {
		return 0, nil, &core.AwayError{What: "embeddings", Err: err}
	}
	x.tidy.RLock()
	done := sync.OnceFunc(x.tidy.RUnlock)
	x.mu.Lock()
	spaces := []*space{x.serving.Load(), x.coming}
	x.mu.Unlock()
	texts := wordings(ps)
	fresh := map[*core.Passage]bool{}
	for _, s := range spaces {
		if s == nil {
			continue
		}
		if err := s.embed(ctx, texts, func(p *core.Passage) { fresh[p] = true }); err != nil {
			done()
			if ctx.Err() != nil {
				return 0, nil, err
			}
			return 0, nil, &core.AwayError{What: "embeddings", Err: err}
		}
	}
	return len(fresh), done, nil
}

// Weight implements knowledge.Index.
func (x *Index) Weight(term string) float64 { return x.words.Weight(term) }

// spare is how much time a turn must have left for its question's vector: less
// would not do for that and for an answer.
const spare = time.Second

var (
	errHurry  = errors.New("too little time is left")
	errUnmade = errors.New("the vectors of the documents are being made")
)

// Search implements knowledge.Index. When there is no complete space, the
// embedder is busy or time is short, words alone decide, and the error says so.
func (x *Index) Search(ctx context.Context, text string, limit int) ([]core.Passage, error) {
	s := x.serving.Load()
	if s == nil {
		return byWords(x.words.Gather(text, nil), limit), x.unready()
	}
	found, err := x.meant(ctx, s, text, limit)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return byWords(x.words.Gather(text, nil), limit), fmt.Errorf("%w: %w", knowledge.ErrWordsAlone, err)
	}
	return found, nil
}

// unready says why there is no space: nil if there is no model.
func (x *Index) unready() error {
	if err := x.e.missing(); err != nil {
		return fmt.Errorf("%w: embeddings are away: %w", knowledge.ErrWordsAlone, err)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.coming == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", knowledge.ErrWordsAlone, errUnmade)
}

// patience is how often a search begins anew because passages changed under it.
const patience = 5

// meant gathers and judges the candidates of a question.
func (x *Index) meant(ctx context.Context, s *space, text string, limit int) ([]core.Passage, error) {
	if until, ok := ctx.Deadline(); ok && time.Until(until) < spare {
		return nil, errHurry
	}
	ctx, cancel := context.WithTimeout(ctx, x.e.o.Wait)
	defer cancel()
	qs, err := s.model.Embedder.Embed(ctx, core.EmbedQuery, []string{text})
	if err != nil {
		return nil, err
	}
	v, err := s.view(ctx, qs[0])
	if err != nil {
		return nil, err
	}
	var cs []knowledge.Candidate
	for range patience {
		before := x.changes.Load()
		if cs, err = v.gather(ctx, x.words, text); err != nil {
			return nil, err
		}
		if before == x.changes.Load() {
			break
		}
	}
	if v.blind(cs) {
		return nil, errUnmade
	}
	return v.passages(judge(scaleOf(s.model.Calibration), v, text, cs), limit), nil
}

func byWords(cs []knowledge.Candidate, limit int) []core.Passage {
	out := make([]core.Passage, min(len(cs), max(limit, 0)))
	for i := range out {
		out[i] = cs[i].Passage
		out[i].Score = cs[i].Words.Chance
		out[i].Why = core.Evidence{Words: cs[i].Words.Chance}
	}
	return out
}
