// Package cache keeps the same from being asked twice: requests and embeddings
// that are under way are shared, and answers may be kept for questions of the
// same meaning.
package cache

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"sync"

	"golang.org/x/sync/singleflight"

	"frontdesk/core"
	"frontdesk/core/llm"
)

// flights runs each piece of work once for all who want it at that time. It ends
// when nobody wants it any more. The zero value is ready.
type flights[T any] struct {
	group   singleflight.Group
	mu      sync.Mutex
	wanting map[string]*flight
}

// flight is work under way, and how many wait for it.
type flight struct {
	ctx    context.Context
	cancel context.CancelFunc
	n      int
}

// do returns what work returns; shared tells whether somebody else began it.
// work's context ends when all who wait have left.
func (f *flights[T]) do(ctx context.Context, key string, work func(context.Context) (T, error)) (v T, shared bool, err error) {
	fl := f.join(ctx, key)
	defer f.leave(key, fl)
	mine := false
	ch := f.group.DoChan(key, func() (any, error) {
		mine = true
		return work(fl.ctx)
	})
	select {
	case r := <-ch:
		v, _ = r.Val.(T)
		return v, !mine, r.Err
	case <-ctx.Done():
		return v, true, context.Cause(ctx)
	}
}

func (f *flights[T]) join(ctx context.Context, key string) *flight {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.wanting == nil {
		f.wanting = map[string]*flight{}
	}
	fl := f.wanting[key]
	if fl == nil {
		fl = &flight{}
		fl.ctx, fl.cancel = context.WithCancel(context.WithoutCancel(ctx))
		f.wanting[key] = fl
	}
	fl.n++
	return fl
}

func (f *flights[T]) leave(key string, fl *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl.n--; fl.n == 0 {
		fl.cancel()
		if f.wanting[key] == fl {
			delete(f.wanting, key)
			f.group.Forget(key)
		}
	}
}

var _ llm.Provider = (*Once)(nil)

// Once is a provider that asks another once for equal requests that are under
// way at the same time, of the same bot. Who joins later is shown what was said
// before, and goes on with the others. Safe for concurrent use.
type Once struct {
	next llm.Provider
	mu   sync.Mutex
	m    map[string]*talk
}

// talk is an answer under way. It ends when nobody listens any more.
type talk struct {
	ctx    context.Context
	cancel context.CancelFunc
	heard  int // how many listen; guarded by Once.mu

	mu     sync.Mutex
	said   []llm.Delta
	news   chan struct{} // closed when there is more
	ended  bool
	answer llm.Answer
	err    error
}

// NewOnce wraps next.
func NewOnce(next llm.Provider) *Once { return &Once{next: next, m: map[string]*talk{}} }

// Name implements llm.Provider.
func (o *Once) Name() string { return o.next.Name() }

// Generate implements llm.Provider.
func (o *Once) Generate(ctx context.Context, r llm.Request, on func(llm.Delta)) (llm.Answer, error) {
	key, ok := keyOf(r)
	if !ok {
		return o.next.Generate(ctx, r, on)
	}
	t, first := o.join(ctx, key)
	defer o.leave(key, t)
	if first {
		go o.lead(key, t, r)
	}
	a, err := t.follow(ctx, on)
	if first || err != nil {
		return a, err
	}
	a.Tries = []llm.Try{{Provider: a.Provider, Model: a.Model, Why: WhyShared, Won: true, Cost: llm.Cost{Known: true}}}
	a.Usage, a.Cost = llm.Usage{}, llm.Cost{Known: true} // who asked pays
	return a, nil
}

// lead asks the model. Its end is that of the request, which ends with the last
// who listens.
func (o *Once) lead(key string, t *talk, r llm.Request) {
	a, err := o.ask(t, r)
	o.mu.Lock()
	if o.m[key] == t {
		delete(o.m, key) // who comes now asks anew
	}
	o.mu.Unlock()
	t.tell(func() { t.ended, t.answer, t.err = true, a, err })
}

// ask keeps a provider that panics from taking the gateway with it: no turn's
// own goroutine runs it.
func (o *Once) ask(t *talk, r llm.Request) (a llm.Answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("language model: panic: %v\n%s", p, debug.Stack())
		}
	}()
	return o.next.Generate(t.ctx, r, func(d llm.Delta) { t.tell(func() { t.said = append(t.said, d) }) })
}

func (o *Once) join(ctx context.Context, key string) (t *talk, first bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if t = o.m[key]; t == nil {
		t, first = &talk{news: make(chan struct{})}, true
		t.ctx, t.cancel = context.WithCancel(context.WithoutCancel(ctx))
		o.m[key] = t
	}
	t.heard++
	return t, first
}

func (o *Once) leave(key string, t *talk) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if t.heard--; t.heard == 0 {
		t.cancel()
		if o.m[key] == t {
			delete(o.m, key)
		}
	}
}

// tell changes t and wakes who follows it.
func (t *talk) tell(change func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change()
	close(t.news)
	t.news = make(chan struct{})
}

// follow shows what is said until it ends.
func (t *talk) follow(ctx context.Context, on func(llm.Delta)) (llm.Answer, error) {
	for seen := 0; ; {
		t.mu.Lock()
		more, news, ended := t.said[seen:], t.news, t.ended
		t.mu.Unlock()
		seen += len(more)
		for _, d := range more {
			if on != nil {
				on(d)
			}
		}
		if ended {
			return t.answer, t.err
		}
		select {
		case <-news:
		case <-ctx.Done():
			return llm.Answer{}, fmt.Errorf("language model: %w", context.Cause(ctx))
		}
	}
}

// WhyShared is Try.Why of an answer that somebody else had asked for.
const WhyShared = "shared"

// keyOf is equal for requests that may share an answer. Pictures and tools make
// a request its own: a tool may be called for one customer alone.
func keyOf(r llm.Request) (string, bool) {
	if len(r.Tools) > 0 {
		return "", false
	}
	for _, m := range r.Messages {
		if len(m.Images) > 0 || len(m.Calls) > 0 {
			return "", false
		}
	}
	r.For.Contact = ""
	b, err := json.Marshal(r)
	if err != nil {
		return "", false
	}
	return fmt.Sprintf("%x", sha256.Sum256(b)), true
}

var _ core.Embedder = (*Embedder)(nil)

// Embedder asks another once for equal texts that are under way at the same
// time. Safe for concurrent use.
type Embedder struct {
	core.Embedder
	flights flights[[][]float32]
}

// NewEmbedder wraps next.
func NewEmbedder(next core.Embedder) *Embedder { return &Embedder{Embedder: next} }

// Embed implements core.Embedder. The vectors are shared: nobody alters them.
func (e *Embedder) Embed(ctx context.Context, kind core.EmbedKind, texts []string) ([][]float32, error) {
	b, err := json.Marshal([]any{e.Space(), kind, texts})
	if err != nil {
		return e.Embedder.Embed(ctx, kind, texts)
	}
	v, _, err := e.flights.do(ctx, fmt.Sprintf("%x", sha256.Sum256(b)), func(ctx context.Context) ([][]float32, error) {
		return e.Embedder.Embed(ctx, kind, texts)
	})
	return v, err
}
