package tool

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"frontdesk/core"
)

// maxResult bounds what a tool's answer may be, in bytes of text and of all
// values together.
const maxResult = 16 << 10

// Set is the tools one bot may use. Immutable and safe for concurrent use.
type Set struct {
	tools map[string]Tool
	specs map[string]*checker // of tools that do not change
	calls core.Calls
	limit *limiter
}

// Changing is a tool whose Spec may change, or is not known yet: its name is
// empty then.
type Changing interface {
	Tool
	// Called is the tool's name, which does not change.
	Called() string
}

// NewSet makes a set. The error names every mistake.
func NewSet(calls core.Calls, tools ...Tool) (*Set, error) {
	s := &Set{tools: map[string]Tool{}, specs: map[string]*checker{}, calls: calls, limit: newLimiter()}
	var errs []error
	for _, t := range tools {
		name := ""
		if ch, ok := t.(Changing); ok {
			name = ch.Called()
		} else if c, err := check(t.Spec()); err != nil {
			errs = append(errs, err)
			continue
		} else {
			name = c.Name
			s.specs[name] = c
		}
		if s.tools[name] != nil {
			errs = append(errs, core.Invalid("tool %q is there twice: rename one", name))
		}
		s.tools[name] = t
	}
	return s, errors.Join(errs...)
}

// Names are the tools', sorted.
func (s *Set) Names() []string { return slices.Sorted(maps.Keys(s.tools)) }

// spec is the tool's checked description.
func (s *Set) spec(name string) (*checker, error) {
	t, ok := s.tools[name]
	if !ok {
		return nil, ErrNotAllowed
	}
	if c := s.specs[name]; c != nil {
		return c, nil
	}
	sp := t.Spec()
	if sp.Name == "" {
		return nil, fmt.Errorf("%w: it is not connected", ErrUnavailable)
	}
	return check(sp)
}

// by says who calls.
type by string

const (
	byFlow  by = "flow"
	byModel by = "model"
)

// run passes a call through the gate and notes it in the trace.
func (s *Set) run(ctx context.Context, t *core.Turn, who by, name string, args func(*checker) (map[string]any, error)) (Result, error) {
	start, kept := time.Now(), false
	r, err := func() (Result, error) {
		c, err := s.spec(name)
		switch {
		case err != nil:
			return Result{}, err
		case who == byModel && !c.ForModels():
			return Result{}, ErrNotAllowed
		case !customer(t).May(c.Spec):
			return Result{}, ErrIdentity
		}
		given, err := s.arguments(ctx, t, c, args)
		if err != nil {
			return Result{}, err
		}
		if c.Identity == Matched && !s.limit.allows(c, customer(t), given, t.Now()) {
			return Result{}, ErrTooOften
		}
		var r Result
		r, kept, err = s.once(ctx, t, c, given)
		if c.Identity == Matched && errors.Is(err, ErrNoMatch) {
			s.limit.missed(c, customer(t), given, t.Now())
		}
		return r, err
	}()
	note := map[string]any{"name": clipped(name, 64), "by": string(who), "outcome": word(err), "ms": time.Since(start).Milliseconds()}
	if kept {
		note["kept"] = true
	}
	if err != nil {
		note["error"] = clipped(err.Error(), 300)
	}
	t.Trace.Add("tool", note)
	if err == nil {
		t.Found = append(t.Found, r.text())
	}
	return r, err
}

// arguments are what the caller gave, if it fits, and what is proven.
func (s *Set) arguments(ctx context.Context, t *core.Turn, c *checker, args func(*checker) (map[string]any, error)) (map[string]any, error) {
	given, err := args(c)
	if err != nil {
		return nil, err
	}
	for arg := range c.Proven {
		if _, ok := given[arg]; ok {
			return nil, fmt.Errorf("%w: %s is not for the caller to say", ErrArguments, arg)
		}
	}
	proven := map[string]any{}
	for arg, code := range c.Proven {
		v, err := s.proven(ctx, t, code)
		if err != nil {
			return nil, err
		}
		proven[arg] = v
	}
	if given == nil {
		return nil, fmt.Errorf("%w: they are no JSON object", ErrArguments)
	}
	all := maps.Clone(given)
	maps.Copy(all, proven)
	return all, c.fits(all)
}

// once does a call, or gives the answer this turn got before.
func (s *Set) once(ctx context.Context, t *core.Turn, c *checker, args map[string]any) (r Result, kept bool, err error) {
	digest := digestOf(args)
	key := keyOf(t, c, digest)
	was, err := s.calls.BeginCall(ctx, key, digest, t.Now())
	if err != nil {
		return Result{}, false, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if was != nil {
		switch {
		case was.Result != nil && bytes.Equal(was.Digest, digest):
			err = json.Unmarshal(was.Result, &r)
			return r, true, err
		case c.Writes && (!c.Repeats || !bytes.Equal(was.Digest, digest)):
			return Result{}, false, ErrUnclear
		}
	}
	r, err = s.call(ctx, t, c, args, key)
	return r, false, s.keep(ctx, c, key, digest, r, err)
}

// keep remembers how a call ended, and passes its error on. A write of which
// that cannot be told stays begun.
func (s *Set) keep(ctx context.Context, c *checker, key string, digest []byte, r Result, err error) error {
	ctx = context.WithoutCancel(ctx) // it was done: that must be known
	if err == nil {
		b, err := json.Marshal(r)
		if err == nil {
			err = s.calls.EndCall(ctx, key, digest, b)
		}
		if err != nil && c.Writes {
			return fmt.Errorf("%w: %w", ErrUnclear, err)
		}
		return nil // a read that is not kept is asked for again
	}
	if !c.Writes || undone(err) {
		if drop := s.calls.DropCall(ctx, key); drop != nil {
			return errors.Join(err, drop)
		}
	}
	return err
}

// undone reports whether err says that nothing was changed.
func undone(err error) bool {
	for _, e := range []error{ErrUndone, ErrNoMatch, ErrTooOften, ErrArguments, ErrIdentity, ErrNotAllowed} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

func (s *Set) call(ctx context.Context, t *core.Turn, c *checker, args map[string]any, key string) (Result, error) {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	r, err := s.tools[c.Name].Call(ctx, Call{Args: args, Customer: customer(t), Key: key, Now: t.Now()})
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", c.Name, err)
	}
	return r.bounded(), nil
}

// digestOf is equal for equal arguments.
func digestOf(args map[string]any) []byte {
	b, _ := json.Marshal(args) // it was marshalled before
	sum := sha256.Sum256(b)
	return sum[:]
}

// keyOf is the call's name: the turn, the tool and, where nothing is changed,
// what is asked. A tool that writes does so once a turn, so a model that
// decides otherwise the second time cannot do both.
func keyOf(t *core.Turn, c *checker, digest []byte) string {
	key := fmt.Sprintf("%s/%s", t.Work.Turn, c.Name)
	if !c.Writes {
		key += "/" + hex.EncodeToString(digest[:12])
	}
	return key
}

// text is what a model reads.
func (r Result) text() string {
	if r.Text != "" {
		return r.Text
	}
	var lines []string
	for _, k := range slices.Sorted(maps.Keys(r.Values)) {
		lines = append(lines, k+": "+r.Values[k])
	}
	return strings.Join(lines, "\n")
}

// bounded cuts what is too long.
func (r Result) bounded() Result {
	left, out := maxResult, Result{Values: map[string]string{}, Text: clipped(r.Text, maxResult)}
	for _, k := range slices.Sorted(maps.Keys(r.Values)) {
		v := clipped(r.Values[k], left)
		out.Values[k], left = v, left-len(v)
	}
	return out
}

// clipped is s of at most n bytes, whole characters.
func clipped(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:max(n, 0)], "")
}
