// Package openai embeds texts at any endpoint that speaks OpenAI's
// POST /v1/embeddings: OpenAI's own, or a server beside the gateway.
//
// How many numbers a vector has is asked, never configured, and is part of the
// space's name with the model, so that vectors of two models never meet. An
// answer of another length later is an error: somebody has put another model
// behind the name.
package openai

import (
	"cmp"
	"context"
	"fmt"
	"hash/crc32"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"

	"frontdesk/core"
	"frontdesk/knowledge/embed"
)

var _ core.Embedder = (*Embedder)(nil)

// Options say where and how to ask. BaseURL and Model are needed.
type Options struct {
	BaseURL string // up to and with /v1, http or https, without credentials
	Model   string
	// PassageModel is asked for passages, where that is another name; Model if "".
	PassageModel string
	// QueryPrefix and PassagePrefix go before each text, for models trained so.
	QueryPrefix, PassagePrefix string
	// Key is sent as a bearer token; none if "". It is in no error.
	Key string
	// Batch is how many texts a request has at most; 64 if 0.
	Batch int
	// Timeout is for one request; 20 s if 0.
	Timeout time.Duration
	// Tries is how often a request is made that fails for a reason that may pass
	// (429, 5xx, no connection); 4 if 0.
	Tries int
	// Client makes the requests; one of its own if nil.
	Client *http.Client
}

// Embedder asks an endpoint. It keeps no goroutine and is safe for concurrent
// use.
type Embedder struct {
	o    Options
	url  string
	dim  int
	wait func(context.Context, time.Duration) error
}

// Open asks the endpoint for one vector, to learn how long they are; ctx bounds
// that. Its errors say what to change.
func Open(ctx context.Context, o Options) (*Embedder, error) {
	return open(ctx, o, sleep)
}

func open(ctx context.Context, o Options, wait func(context.Context, time.Duration) error) (*Embedder, error) {
	u, err := url.Parse(o.BaseURL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, core.Invalid("embeddings: the base URL must be like https://host/v1")
	case u.User != nil || u.RawQuery != "":
		return nil, core.Invalid("embeddings: the base URL must hold no credentials and no query; the key has its own setting")
	case o.Model == "":
		return nil, core.Invalid("embeddings: name the model to ask for")
	case strings.ContainsFunc(o.Key, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, core.Invalid("embeddings: the key has characters a header cannot carry: is there a line break at its end?")
	}
	o.Batch, o.Tries = cmp.Or(max(o.Batch, 0), 64), cmp.Or(max(o.Tries, 0), 4)
	o.Timeout = cmp.Or(max(o.Timeout, 0), 20*time.Second)
	o.PassageModel = cmp.Or(o.PassageModel, o.Model)
	if o.Client == nil {
		o.Client = &http.Client{}
	}
	client := *o.Client
	// Who redirects would get the texts, and maybe the key.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	o.Client = &client
	e := &Embedder{o: o, url: strings.TrimSuffix(o.BaseURL, "/") + "/embeddings", wait: wait}
	v, err := e.Embed(ctx, core.EmbedQuery, []string{"hello"})
	if err != nil {
		return nil, err
	}
	e.dim = len(v[0])
	return e, nil
}

// Space implements core.Embedder: the model's name, or both, what goes before
// texts if anything does, and the number of dimensions.
func (e *Embedder) Space() string {
	name := e.o.Model
	if e.o.PassageModel != e.o.Model {
		name += "+" + e.o.PassageModel
	}
	if p := e.o.QueryPrefix + "\x00" + e.o.PassagePrefix; len(p) > 1 {
		name += fmt.Sprintf("~%08x", crc32.ChecksumIEEE([]byte(p)))
	}
	return fmt.Sprintf("%s/%d", name, e.dim)
}

// Dimensions implements core.Embedder.
func (e *Embedder) Dimensions() int { return e.dim }

// Embed implements core.Embedder. Texts are cleaned as embed.Clean does and sent
// in batches, one after the other. If the endpoint wants a longer pause than ctx
// has time, the error is embed.ErrBusy.
func (e *Embedder) Embed(ctx context.Context, kind core.EmbedKind, texts []string) ([][]float32, error) {
	ask, prefix := request{Model: e.o.Model, Format: "float"}, e.o.QueryPrefix
	switch kind {
	case core.EmbedQuery:
	case core.EmbedPassage:
		ask.Model, prefix = e.o.PassageModel, e.o.PassagePrefix
	default:
		return nil, fmt.Errorf("embed: a text is a query or a passage, not a %q", kind)
	}
	out := make([][]float32, 0, len(texts))
	for len(texts) > 0 {
		n := min(e.o.Batch, len(texts))
		ask.Input = ask.Input[:0]
		for _, t := range texts[:n] {
			// No endpoint takes an empty text; all take a space.
			ask.Input = append(ask.Input, cmp.Or(prefix+embed.Clean(t), " "))
		}
		rows, err := e.persist(ctx, ask)
		if err != nil {
			return nil, fmt.Errorf("embed with %s: %w", ask.Model, err)
		}
		out, texts = append(out, rows...), texts[n:]
	}
	return out, ctx.Err()
}

// rows puts an answer's vectors in the order of the texts, at length 1.
func (e *Embedder) rows(a answer, n int) ([][]float32, error) {
	out := make([][]float32, n)
	for _, d := range a.Data {
		if d.Index < 0 || d.Index >= n || out[d.Index] != nil {
			return nil, fmt.Errorf("the endpoint numbers its vectors wrongly")
		}
		if err := unit(d.Embedding); err != nil {
			return nil, err
		}
		out[d.Index] = d.Embedding
	}
	want := e.dim
	for _, v := range out {
		if want == 0 {
			want = len(v) // when first asked
		}
		if v == nil {
			return nil, fmt.Errorf("the endpoint sent %d vectors for %d texts", len(a.Data), n)
		}
		if len(v) != want {
			return nil, fmt.Errorf("the endpoint sent %d numbers a vector, before it was %d: is there another model behind the name?", len(v), want)
		}
	}
	return out, nil
}

func unit(v []float32) error {
	sum := 0.0
	for _, f := range v {
		sum += float64(f) * float64(f)
	}
	if !(sum > 1e-12 && sum < math.MaxFloat32) {
		return fmt.Errorf("the endpoint sent a vector without length")
	}
	inv := float32(1 / math.Sqrt(sum))
	for i := range v {
		v[i] *= inv
	}
	return nil
}
