package httpaction

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"frontdesk/core/tool"
)

// customerPrefix begins the placeholders that come from the turn.
const customerPrefix = "customer."

var customerFields = []string{"id", "channel", "email", "name", "conversation"}

// hole is a placeholder.
var hole = regexp.MustCompile(`\{([A-Za-z_][A-Za-z0-9_.-]*)\}`)

// template is a URL with placeholders in its path and query.
type template struct{ base, path, query string }

// parse takes a URL apart, before anything is filled in.
func parse(s string) (template, error) {
	u, err := url.Parse(hole.ReplaceAllString(s, "x"))
	if err != nil || u.Host == "" {
		return template{}, errors.New("it is no URL: write it as https://host/path")
	}
	scheme, rest, _ := strings.Cut(s, "://")
	host, tail := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host, tail = rest[:i], rest[i:]
	}
	if strings.ContainsAny(scheme+host, "{}") {
		return template{}, errors.New("no placeholder may stand in the host: an argument must not say where to ask")
	}
	tail, _, _ = strings.Cut(tail, "#")
	path, query, _ := strings.Cut(tail, "?")
	if strings.ContainsAny(hole.ReplaceAllString(path+query, ""), "{}") {
		return template{}, errors.New("a brace is not closed, or holds no name")
	}
	return template{base: scheme + "://" + host, path: path, query: query}, nil
}

// example is the URL with every placeholder filled.
func (t template) example() string {
	return t.base + hole.ReplaceAllString(t.path, "x")
}

func (t template) names() []string { return namesIn(t.path + " " + t.query) }

// fill puts values in. A part of the path must not be empty, nor lead upwards:
// "/orders/" and "/orders/.." are other questions than the one asked.
func (t template) fill(values map[string]any) (string, error) {
	var bad error
	path := hole.ReplaceAllStringFunc(t.path, func(h string) string {
		v := plain(values[name(h)])
		if strings.Trim(v, ". ") == "" || strings.ContainsAny(v, "/\\\x00") {
			bad = fmt.Errorf("%w: %s is empty, or no part of an address", tool.ErrArguments, name(h))
		}
		return url.PathEscape(v)
	})
	if query := t.fillQuery(values); query != "" {
		path += "?" + query
	}
	return t.base + path, bad
}

// fillQuery leaves out the pairs of which no value is given.
func (t template) fillQuery(values map[string]any) string {
	var pairs []string
	for pair := range strings.SplitSeq(t.query, "&") {
		names := namesIn(pair)
		if len(names) > 0 && !slices.ContainsFunc(names, func(n string) bool { return values[n] != nil }) {
			continue
		}
		pairs = append(pairs, hole.ReplaceAllStringFunc(pair, func(h string) string { return url.QueryEscape(plain(values[name(h)])) }))
	}
	return strings.Join(pairs, "&")
}

func name(h string) string { return h[1 : len(h)-1] }

// namesIn are the placeholders in a text, in order, or in all texts of a body.
func namesIn(v any) (out []string) {
	add := func(names ...string) {
		for _, n := range names {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	switch x := v.(type) {
	case string:
		for _, m := range hole.FindAllStringSubmatch(x, -1) {
			add(m[1])
		}
	case []any:
		for _, e := range x {
			add(namesIn(e)...)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(x)) {
			add(namesIn(x[k])...)
		}
	}
	return out
}

// fillBody is v with values in its strings. What is not given is left out of
// mappings.
func fillBody(v any, values map[string]any) any {
	switch x := v.(type) {
	case string:
		if m := hole.FindString(x); m == x && m != "" {
			return values[name(m)]
		}
		return hole.ReplaceAllStringFunc(x, func(h string) string { return plain(values[name(h)]) })
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = fillBody(e, values)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, e := range x {
			if f := fillBody(e, values); f != nil {
				out[k] = f
			}
		}
		return out
	}
	return v
}

// valuesOf are what placeholders stand for. The customer is the turn's: an
// argument of that name does not get here.
func valuesOf(c tool.Call) map[string]any {
	out := map[string]any{}
	for k, v := range c.Args {
		if !strings.HasPrefix(k, customerPrefix) {
			out[k] = v
		}
	}
	for k, v := range map[string]string{"id": c.Customer.Native, "channel": c.Customer.Channel, "email": c.Customer.Email, "name": c.Customer.Name, "conversation": c.Customer.Conversation} {
		out[customerPrefix+k] = v
	}
	return out
}

// plain is v as text, "" for what is not there.
func plain(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

// properties are the arguments a schema names.
func properties(schema json.RawMessage) []string {
	var s struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if len(schema) == 0 || json.Unmarshal(schema, &s) != nil {
		return nil // the gate says what is wrong with it
	}
	var out []string
	for k := range s.Properties {
		out = append(out, k)
	}
	return out
}
