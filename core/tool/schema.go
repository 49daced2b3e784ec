package tool

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"frontdesk/core"
)

// maxSchema and maxArgs bound a schema and one call's arguments, in bytes.
const (
	maxSchema = 64 << 10
	maxArgs   = 16 << 10
)

// nothing is the schema of a tool that takes no arguments.
var nothing = json.RawMessage(`{"type":"object","properties":{},"additionalProperties":false}`)

// named is what models' APIs let a function be called.
var named = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// checker is a Spec, checked: its schema is strict, whatever was written.
type checker struct {
	Spec
	schema *jsonschema.Resolved
	types  map[string]string // of each argument: "string", "integer", …
}

// check finds the mistakes of s.
func check(s Spec) (*checker, error) {
	c := &checker{Spec: s, types: map[string]string{}}
	if c.Identity == "" {
		c.Identity = Verified
	}
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Attempts <= 0 {
		c.Attempts = DefaultAttempts
	}
	bad := func(format string, args ...any) error {
		return core.Invalid("tool %q: %s", s.Name, fmt.Sprintf(format, args...))
	}
	switch {
	case !named.MatchString(s.Name):
		return nil, core.Invalid("tool %q: use 1 to 64 letters, digits, \"_\" and \"-\" as its name", s.Name)
	case !slices.Contains([]Identity{Anonymous, Claimed, Verified, Matched}, c.Identity):
		return nil, bad("identity %q is none of anonymous, claimed, verified, matched", c.Identity)
	case c.Identity == Matched && len(s.Facts) < 2:
		return nil, bad("identity matched needs two facts to compare, such as an order's number and its phone number")
	}
	if len(s.Schema) == 0 {
		c.Schema = nothing
	}
	if err := c.strict(); err != nil {
		return nil, bad("schema of the arguments: %v", err)
	}
	for arg := range s.Proven {
		if _, ok := c.types[arg]; !ok {
			return nil, bad("proven argument %q is none of its arguments", arg)
		}
	}
	for _, f := range s.Facts {
		if _, ok := c.types[f]; !ok {
			return nil, bad("fact %q is none of its arguments", f)
		}
	}
	return c, nil
}

// shown is the schema as models see it: without what is proven.
func (c *checker) shown() json.RawMessage {
	if len(c.Proven) == 0 {
		return c.Schema
	}
	var m map[string]any
	if json.Unmarshal(c.Schema, &m) != nil {
		return nothing // it was marshalled here
	}
	props, _ := m["properties"].(map[string]any)
	for arg := range c.Proven {
		delete(props, arg)
	}
	need, _ := m["required"].([]any)
	m["required"] = slices.DeleteFunc(append([]any{}, need...), func(v any) bool { s, _ := v.(string); return c.Proven[s] != "" })
	b, err := json.Marshal(m)
	if err != nil {
		return nothing
	}
	return b
}

// strict makes the schema refuse what it does not name, and resolves it. A
// schema that refers elsewhere is refused: nothing is loaded.
func (c *checker) strict() error {
	if len(c.Schema) > maxSchema {
		return fmt.Errorf("it is longer than %d kB", maxSchema>>10)
	}
	var s jsonschema.Schema
	if err := json.Unmarshal(c.Schema, &s); err != nil {
		return errors.New("it is no JSON schema")
	}
	if s.Type == "" && len(s.Types) == 0 {
		s.Type = "object"
	}
	if s.Type != "object" {
		return errors.New("it must describe an object")
	}
	s.AdditionalProperties = &jsonschema.Schema{Not: &jsonschema.Schema{}}
	for name, p := range s.Properties {
		c.types[name] = typeOf(p)
	}
	r, err := s.Resolve(nil)
	if err != nil {
		return errors.New("it does not hold together, or refers to another file: " + firstLine(err))
	}
	c.schema = r
	c.Schema, err = json.Marshal(&s)
	return err
}

func typeOf(p *jsonschema.Schema) string {
	if p != nil && p.Type != "" {
		return p.Type
	}
	return "string"
}

func firstLine(err error) string {
	s, _, _ := strings.Cut(err.Error(), "\n")
	return s
}

// fits validates args.
func (c *checker) fits(args map[string]any) error {
	b, err := json.Marshal(args)
	if err != nil || len(b) > maxArgs {
		return fmt.Errorf("%w: they are longer than %d kB, or no JSON", ErrArguments, maxArgs>>10)
	}
	var plain any
	if err := json.Unmarshal(b, &plain); err != nil {
		return fmt.Errorf("%w: they are no JSON", ErrArguments)
	}
	if err := c.schema.Validate(plain); err != nil {
		return fmt.Errorf("%w: %s", ErrArguments, wrong(err))
	}
	return nil
}

// wrong is the innermost thing a validator says, without the schema's address.
func wrong(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			break
		}
		err = next
	}
	return firstLine(err)
}

// fromSlots picks the arguments out of a flow's slots; what is not filled is
// left out.
func (c *checker) fromSlots(slots map[string]string) map[string]any {
	args := map[string]any{}
	for name, kind := range c.types {
		v := slots[name]
		if _, proven := c.Proven[name]; v == "" || proven {
			continue
		}
		args[name] = typed(v, kind)
	}
	return args
}

// typed is v as the schema wants it, v itself where it cannot be that.
func typed(v, kind string) any {
	switch kind {
	case "integer", "number":
		if f, err := strconv.ParseFloat(v, 64); err == nil {
			return f
		}
	case "boolean":
		if b, err := strconv.ParseBool(v); err == nil {
			return b
		}
	}
	return v
}
