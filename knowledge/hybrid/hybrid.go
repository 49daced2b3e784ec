// Package hybrid finds passages by their words and by what they mean.
//
// Words are searched in an index of this process, which says what passages
// there are. Vectors are found by the hash of the text they are of, so a vector
// of a passage that is gone finds nothing, and one that is missing costs its
// passage the evidence of meaning, never its place among the answers.
//
// # Spaces
//
// An Engine has a model at most; each bot's Index has the vectors of its
// passages in that model's space. A new model's space is built beside the old
// one, which answers until the new one is complete. Without a complete space,
// words alone decide, and searches say so.
package hybrid

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"frontdesk/core"
	"frontdesk/knowledge"
	"frontdesk/knowledge/embed"
)

// Words is an index of words. Safe for concurrent use.
type Words interface {
	// Update and Weight are as in knowledge.Index.
	Update(docs map[string][]core.Passage)
	Weight(term string) float64
	// Gather returns the passages whose words fit the question best, and those
	// that have one of keys besides, surest by words first.
	Gather(text string, keys []knowledge.Key) []knowledge.Candidate
}

// Model is what makes vectors, and what their cosines are worth.
type Model struct {
	Embedder    core.Embedder
	Calibration embed.Calibration
}

// Options are what an Engine is made of.
type Options struct {
	// NewWords makes an empty index of words.
	NewWords func() Words
	// Store keeps vectors; needed for a model.
	Store knowledge.VectorStore
	// Later runs what fills spaces, in the background; at once if nil. What it
	// runs ends when its context does.
	Later func(work func(ctx context.Context))
	Log   *slog.Logger // nowhere if nil
	// Wait is how long a search waits for its question's vector; 250 ms if 0.
	Wait time.Duration
}

// Engine makes bots' indexes and gives them a model. Safe for concurrent use.
type Engine struct {
	o       Options
	mu      sync.Mutex // below
	model   *Model     // that new spaces are for; nil: none
	away    error      // why there is none, though one is configured
	indexes []*Index
}

// New makes an engine whose indexes know words alone.
func New(o Options) *Engine {
	if o.Later == nil {
		o.Later = func(work func(context.Context)) { work(context.Background()) }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Wait = cmp.Or(o.Wait, 250*time.Millisecond)
	return &Engine{o: o}
}

// Use makes m the model of all indexes, each as soon as its space is complete.
func (e *Engine) Use(m Model) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.model, e.away = &m, nil
	for _, x := range e.indexes {
		x.begin(e.model)
	}
}

// Drop leaves words alone to decide.
func (e *Engine) Drop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.model, e.away = nil, nil
	for _, x := range e.indexes {
		x.drop()
	}
}

// Away says why a configured model cannot be used: until Use, passages that
// are new are refused.
func (e *Engine) Away(why error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.away = why
}

// NewIndex makes a bot's index, empty.
func (e *Engine) NewIndex(w core.WorkspaceID, bot string) knowledge.Index {
	e.mu.Lock()
	defer e.mu.Unlock()
	x := &Index{e: e, workspace: w, bot: bot, words: e.o.NewWords(), docs: map[string][]wording{}}
	e.indexes = append(e.indexes, x)
	if e.model != nil {
		x.begin(e.model)
	}
	return x
}

// missing says why there is no model.
func (e *Engine) missing() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.away
}
