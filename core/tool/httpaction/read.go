package httpaction

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"frontdesk/core/tool"
)

// read takes what counts out of an answer, once the facts match.
func (a *Action) read(answer []byte, c tool.Call) (tool.Result, error) {
	var v any
	if len(bytes.TrimSpace(answer)) > 0 {
		d := json.NewDecoder(bytes.NewReader(answer))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			return tool.Result{}, fmt.Errorf("%w: its answer is no JSON", tool.ErrUnavailable)
		}
	}
	if !a.matches(v, c) {
		return tool.Result{}, tool.ErrNoMatch
	}
	out := tool.Result{Values: map[string]string{}}
	if a.o.Result != nil {
		for slot, path := range a.o.Result {
			out.Values[slot] = shown(at(v, path))
		}
		return out, nil
	}
	if m, ok := v.(map[string]any); ok {
		for k, e := range m {
			switch e.(type) {
			case string, json.Number, bool:
				out.Values[k] = shown(e)
			}
		}
	}
	return out, nil
}

// matches holds the answer to every fact; all are compared, whichever is wrong.
func (a *Action) matches(v any, c tool.Call) bool {
	ok := true
	for _, m := range a.o.Match {
		ok = same(fact(shown(at(v, m.Path)), m.Tail), fact(plain(c.Args[m.Arg]), m.Tail)) && ok
	}
	return ok
}

// fact is what of a value is compared.
func fact(v string, tail int) string { return tool.Tail(tool.Canonical(v), tail) }

// same compares in constant time. What is empty equals nothing.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1 && a != ""
}

// at is the value at path, "data.items.0.state"; nil if there is none.
func at(v any, path string) any {
	for key := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// shown is a value as text; lists and mappings as JSON.
func shown(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case json.Number:
		return x.String()
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}
