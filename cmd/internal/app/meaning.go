package app

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"frontdesk/cmd/internal/datadir"
	"frontdesk/cmd/internal/embedding"
	"frontdesk/configs"
	"frontdesk/core"
	"frontdesk/core/guard"
	"frontdesk/core/llm/cache"
	"frontdesk/knowledge/embed"
	"frontdesk/knowledge/hybrid"
)

// firstTry is how long the start waits for an endpoint of embeddings; between
// are the waits before it is asked again.
const (
	firstTry    = time.Second
	shortestTry = time.Second
	longestTry  = time.Minute
)

// meaning is what makes vectors of texts. Until it is there, words alone decide.
type meaning struct {
	mu  sync.Mutex
	now *embedding.Embedder // nil: none, or none yet
	one *cache.Embedder     // the same, asked once for what many ask at a time
	// outside is an endpoint of others, which is told nothing personal.
	outside bool
	all     []*embedding.Embedder
	err     error // why there is none yet
}

// embedder is what bots and documents use now; nil if there is none.
func (m *meaning) embedder() core.Embedder {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.now == nil {
		return nil // not an interface that holds a nil
	}
	return m.one
}

func (m *meaning) set(e *embedding.Embedder, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err = err; e != nil {
		var asked core.Embedder = e
		if m.outside {
			asked = guard.NewEmbedder(e, Redactor())
		}
		m.now, m.one, m.all = e, cache.NewEmbedder(asked), append(m.all, e)
	}
}

// drop leaves words alone to decide.
func (m *meaning) drop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now, m.err = nil, nil
}

// close frees all embedders there were: those before may still be in use until
// the end.
func (m *meaning) close() (errs []error) {
	for _, e := range m.all {
		errs = append(errs, e.Close())
	}
	return errs
}

func embeddingSettings(cfg *configs.Config) embedding.Settings {
	return embedding.Settings{URL: cfg.Embedding.URL, Model: cfg.Embedding.Model, Key: cfg.Embedding.APIKey.Reveal(),
		Dir: filepath.Join(cfg.DataDir, datadir.Vectors)}
}

// openMeaning opens the embedder. An endpoint that is away keeps nobody from
// starting: it is asked again until it answers.
func (a *App) openMeaning(ctx context.Context) error {
	s := embeddingSettings(a.cfg)
	if s.None() {
		return nil
	}
	try, cancel := context.WithTimeout(ctx, firstTry)
	defer cancel()
	err := a.tryMeaning(try, s)
	if err == nil || s.Inside() {
		return err
	}
	a.log.Warn("embeddings are away: answers are looked up by their words alone until they are back", "err", err)
	a.later.Watch(func(ctx context.Context) { a.retryMeaning(ctx, s) })
	return nil
}

// tryMeaning opens the embedder and gives it to the documents.
func (a *App) tryMeaning(ctx context.Context, s embedding.Settings) error {
	e, err := embedding.Open(ctx, s)
	if err != nil {
		a.meaning.set(nil, err)
		a.finder.Away(err)
		return err
	}
	cal, err := embed.Calibrate(ctx, e)
	if err != nil {
		a.meaning.set(nil, err)
		a.finder.Away(err)
		return errors.Join(err, e.Close())
	}
	a.meaning.outside = !s.Inside()
	a.meaning.set(e, nil)
	a.finder.Use(hybrid.Model{Embedder: a.meaning.embedder(), Calibration: cal})
	return nil
}

// retryMeaning asks until the endpoint answers or is not wanted any more, then
// builds the bots anew with it.
func (a *App) retryMeaning(ctx context.Context, s embedding.Settings) {
	for wait := shortestTry; ; wait = min(2*wait, longestTry) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		if !a.wants(s) {
			return
		}
		err := a.tryMeaning(ctx, s)
		if err == nil {
			break
		}
		a.log.Debug("embeddings are still away", "err", err)
	}
	a.adopted(ctx)
}

// changeMeaning takes another embedder into use while the one before goes on
// answering, until all documents have their vectors of the new one.
func (a *App) changeMeaning(ctx context.Context, s embedding.Settings) {
	if s.None() {
		a.finder.Drop()
		a.meaning.drop()
		a.adopted(ctx)
		return
	}
	if err := a.tryMeaning(ctx, s); err != nil {
		a.log.Warn("the embeddings now configured are away: they are used when they are back", "err", err)
		a.later.Watch(func(ctx context.Context) { a.retryMeaning(ctx, s) })
		return
	}
	a.adopted(ctx)
}

// wants reports whether s is what the configuration last taken says.
func (a *App) wants(s embedding.Settings) bool {
	a.building.Lock()
	defer a.building.Unlock()
	return embeddingSettings(a.latest) == s
}

// adopted builds the bots anew, with the embedder there is now.
func (a *App) adopted(ctx context.Context) {
	if err := a.rebuild(ctx); err != nil {
		a.log.Error("the embedder has changed, but bots could not be built anew", "err", err)
		return
	}
	a.log.Info("embeddings have changed", "space", a.Embeddings())
}

// rebuild builds the bots again, of the configuration as it was last taken.
func (a *App) rebuild(ctx context.Context) error {
	a.building.Lock()
	defer a.building.Unlock()
	bots, err := a.buildBots(ctx, a.latest)
	if err != nil {
		return err
	}
	a.setBots(a.latest, bots)
	return nil
}

// settled is how long Settle waits: an embedder that fails is tried for ever.
const settled = time.Minute

// Settle waits until what is learnt in the background is learnt, or a minute.
// The commands that test a bot call it; a server answers meanwhile.
func (a *App) Settle(ctx context.Context) error {
	most, cancel := context.WithTimeout(ctx, settled)
	defer cancel()
	if err := a.later.Wait(most); err != nil && ctx.Err() != nil {
		return err
	}
	return nil
}

// Embeddings names the space of the embedder in use; "" where words alone decide.
func (a *App) Embeddings() string {
	if e := a.meaning.embedder(); e != nil {
		return e.Space()
	}
	return ""
}

// checkVectors is the line of `check` about a server of vectors.
func (a *App) checkVectors(ctx context.Context) Finding {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	// A space of its own: what is tried is in nobody's way.
	_, err := a.vectors.Open(core.DefaultWorkspace, "check", "check", 8).Mean(ctx)
	return Finding{Part: "vectors", OK: "the server answers", Err: err}
}

// checkMeaning is the line of `check` about embeddings.
func (a *App) checkMeaning(ctx context.Context) Finding {
	f := Finding{Part: "embedding"}
	a.meaning.mu.Lock()
	e, err := a.meaning.now, a.meaning.err
	a.meaning.mu.Unlock()
	switch {
	case e != nil:
		f.OK, f.Err = e.Check(ctx)
	case err != nil:
		f.Err = err
	default:
		f.OK = "none: texts are compared by their words alone"
	}
	return f
}
