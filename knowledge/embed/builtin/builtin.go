// Package builtin embeds texts in Chinese, English and, less surely, other
// languages with multilingual-e5-small, inside the program: no key, no server,
// no download, no cgo. NOTICE says whose model it is.
//
// The model has 12 layers of 384 numbers with weights of 4 bits (12 MB) and a
// vocabulary of 77,851 pieces (19 MB). A question of 20 tokens takes about 3 ms
// of one core with AVX-512 VNNI, 5 ms with AVX2 and 100 ms in plain Go;
// docs/benchmarks.md has the figures.
//
// # Who runs what
//
// Each worker computes one pass at a time: several short texts, or one long
// one. Questions go before passages, and are answered between the layers of a
// pass over passages, so that an import does not keep a customer waiting. A
// worker with nothing to do takes a share of a long text.
package builtin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"time"

	"frontdesk/core"
	"frontdesk/knowledge/embed"
	"frontdesk/knowledge/embed/builtin/kernel"
	"frontdesk/knowledge/embed/builtin/modelfile"
)

var _ core.Embedder = (*Embedder)(nil)

// Options adjust an Embedder. The zero value is the best for this machine.
type Options struct {
	// Path is the model file; the one in the program if "".
	Path string
	// Kernels forces an implementation: "avx512-vnni", "avx2" or "portable". The
	// best this processor has if "".
	Kernels string
	// Workers is how many texts are computed at once; GOMAXPROCS if 0.
	Workers int
}

// Embedder runs the model. Safe for concurrent use.
type Embedder struct {
	e    *encoder
	p    *pool
	done sync.WaitGroup
}

// Open starts an embedder, in less than a millisecond with the model in the
// program. Close ends it.
func Open(o Options) (*Embedder, error) {
	m, err := model(o.Path)
	if err != nil {
		return nil, err
	}
	k, err := kernel.Named(o.Kernels)
	if err != nil {
		return nil, err
	}
	workers := cmp.Or(max(o.Workers, 0), runtime.GOMAXPROCS(0))
	e := &Embedder{e: &encoder{m, k}, p: newPool(workers, time.Duration(k.Typical))}
	for range workers {
		e.done.Go(newWorker(e.e, e.p).work)
	}
	return e, nil
}

func model(path string) (*modelfile.Model, error) {
	if path == "" {
		return included()
	}
	return load(path)
}

// load reads a file to memory. A mapping would start sooner, but whoever cuts
// the file short while the program runs would end the program.
func load(path string) (*modelfile.Model, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("model file: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("model file: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > modelfile.MaxLength {
		return nil, fmt.Errorf("model file %s: not a file of at most %d MB", path, modelfile.MaxLength>>20)
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, fmt.Errorf("model file %s: %w", path, err)
	}
	m, err := modelfile.Parse(data)
	if err == nil {
		err = m.Verify()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// Close ends the embedder and waits for its workers. Calls under way fail with
// embed.ErrClosed. It may be called again.
func (e *Embedder) Close() error {
	e.p.close()
	e.done.Wait()
	return nil
}

// Space implements core.Embedder.
func (e *Embedder) Space() string {
	return fmt.Sprintf("multilingual-e5-small-q4-%s/%d", e.e.ID(), e.e.Hidden)
}

// Dimensions implements core.Embedder: 384.
func (e *Embedder) Dimensions() int { return int(e.e.Hidden) }

// Kernels names the implementation in use.
func (e *Embedder) Kernels() string { return e.e.k.Name }

// Embed implements core.Embedder. A text is cleaned (embed.Clean) and cut off
// after 4,080 tokens; "" has a vector too. If ctx has a deadline that the queue
// does not let it meet, nothing is done and the error is embed.ErrBusy. When
// ctx ends, Embed returns at once and the workers leave the texts.
func (e *Embedder) Embed(ctx context.Context, kind core.EmbedKind, texts []string) ([][]float32, error) {
	if kind != core.EmbedQuery && kind != core.EmbedPassage {
		return nil, fmt.Errorf("embed: a text is a query or a passage, not a %q", kind)
	}
	if len(texts) == 0 {
		return nil, ctx.Err()
	}
	dim := e.Dimensions()
	c := &call{ctx: ctx, kind: kind, dim: dim, texts: make([]string, len(texts)),
		out: make([]float32, dim*len(texts)), done: make(chan struct{}), open: len(texts)}
	for i, t := range texts {
		c.texts[i] = embed.Clean(t)
	}
	if err := cmp.Or(ctx.Err(), e.p.submit(c)); err != nil {
		return nil, fmt.Errorf("embed: %w", err)
	}
	select {
	case <-c.done:
	case <-ctx.Done():
		e.p.drop(c, ctx.Err())
		return nil, fmt.Errorf("embed: %w", ctx.Err())
	}
	if c.err != nil {
		return nil, fmt.Errorf("embed: %w", c.err)
	}
	rows := make([][]float32, len(texts))
	for i := range rows {
		rows[i] = c.out[i*dim : (i+1)*dim : (i+1)*dim]
	}
	return rows, nil
}

// Report is what Check found.
type Report struct {
	Space   string
	Kernels string
	// Question is what one of 20 tokens takes a worker that nobody else waits for.
	Question time.Duration
	// Note says in a sentence what is slow here, and what that means; "" if nothing is.
	Note string
}

// slow is more than a turn can well wait for a question.
const slow = 40 * time.Millisecond

// Check verifies the whole model (some 20 ms), tries a question whose vector is
// known and measures one of 20 tokens.
func (e *Embedder) Check(ctx context.Context) (Report, error) {
	r := Report{Space: e.Space(), Kernels: e.Kernels()}
	if err := e.e.Verify(); err != nil {
		return r, err
	}
	const question = "我想申请退货，请问退款多久能到账？运费谁来付？"
	for range 3 {
		start := time.Now()
		v, err := e.Embed(ctx, core.EmbedQuery, []string{question})
		if err != nil {
			return r, err
		}
		if err := known(v[0]); err != nil {
			return r, err
		}
		if d := time.Since(start); r.Question == 0 || d < r.Question {
			r.Question = d
		}
	}
	if r.Question > slow || e.Kernels() == kernel.Portable.Name {
		r.Note = fmt.Sprintf("a question takes %v to embed with the %s kernels; when several wait, answers are looked up by their words alone: a processor with AVX2 does it in 5 ms",
			r.Question.Round(time.Millisecond), e.Kernels())
	}
	return r, nil
}

// known compares with the vector that question of Check has.
func known(v []float32) error {
	for i, want := range [...]float32{0.0264, -0.0104, -0.0625, -0.0659, 0.0628, -0.0244, 0.0177, 0.0499} {
		if d := v[i] - want; d > 0.01 || d < -0.01 {
			return errors.New("embed: the kernels compute wrong numbers on this processor: choose others")
		}
	}
	return nil
}
