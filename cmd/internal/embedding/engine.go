package embedding

import (
	"context"
	"errors"
	"sync"

	"frontdesk/cmd/internal/datadir"
	"frontdesk/knowledge"
	"frontdesk/knowledge/embed"
	"frontdesk/knowledge/hybrid"
	"frontdesk/knowledge/vector/embedded"
	"frontdesk/knowledge/vector/milvus"
)

// Vectors is the store of vectors that a configuration names: milvus://…, or
// "embedded:". It does not touch the network.
func Vectors(url string) (knowledge.VectorStore, error) {
	if url == "" || url == "embedded:" {
		return &embedded.Store{}, nil
	}
	return milvus.Open(milvus.Options{URL: url})
}

// Engine finds passages with the embedder of s and the store of vectors, for a program that ends soon:
// what is missing is made beside its work, and given up at close. An embedder
// that is away is no error; documents that are new are refused then.
func Engine(ctx context.Context, s Settings, vectors string) (*hybrid.Engine, func() error, error) {
	store, err := Vectors(vectors)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var work sync.WaitGroup
	h := hybrid.New(hybrid.Options{NewWords: datadir.Words, Store: store,
		Later: func(do func(context.Context)) { work.Go(func() { do(ctx) }) }})
	stop := func() error {
		cancel()
		work.Wait()
		return store.Close()
	}
	if s.None() {
		return h, stop, nil
	}
	e, err := Open(ctx, s)
	if err != nil {
		if s.Inside() {
			return nil, nil, errors.Join(err, stop())
		}
		h.Away(err)
		return h, stop, nil
	}
	all := func() error { return errors.Join(stop(), e.Close()) }
	cal, err := embed.Calibrate(ctx, e)
	if err != nil {
		h.Away(err)
		return h, all, nil
	}
	h.Use(hybrid.Model{Embedder: e, Calibration: cal})
	return h, all, nil
}
