package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"frontdesk/knowledge/embed"
)

type request struct {
	Model  string   `json:"model"`
	Input  []string `json:"input"`
	Format string   `json:"encoding_format"`
}

type answer struct {
	Data []struct {
		Index     int       `json:"index"`
		Embedding []float32 `json:"embedding"`
	} `json:"data"`
	Error failure `json:"error"`
}

type failure struct {
	Type string `json:"type"`
	Code any    `json:"code"`
}

// maxAnswer bounds an answer: 64 vectors of 8,192 numbers take some 12 MB.
const maxAnswer = 64 << 20

// Pauses between tries double from first to longest. An endpoint may ask for
// more, up to patience.
const (
	first    = 250 * time.Millisecond
	longest  = 8 * time.Second
	patience = time.Minute
)

// statusError is an answer that is none.
type statusError struct {
	status int
	reason string // the endpoint's word for it, if it is one
	after  time.Duration
}

func (e *statusError) Error() string {
	s := fmt.Sprintf("the endpoint answers %d %s", e.status, http.StatusText(e.status))
	if e.reason != "" {
		s += " (" + e.reason + ")"
	}
	switch e.status {
	case http.StatusUnauthorized, http.StatusForbidden:
		s += ": check the key"
	case http.StatusNotFound:
		s += ": check the base URL, which mostly ends in /v1, and the model's name"
	}
	return s
}

// passing reports whether the same request may succeed later.
func passing(err error) bool {
	var s *statusError
	if errors.As(err, &s) {
		return s.status == http.StatusTooManyRequests || s.status == http.StatusRequestTimeout || s.status >= 500
	}
	var u *unreachableError
	return errors.As(err, &u)
}

// unreachableError is a request that got no whole answer.
type unreachableError struct{ err error }

func (e *unreachableError) Error() string { return "the endpoint cannot be reached: " + e.err.Error() }
func (e *unreachableError) Unwrap() error { return e.err }

// persist asks until there is an answer, tries run out or ctx ends.
func (e *Embedder) persist(ctx context.Context, ask request) ([][]float32, error) {
	body, err := json.Marshal(ask)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		a, err := e.ask(ctx, body)
		if err == nil {
			return e.rows(a, len(ask.Input))
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !passing(err) || try == e.o.Tries {
			return nil, err
		}
		d := pause(try, err)
		if end, ok := ctx.Deadline(); ok && time.Until(end) < d {
			return nil, errors.Join(&embed.BusyError{Wait: d}, err)
		}
		if err := e.wait(ctx, d); err != nil {
			return nil, err
		}
	}
}

// pause is how long to wait after the given try: what the endpoint asks for, or
// a time that doubles, less up to half of it, so that callers do not come back
// all at once.
func pause(try int, err error) time.Duration {
	var s *statusError
	if errors.As(err, &s) && s.after > 0 {
		return min(s.after, patience)
	}
	d := min(first<<(try-1), longest)
	return d - rand.N(d/2)
}

// ask makes one request.
func (e *Embedder) ask(ctx context.Context, body []byte) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, e.o.Timeout)
	defer cancel()
	var a answer
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return a, errors.New("the base URL is not one")
	}
	r.Header.Set("Content-Type", "application/json")
	if e.o.Key != "" {
		r.Header.Set("Authorization", "Bearer "+e.o.Key)
	}
	resp, err := e.o.Client.Do(r)
	if err != nil {
		return a, &unreachableError{bare(err)}
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return a, &unreachableError{bare(err)}
	case len(b) > maxAnswer:
		return a, fmt.Errorf("the endpoint's answer has more than %d MB", maxAnswer>>20)
	}
	err = json.Unmarshal(b, &a)
	if resp.StatusCode != http.StatusOK {
		return a, &statusError{resp.StatusCode, a.Error.word(), after(resp.Header.Get("Retry-After"), time.Now())}
	}
	if err != nil {
		return a, errors.New("the endpoint's answer is no list of embeddings: check the base URL, which mostly ends in /v1")
	}
	return a, nil
}

// bare takes the URL off an error.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

var wordlike = regexp.MustCompile(`^[a-z_]{1,40}$`)

// word is the endpoint's code or kind of failure. Its sentence is not repeated:
// some quote the key in it.
func (f failure) word() string {
	for _, s := range []any{f.Code, f.Type} {
		if s, ok := s.(string); ok && wordlike.MatchString(s) {
			return s
		}
	}
	return ""
}

// after reads a Retry-After: seconds or a date. 0 if it is neither.
func after(h string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(h); err == nil && n > 0 {
		return time.Duration(min(n, 1<<20)) * time.Second
	}
	if t, err := http.ParseTime(h); err == nil {
		return max(t.Sub(now), 0)
	}
	return 0
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
