package strict

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// FileSuffix makes the key of a file that holds a secret of the secret's key.
const FileSuffix = "_file"

// Field is one key a struct knows.
type Field struct {
	Key   string
	Type  reflect.Type
	Index []int
}

// Secret reports whether the key may also be given as a file.
func (f Field) Secret() bool { return f.Type == reflect.TypeFor[Secret]() }

// Fields lists the keys that struct type t knows, those of inlined structs
// included.
func Fields(t reflect.Type) []Field {
	var out []Field
	for f := range t.Fields() {
		name, opts, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		if f.Anonymous && name == "" || strings.Contains(opts, "inline") {
			for _, in := range Fields(f.Type) {
				in.Index = append(slices.Clone(f.Index), in.Index...)
				out = append(out, in)
			}
			continue
		}
		if name == "" {
			name = strings.ToLower(f.Name)
		}
		out = append(out, Field{name, f.Type, f.Index})
	}
	return out
}

func (d *Decoder) structure(n *Node, v reflect.Value, path string) {
	if !d.want(n, Map) {
		return
	}
	fields := Fields(v.Type())
	for _, p := range n.Pairs {
		d.field(n, p, v, fields, path)
	}
}

func (d *Decoder) field(n *Node, p Pair, v reflect.Value, fields []Field, path string) {
	for _, f := range fields {
		switch {
		case f.Key == p.Key:
			into := v.FieldByIndex(f.Index)
			d.At(join(path, p.Key), p.KeyPos)
			d.fill(p.Value, into, join(path, p.Key))
			return
		case f.Secret() && f.Key+FileSuffix == p.Key && d.Secrets != nil:
			d.At(join(path, f.Key), p.KeyPos)
			if text, ok := d.FromFile(n, p, f.Key); ok {
				v.FieldByIndex(f.Index).Set(reflect.ValueOf(NewSecret(text)))
			}
			return
		}
	}
	where := ""
	if path != "" {
		where = " in " + path
	}
	d.Errs.Add(p.KeyPos, "unknown key %q%s%s", p.Key, where, suggestion(p.Key, d.known(fields)))
}

func (d *Decoder) known(fields []Field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Key)
		if f.Secret() && d.Secrets != nil {
			out = append(out, f.Key+FileSuffix)
		}
	}
	return out
}

// FromFile reads the secret that p, a "<key>_file" of n, points to. A mistake
// goes to d.Errs and makes it false; so does a file key left empty.
func (d *Decoder) FromFile(n *Node, p Pair, key string) (string, bool) {
	if p.Value.Kind == Null || p.Value.Kind == Scalar && p.Value.Text == "" {
		return "", false
	}
	if !d.want(p.Value, Scalar) {
		return "", false
	}
	if n.Get(key) != nil {
		d.Errs.Add(p.KeyPos, "both %q and %q are given: remove one", key, p.Key)
		return "", false
	}
	text, err := d.Secrets(p.Value.Text)
	if err != nil {
		d.Errs.Add(p.Value.Pos, "%s: %v", p.Key, err)
		return "", false
	}
	return text, true
}

// String names f in a test's failure.
func (f Field) String() string { return fmt.Sprintf("%s (%s)", f.Key, f.Type) }
