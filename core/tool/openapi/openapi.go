// Package openapi makes actions of the operations of an OpenAPI 3 description.
package openapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"frontdesk/core"
	"frontdesk/core/tool"
	"frontdesk/core/tool/httpaction"
)

// maxBytes bounds a description, maxDepth how deep its schemas may nest.
const (
	maxBytes = 8 << 20
	maxDepth = 12
)

// Document is a description. Immutable.
type Document struct {
	root map[string]any
	ops  map[string]operation
}

// operation is where an operation stands.
type operation struct {
	method, path string
	body, shared map[string]any // its own object, and that of its path
}

// Parse reads a description, YAML or JSON.
func Parse(data []byte) (*Document, error) {
	if len(data) > maxBytes {
		return nil, core.Invalid("the description is larger than %d MB", maxBytes>>20)
	}
	d := &Document{ops: map[string]operation{}}
	if err := yaml.Unmarshal(data, &d.root); err != nil {
		return nil, core.Invalid("the description is neither YAML nor JSON")
	}
	if v, _ := d.root["openapi"].(string); !strings.HasPrefix(v, "3.") {
		return nil, core.Invalid("the description is not of OpenAPI 3: its first key is openapi: 3.…")
	}
	paths, _ := d.root["paths"].(map[string]any)
	for path, item := range paths {
		shared, _ := item.(map[string]any)
		for method, op := range shared {
			body, _ := op.(map[string]any)
			id, _ := body["operationId"].(string)
			if id == "" || !slices.Contains([]string{"get", "post", "put", "patch", "delete"}, method) {
				continue
			}
			if _, twice := d.ops[id]; twice {
				return nil, core.Invalid("operationId %q is there twice", id)
			}
			d.ops[id] = operation{strings.ToUpper(method), path, body, shared}
		}
	}
	return d, nil
}

// IDs are the operations', sorted.
func (d *Document) IDs() []string { return slices.Sorted(maps.Keys(d.ops)) }

// Action is the operation id as an action: method, URL, body, and of the Spec
// what the description knows. base replaces the description's server if it is
// not "". customer fills parameters from the turn: parameter → field.
func (d *Document) Action(id, base string, customer map[string]string) (httpaction.Options, error) {
	op, ok := d.ops[id]
	if !ok {
		return httpaction.Options{}, core.Invalid("there is no operation %q; there are %s", id, strings.Join(d.IDs(), ", "))
	}
	a := &args{d: d, customer: customer, props: map[string]any{}}
	if err := a.parameters(op); err != nil {
		return httpaction.Options{}, core.Invalid("operation %q: %v", id, err)
	}
	body, err := a.requestBody(op)
	if err != nil {
		return httpaction.Options{}, core.Invalid("operation %q: %v", id, err)
	}
	if base == "" {
		if base, err = d.server(); err != nil {
			return httpaction.Options{}, err
		}
	}
	for c := range customer {
		if !slices.Contains(a.filled, c) {
			return httpaction.Options{}, core.Invalid("operation %q has no parameter %q for the customer", id, c)
		}
	}
	schema, err := json.Marshal(map[string]any{"type": "object", "properties": a.props, "required": a.need()})
	if err != nil {
		return httpaction.Options{}, core.Invalid("operation %q: its schema is no JSON", id)
	}
	about, _ := op.body["description"].(string)
	if s, _ := op.body["summary"].(string); s != "" {
		about = s
	}
	out := httpaction.Options{Method: op.method, URL: strings.TrimRight(base, "/") + a.path(op.path) + a.queryString(), Body: body,
		Spec: tool.Spec{Name: id, Description: about, Schema: schema}}
	return out, nil
}

// server is the first server of the description.
func (d *Document) server() (string, error) {
	list, _ := d.root["servers"].([]any)
	if len(list) > 0 {
		s, _ := list[0].(map[string]any)
		if u, _ := s["url"].(string); strings.Contains(u, "://") && !strings.Contains(u, "{") {
			return u, nil
		}
	}
	return "", core.Invalid("the description names no server with a full URL: give base_url")
}

// args gathers an operation's arguments.
type args struct {
	d        *Document
	customer map[string]string
	props    map[string]any
	required []string
	query    []string
	filled   []string // customer's
}

// word is what an argument may be called: it is a placeholder.
var word = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// add takes an argument in and returns its placeholder.
func (a *args) add(name string, schema any, required bool) (string, error) {
	if field, ok := a.customer[name]; ok {
		a.filled = append(a.filled, name)
		return "{customer." + field + "}", nil
	}
	if !word.MatchString(name) {
		return "", fmt.Errorf("parameter %q has a name that cannot be used", name)
	}
	if _, twice := a.props[name]; twice {
		return "", fmt.Errorf("parameter %q is there twice", name)
	}
	s, err := a.d.schema(schema, 0)
	if err != nil {
		return "", err
	}
	a.props[name] = s
	if required {
		a.required = append(a.required, name)
	}
	return "{" + name + "}", nil
}

func (a *args) need() []string {
	if a.required == nil {
		return []string{}
	}
	return a.required
}

// parameters are those of the path and of the operation itself.
func (a *args) parameters(op operation) error {
	seen := map[string]bool{}
	for _, of := range []map[string]any{op.body, op.shared} {
		list, _ := of["parameters"].([]any)
		for _, v := range list {
			p, err := a.d.object(v)
			if err != nil {
				return err
			}
			name, _ := p["name"].(string)
			in, _ := p["in"].(string)
			if seen[in+" "+name] {
				continue // the operation's own comes first
			}
			seen[in+" "+name] = true
			if err := a.parameter(p, name, in); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *args) parameter(p map[string]any, name, in string) error {
	required, _ := p["required"].(bool)
	schema := p["schema"]
	if about, _ := p["description"].(string); about != "" {
		schema = with(schema, about)
	}
	switch {
	case in == "path":
		_, err := a.add(name, schema, true)
		return err
	case in == "query":
		hole, err := a.add(name, schema, required)
		a.query = append(a.query, name+"="+hole)
		return err
	case required:
		return fmt.Errorf("%s parameter %q is required: put it into headers, it is no argument", in, name)
	}
	return nil
}

// with is schema with a description.
func with(schema any, about string) any {
	m, _ := schema.(map[string]any)
	m = maps.Clone(m)
	if m == nil {
		m = map[string]any{"type": "string"}
	}
	if _, ref := m["$ref"]; !ref && m["description"] == nil {
		m["description"] = about
	}
	return m
}

// requestBody makes the fields of a JSON body arguments.
func (a *args) requestBody(op operation) (any, error) {
	if op.body["requestBody"] == nil {
		return nil, nil
	}
	b, err := a.d.object(op.body["requestBody"])
	if err != nil {
		return nil, err
	}
	content, _ := b["content"].(map[string]any)
	media, _ := content["application/json"].(map[string]any)
	if media == nil {
		return nil, fmt.Errorf("its body is no application/json")
	}
	s, err := a.d.object(media["schema"])
	if err != nil {
		return nil, err
	}
	props, _ := s["properties"].(map[string]any)
	if len(props) == 0 {
		return nil, fmt.Errorf("its body is no object with named fields")
	}
	need, _ := s["required"].([]any)
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(props)) {
		if out[name], err = a.add(name, props[name], slices.Contains(need, any(name))); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// path is the operation's with the customer's placeholders.
func (a *args) path(p string) string {
	for name, field := range a.customer {
		p = strings.ReplaceAll(p, "{"+name+"}", "{customer."+field+"}")
	}
	return p
}

func (a *args) queryString() string {
	if len(a.query) == 0 {
		return ""
	}
	return "?" + strings.Join(a.query, "&")
}

// Reads reports whether the operation id only reads.
func (d *Document) Reads(id string) bool { return d.ops[id].method == http.MethodGet }
