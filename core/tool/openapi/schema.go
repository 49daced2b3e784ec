package openapi

import (
	"fmt"
	"slices"
	"strings"
)

// kept are the words of a schema that JSON Schema and OpenAPI mean alike.
var kept = []string{"type", "description", "enum", "const", "pattern", "format", "minLength", "maxLength", "minimum", "maximum", "multipleOf", "minItems", "maxItems", "uniqueItems"}

// object follows a reference, if v is one.
func (d *Document) object(v any) (map[string]any, error) {
	for range maxDepth {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("something is no mapping")
		}
		ref, ok := m["$ref"].(string)
		if !ok {
			return m, nil
		}
		if v = d.at(ref); v == nil {
			return nil, fmt.Errorf("%s is not there; references to other files are not followed", ref)
		}
	}
	return nil, fmt.Errorf("a reference leads in a circle")
}

// at is what "#/components/schemas/Order" points to, nil if nothing.
func (d *Document) at(ref string) any {
	rest, ok := strings.CutPrefix(ref, "#/")
	if !ok {
		return nil
	}
	var v any = d.root
	for key := range strings.SplitSeq(rest, "/") {
		m, _ := v.(map[string]any)
		v = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(key)]
	}
	return v
}

// schema is v with its references put in, in words of JSON Schema.
func (d *Document) schema(v any, depth int) (map[string]any, error) {
	if v == nil {
		return map[string]any{"type": "string"}, nil
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("a schema is nested deeper than %d, or holds itself", maxDepth)
	}
	m, err := d.object(v)
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	for k, e := range m {
		if slices.Contains(kept, k) {
			out[k] = e
		}
	}
	if t, _ := out["type"].(string); t != "" && m["nullable"] == true {
		out["type"] = []any{t, "null"}
	}
	if m["items"] != nil {
		if out["items"], err = d.schema(m["items"], depth+1); err != nil {
			return nil, err
		}
	}
	if err := d.fields(m, out, depth); err != nil {
		return nil, err
	}
	return out, d.choices(m, out, depth)
}

// fields puts the properties of m into out. What is not named is refused.
func (d *Document) fields(m, out map[string]any, depth int) error {
	props, _ := m["properties"].(map[string]any)
	if len(props) == 0 {
		return nil
	}
	all := map[string]any{}
	for name, p := range props {
		s, err := d.schema(p, depth+1)
		if err != nil {
			return err
		}
		all[name] = s
	}
	out["properties"], out["additionalProperties"] = all, false
	if need, ok := m["required"].([]any); ok {
		out["required"] = need
	}
	return nil
}

// choices are oneOf and anyOf; allOf has no strict meaning here and is refused.
func (d *Document) choices(m, out map[string]any, depth int) error {
	if m["allOf"] != nil {
		return fmt.Errorf("a schema uses allOf: write its fields out")
	}
	for _, word := range []string{"oneOf", "anyOf"} {
		list, _ := m[word].([]any)
		var all []any
		for _, e := range list {
			s, err := d.schema(e, depth+1)
			if err != nil {
				return err
			}
			all = append(all, s)
		}
		if all != nil {
			out[word] = all
		}
	}
	return nil
}
