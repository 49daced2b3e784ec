// Package embedding opens what a configuration names for making vectors of
// texts: the model in the program, an endpoint, or nothing.
package embedding

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"frontdesk/core"
	"frontdesk/knowledge/embed"
	"frontdesk/knowledge/embed/builtin"
	"frontdesk/knowledge/embed/openai"
)

// Settings say which embedder it is.
type Settings struct {
	URL   string // "builtin:" or "", "none:", or the base URL of an endpoint
	Model string // of an endpoint; "text-embedding-3-small" if ""
	Key   string // of an endpoint
	// Dir is where the vectors of passages are kept, by model and text; nowhere if "".
	Dir string
}

// None reports whether texts get no vectors.
func (s Settings) None() bool { return s.URL == "none:" || s.URL == "none" }

// Inside reports whether the embedder is the one in the program, which needs
// nobody else to open.
func (s Settings) Inside() bool { return s.URL == "" || s.URL == "builtin:" || s.URL == "builtin" }

// cacheBytes is how large the file of a model's vectors may grow: 1.3 million
// passages of 384 numbers.
const cacheBytes = 2 << 30

// Embedder is one that was opened, with its cache before it. Close it.
type Embedder struct {
	core.Embedder
	raw   core.Embedder
	close []func() error
}

// Open opens the embedder; it is an error to ask for none. ctx bounds an
// endpoint's first answer.
func Open(ctx context.Context, s Settings) (*Embedder, error) {
	e := &Embedder{}
	switch {
	case s.None():
		return nil, core.Invalid("embedding: none is configured")
	case s.Inside():
		b, err := builtin.Open(builtin.Options{})
		if err != nil {
			return nil, err
		}
		e.raw, e.close = b, append(e.close, b.Close)
	default:
		o, err := openai.Open(ctx, openai.Options{BaseURL: s.URL, Model: cmp.Or(s.Model, "text-embedding-3-small"), Key: s.Key})
		if err != nil {
			return nil, err
		}
		e.raw = o
	}
	c, err := embed.NewCache(e.raw, embed.CacheOptions{Dir: s.Dir, DirBytes: cacheBytes})
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	e.Embedder, e.close = c, append(e.close, c.Close)
	return e, nil
}

// Close frees what Open took, the last first.
func (e *Embedder) Close() error {
	var errs []error
	for i := len(e.close) - 1; i >= 0; i-- {
		errs = append(errs, e.close[i]())
	}
	e.close = nil
	return errors.Join(errs...)
}

// Check tries the embedder and says in a line what it is, how long a question
// takes, and what is slow.
func (e *Embedder) Check(ctx context.Context) (string, error) {
	if b, ok := e.raw.(*builtin.Embedder); ok {
		r, err := b.Check(ctx)
		if err != nil {
			return "", err
		}
		line := fmt.Sprintf("%s, %s kernels, %.1f ms a question", r.Space, r.Kernels, millis(r.Question))
		if r.Note != "" {
			line += "; " + r.Note
		}
		return line, nil
	}
	start := time.Now()
	if _, err := e.raw.Embed(ctx, core.EmbedQuery, []string{"我想申请退货，请问退款多久能到账？"}); err != nil {
		return "", err
	}
	took := time.Since(start)
	line := fmt.Sprintf("%s, %.0f ms a question", e.Space(), millis(took))
	if took > slow {
		line += "; that is long: when it does not answer in time, answers are looked up by their words alone"
	}
	return line, nil
}

// slow is more than a turn waits for a question's vector.
const slow = 250 * time.Millisecond

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
