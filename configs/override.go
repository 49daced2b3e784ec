package configs

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"frontdesk/configs/internal/strict"
)

// Prefix begins the environment variables that override values of the file.
const Prefix = "FRONTDESK_"

// reserved are variables with that prefix and another use: the command line's,
// and the test scripts'.
var reserved = []string{
	Prefix + "SERVER", Prefix + "TOKEN", Prefix + "CONFIG", Prefix + "APT",
}

// variableOf maps each variable to the path of the value it overrides. A
// secret has a second one, for the file it is in.
func variableOf(t reflect.Type, prefix string, path []string, into map[string][]string) {
	for _, f := range strict.Fields(t) {
		name := prefix + strings.ToUpper(f.Key)
		at := append(slices.Clone(path), f.Key)
		switch {
		case f.Secret():
			into[name] = at
			into[name+strings.ToUpper(strict.FileSuffix)] = append(slices.Clone(path), f.Key+strict.FileSuffix)
		case f.Type.Kind() == reflect.Struct:
			variableOf(f.Type, name+"_", at, into)
		case f.Type.Kind() != reflect.Slice:
			into[name] = at
		}
	}
}

func variables() map[string][]string {
	known := map[string][]string{}
	variableOf(reflect.TypeFor[Config](), Prefix, nil, known)
	return known
}

// override puts the values of FRONTDESK_ variables into the tree. A variable
// that is set but empty counts: it empties the value.
func (l *loader) override(root *strict.Node) {
	known := variables()
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if value, ok := l.env(name); ok {
			l.put(root, name, known[name], value)
		}
	}
}

func (l *loader) put(root *strict.Node, name string, path []string, value string) {
	pos := strict.Pos{File: "environment variable " + name}
	n := root
	for _, key := range path[:len(path)-1] {
		next := n.Get(key)
		if next == nil || next.Kind == strict.Null {
			next = &strict.Node{Pos: pos, Kind: strict.Map}
			n.Set(key, next)
		}
		if next.Kind != strict.Map {
			return // Fill says what is wrong with it
		}
		n = next
	}
	key := path[len(path)-1]
	l.yield(n, key, name)
	n.Set(key, &strict.Node{Pos: pos, Kind: strict.Scalar, Text: value, Hidden: true})
}

// yield removes the other way of giving the same secret from the file, unless
// that came from the environment too: then both are given, which Fill refuses.
func (l *loader) yield(n *strict.Node, key, name string) {
	other, isFile := strings.CutSuffix(key, strict.FileSuffix)
	if !isFile {
		other = key + strict.FileSuffix
	}
	if old := n.Get(other); old != nil && old.Pos.Line > 0 {
		n.Cut(other)
	}
}

// Strays looks through an environment, "NAME=value" each, for variables that
// look like an override and are none, and returns a warning for each. They are
// no error: Kubernetes itself injects variables named after a Service, and one
// called "frontdesk" begins just so (FRONTDESK_SERVICE_HOST, FRONTDESK_PORT_…),
// which is why those two families are not even warned of.
func Strays(environ []string) []string {
	known := slices.Collect(maps.Keys(variables()))
	var out []string
	for _, kv := range environ {
		name, _, _ := strings.Cut(kv, "=")
		switch {
		case !strings.HasPrefix(name, Prefix), slices.Contains(known, name), slices.Contains(reserved, name),
			strings.HasPrefix(name, Prefix+"SERVICE_"), strings.HasPrefix(name, Prefix+"PORT"):
			continue
		}
		hint := ": no setting has that name"
		if n := strict.Nearest(name, known); n != "" {
			hint = ": did you mean " + n + "?"
		}
		out = append(out, fmt.Sprintf("environment variable %s is ignored%s", name, hint))
	}
	slices.Sort(out)
	return out
}
