package remote

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"

	"frontdesk/core"
)

// Bounds of an answer: bytes read, and intents kept.
const (
	longest = 1 << 20
	most    = 20
)

// caller speaks JSON over HTTP. Its errors do not repeat the address, which may
// hold a password.
type caller struct {
	client http.Client
	header map[string]string
}

func (c *caller) call(ctx context.Context, method, to string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode the question: %w", err)
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, to, body)
	if err != nil {
		return errors.New("the address is no URL")
	}
	req.Header.Set("Content-Type", "application/json")
	for k, v := range c.header {
		req.Header.Set(k, v)
	}
	res, err := c.client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return fmt.Errorf("ask the model: %w", err)
	}
	defer func() { _ = res.Body.Close() }() // nothing is lost: it was read to the end or failed
	b, err := io.ReadAll(io.LimitReader(res.Body, longest+1))
	switch {
	case err != nil:
		return fmt.Errorf("read the model's answer: %w", err)
	case res.StatusCode != http.StatusOK:
		return fmt.Errorf("the model answers status %d", res.StatusCode)
	case len(b) > longest:
		return fmt.Errorf("the model's answer is longer than %d bytes", longest)
	}
	if err := json.Unmarshal(b, out); err != nil {
		return fmt.Errorf("the model's answer is not the JSON expected: %w", err)
	}
	return nil
}

// plain is the plain JSON form.
type plain struct {
	caller
	url string
}

type question struct {
	Text string `json:"text"`
	Lang string `json:"lang"`
	Bot  string `json:"bot"`
}

func (p plain) ask(ctx context.Context, t *core.Turn) ([]core.Intent, error) {
	var a struct {
		Intents []core.Intent `json:"intents"`
	}
	if err := p.call(ctx, http.MethodPost, p.url, question{t.Text, t.Lang, t.Bot.ID}, &a); err != nil {
		return nil, err
	}
	return ranked(a.Intents)
}

// ranked holds what a model says to the contract of nlu.IntentRecognizer: best
// first, scores in [0,1] that sum to at most 1.
func ranked(in []core.Intent) ([]core.Intent, error) {
	sum := 0.0
	for _, i := range in {
		if i.Name == "" || math.IsNaN(i.Score) || i.Score < 0 || i.Score > 1 {
			return nil, fmt.Errorf("the model gives intent %q the score %v: want a name and a number in [0,1]", i.Name, i.Score)
		}
		sum += i.Score
	}
	slices.SortStableFunc(in, func(a, b core.Intent) int { return cmp.Compare(b.Score, a.Score) })
	for i := range in {
		in[i].Score /= max(sum, 1)
	}
	return in[:min(len(in), most)], nil
}
