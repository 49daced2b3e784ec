// Package remote recognises intents with a model behind HTTP: one's own BERT,
// or anything else that can be asked. Two protocols are spoken.
//
// Plain JSON, at any address:
//
//	POST {"text": "我的订单到哪了", "lang": "zh", "bot": "shop"}
//	200  {"intents": [{"name": "order_status", "score": 0.93}]}
//
// The Open Inference Protocol, version 2 (KServe, Triton, MLServer, …), where
// the address ends in /v2/models/NAME or /v2/models/NAME/versions/N:
// https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol.
// The model takes one BYTES tensor and gives a floating point one of scores,
// and a BYTES one of the intents' names; without names, the scores are those of
// the bot's intents in the order of their names. Scores that are no
// probabilities are taken for logits.
//
// The address is the operator's: it may be a private one, so a customer or an
// author of content must never be able to set it. Redirects are not followed.
package remote

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// Learn makes a recogniser of a bot's examples.
type Learn = func(ctx context.Context, task nlu.Task) (nlu.IntentRecognizer, error)

// Options adjust the asking. The zero value is good.
type Options struct {
	Timeout time.Duration     // of one question; 1 s if 0
	Client  *http.Client      // its own timeouts and proxies; one of its own if nil
	Now     func() time.Time  // time.Now if nil
	Header  map[string]string // sent with each question, a token for example
}

// Over returns the maker of recognisers that ask the model at the task's URL,
// and what fallback learns from the examples while that is away.
func Over(fallback Learn, o Options) Learn {
	return func(ctx context.Context, task nlu.Task) (nlu.IntentRecognizer, error) {
		ask, err := o.asker(task)
		if err != nil {
			return nil, err
		}
		second, err := fallback(ctx, task)
		if err != nil {
			return nil, fmt.Errorf("the fallback of the remote recogniser: %w", err)
		}
		r := &recognizer{ask: ask, second: second, timeout: o.Timeout, rest: rest{now: o.Now}}
		if r.timeout == 0 {
			r.timeout = time.Second
		}
		if r.rest.now == nil {
			r.rest.now = time.Now
		}
		return r, nil
	}
}

// asker asks a model once.
type asker interface {
	ask(ctx context.Context, t *core.Turn) ([]core.Intent, error)
}

var inference = regexp.MustCompile(`/v2/models/[^/]+(?:/versions/[^/]+)?$`)

// asker chooses the protocol by the address.
func (o Options) asker(task nlu.Task) (asker, error) {
	u, err := url.Parse(task.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, core.Invalid("the remote recogniser needs nlu.url: the http or https address of your model")
	}
	c := caller{client: http.Client{}, header: o.Header}
	if o.Client != nil {
		c.client = *o.Client
	}
	c.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	u.Path = strings.TrimSuffix(strings.TrimSuffix(u.Path, "/"), "/infer")
	if inference.MatchString(u.Path) {
		return &tensors{caller: c, url: u.String(), names: names(task.Examples)}, nil
	}
	return plain{caller: c, url: task.URL}, nil
}

// names are the intents of es, each once, in order.
func names(es []nlu.Example) []string {
	var out []string
	for _, e := range es {
		out = append(out, e.Intent)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// recognizer asks a model, and another recogniser when that fails.
type recognizer struct {
	ask     asker
	second  nlu.IntentRecognizer
	timeout time.Duration
	rest    rest
}

// Recognize implements nlu.IntentRecognizer. An answer of the second comes with
// the error of the first.
func (r *recognizer) Recognize(ctx context.Context, t *core.Turn) ([]core.Intent, error) {
	err := r.rest.check()
	if err == nil {
		var in []core.Intent
		if in, err = r.first(ctx, t); err == nil {
			return in, nil
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("remote recogniser: %w", ctx.Err())
		}
	}
	err = fmt.Errorf("remote recogniser, the examples answer instead: %w", err)
	in, second := r.second.Recognize(ctx, t)
	if second != nil {
		err = fmt.Errorf("%w; and %w", err, second)
	}
	return in, err
}

func (r *recognizer) first(ctx context.Context, t *core.Turn) ([]core.Intent, error) {
	ask, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	in, err := r.ask.ask(ask, t)
	if ctx.Err() == nil { // who left early tells nothing about the model
		r.rest.note(err)
	}
	return in, err
}
