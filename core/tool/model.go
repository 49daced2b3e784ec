package tool

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"frontdesk/core"
	"frontdesk/core/llm"
)

// maxDescription bounds what a tool says of itself, in bytes: a server may send
// anything.
const maxDescription = 1000

// Functions are the tools a model may call in t: those that the customer is
// known well enough for.
func (s *Set) Functions(t *core.Turn) []llm.Function {
	var out []llm.Function
	for _, name := range s.Names() {
		c, err := s.spec(name)
		if err != nil || !c.ForModels() || !customer(t).May(c.Spec) {
			continue
		}
		out = append(out, llm.Function{Name: c.Name, Description: clipped(c.Description, maxDescription), Schema: c.shown()})
	}
	return out
}

// Answer does what a model asked for and returns what it is told, and whether a
// result is in it. Whatever the model asks for, the gate decides.
func (s *Set) Answer(ctx context.Context, t *core.Turn, call llm.Call) (string, bool) {
	r, err := s.run(ctx, t, byModel, call.Name, func(*checker) (map[string]any, error) {
		args := map[string]any{}
		if len(call.Arguments) > maxArgs {
			return nil, fmt.Errorf("%w: they are longer than %d kB", ErrArguments, maxArgs>>10)
		}
		if len(call.Arguments) > 0 && json.Unmarshal(call.Arguments, &args) != nil {
			return nil, fmt.Errorf("%w: they are no JSON object", ErrArguments)
		}
		return args, nil
	})
	switch {
	case err == nil:
		return r.text(), true
	case errors.Is(err, ErrArguments):
		return err.Error(), false // the model wrote them, it may read what is wrong
	}
	return "error: " + said(err), false
}

// said is what a model is told of err: none of the other system's words.
func said(err error) string {
	for _, e := range []error{ErrNotAllowed, ErrIdentity, ErrNoMatch, ErrTooOften, ErrUnclear, ErrUnavailable} {
		if errors.Is(err, e) {
			return e.Error()
		}
	}
	return ErrUnavailable.Error()
}
