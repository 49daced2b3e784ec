// Package evals measures the gateway's parts on labelled data, for the command
// `frontdesk eval`. Its results are structs whose JSON is in docs/contract.md.
package evals

import (
	"context"
	"errors"
	"os"
	"strings"

	"frontdesk/cmd/internal/embedding"
	"frontdesk/core"
	"frontdesk/knowledge/embed"
)

// Embedding says which embedder measures, and where its vectors are kept.
type Embedding struct {
	URL   string // "builtin:" or "", "none", or the base URL of an endpoint
	Model string // of an endpoint
	Cache string // folder for vectors, by model and text; "" keeps none
}

// KeyVariable names the environment variable of an endpoint's key.
const KeyVariable = "FRONTDESK_EMBEDDING_API_KEY"

// Open returns the embedder, nil for "none", and what frees it.
func (e Embedding) Open(ctx context.Context) (core.Embedder, func() error, error) {
	inner, free, err := e.open(ctx)
	if err != nil || inner == nil || e.Cache == "" {
		return inner, free, err
	}
	c, err := embed.NewCache(unlabelled{inner}, embed.CacheOptions{Dir: e.Cache})
	if err != nil {
		return nil, nil, errors.Join(err, free())
	}
	return labelled{c}, func() error { return errors.Join(c.Close(), free()) }, nil
}

func (e Embedding) open(ctx context.Context) (core.Embedder, func() error, error) {
	s := embedding.Settings{URL: e.URL, Model: e.Model, Key: os.Getenv(KeyVariable)}
	if s.None() {
		return nil, func() error { return nil }, nil
	}
	o, err := embedding.Open(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	return o, o.Close, nil
}

// labelled and unlabelled stand before and behind a cache that keeps passages
// only: in a measurement, questions are worth keeping too, and are told from
// passages by a label.
type (
	labelled   struct{ core.Embedder }
	unlabelled struct{ core.Embedder }
)

const label = ":"

// Embed implements core.Embedder.
func (l labelled) Embed(ctx context.Context, kind core.EmbedKind, texts []string) ([][]float32, error) {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = string(kind) + label + t
	}
	return l.Embedder.Embed(ctx, core.EmbedPassage, out)
}

// Embed implements core.Embedder. All texts of a call have the same label.
func (u unlabelled) Embed(ctx context.Context, _ core.EmbedKind, texts []string) ([][]float32, error) {
	kind, out := core.EmbedPassage, make([]string, len(texts))
	for i, t := range texts {
		k, text, _ := strings.Cut(t, label)
		kind, out[i] = core.EmbedKind(k), text
	}
	return u.Embedder.Embed(ctx, kind, out)
}
