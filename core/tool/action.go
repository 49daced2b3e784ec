package tool

import (
	"context"
	"errors"
	"maps"
	"slices"

	"frontdesk/core"
)

// Action is a tool as flows call it. Safe for concurrent use.
type Action interface {
	// Call takes the arguments from slots of their names. Besides the tool's own
	// values, the slot named like the tool says how it went: found, none,
	// limited, identity, arguments, denied, unclear or failed. Facts that did not
	// match come back empty, so that a flow can ask for them again.
	Call(ctx context.Context, t *core.Turn, slots map[string]string) (map[string]string, error)
}

// Action is the tool called name as an action. Where it is known which values
// it may return, the action has a method Results that lists them.
func (s *Set) Action(name string) Action {
	a := action{s, name}
	if c := s.specs[name]; c != nil && c.Results != nil {
		return described{a, c}
	}
	return a
}

type action struct {
	set  *Set
	name string
}

// Call implements Action.
func (a action) Call(ctx context.Context, t *core.Turn, slots map[string]string) (map[string]string, error) {
	r, err := a.set.run(ctx, t, byFlow, a.name, func(c *checker) (map[string]any, error) { return c.fromSlots(slots), nil })
	out := map[string]string{}
	if err == nil {
		maps.Copy(out, r.Values)
	} else if c := a.set.specs[a.name]; c != nil && (errors.Is(err, ErrNoMatch) || errors.Is(err, ErrArguments)) {
		for _, f := range c.Facts {
			out[f] = ""
		}
	}
	out[a.name] = word(err)
	return out, err
}

// described is an action whose values are known.
type described struct {
	action
	spec *checker
}

// Results are the slots that Call may fill.
func (d described) Results() []string {
	return slices.Concat(d.spec.Results, d.spec.Facts, []string{d.name})
}
