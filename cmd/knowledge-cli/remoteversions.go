package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
)

// of is what a request about one version of a document asks.
func of(name string, version int) url.Values {
	q := url.Values{"name": {name}}
	if version > 0 {
		q.Set("version", strconv.Itoa(version))
	}
	return q
}

func (r *remote) versions(ctx context.Context, bot, name string) ([]document, error) {
	return pages[document](ctx, r, documents(bot)+"/versions", of(name, 0))
}

func (r *remote) passages(ctx context.Context, bot, name string, version int) ([]passage, error) {
	q := of(name, version)
	q.Set("limit", "200")
	return pages[passage](ctx, r, documents(bot)+"/passages", q)
}

func (r *remote) diff(ctx context.Context, bot, name string, from, to int) (out comparison, err error) {
	q := of(name, 0)
	q.Set("from", strconv.Itoa(from))
	q.Set("to", strconv.Itoa(to))
	return out, r.call(ctx, http.MethodGet, documents(bot)+"/diff", q, "", nil, &out)
}

func (r *remote) rollback(ctx context.Context, bot, name string, version int, dry bool) (out change, err error) {
	return out, r.post(ctx, documents(bot)+"/rollback", map[string]any{"name": name, "version": version, "dry_run": dry}, &out)
}

func (r *remote) file(ctx context.Context, bot, name string, version int) (out []byte, err error) {
	return out, r.call(ctx, http.MethodGet, documents(bot)+"/file", of(name, version), "", nil, &out)
}

func (r *remote) post(ctx context.Context, path string, in, out any) error {
	return r.sendJSON(ctx, http.MethodPost, path, in, out)
}

func (r *remote) sendJSON(ctx context.Context, method, path string, in, out any) error {
	b, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return r.call(ctx, method, path, nil, "application/json", bytes.NewReader(b), out)
}
