package strict

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Defaulter is implemented by (pointers to) structs that have defaults where
// they are elements of a list; SetDefaults runs before the element is filled.
type Defaulter interface{ SetDefaults() }

// Filler is implemented by (pointers to) types that fill themselves.
type Filler interface{ Fill(d *Decoder, n *Node) }

// Decoder fills Go values from nodes. Fields are named by their "yaml" tag,
// else by their lower-cased name. It is for one use by one goroutine.
type Decoder struct {
	// Secrets reads the file of a "<key>_file", named as written; nil refuses
	// such keys.
	Secrets func(name string) (string, error)
	Errs    Errors

	places map[string]Pos
}

// Decode fills into, a pointer, from n and reports all mistakes at once.
func Decode(n *Node, into any) error {
	d := Decoder{}
	d.Fill(n, into)
	return d.Errs.Err()
}

// Fill fills into, a pointer, from n; mistakes go to d.Errs. What n does not
// mention keeps its value, and so does a key with nothing after it.
func (d *Decoder) Fill(n *Node, into any) {
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		d.Errs.Add(n.Pos, "the program wants to decode into a %T; this is its mistake, not yours", into)
		return
	}
	d.fill(n, v.Elem(), "")
}

// Place is where path, "bots[0].languages", was written; what was left to its
// default is where the nearest thing around it was.
func (d *Decoder) Place(path string) (Pos, bool) {
	for {
		if p, ok := d.places[path]; ok {
			return p, true
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			return Pos{}, false
		}
		path = path[:i]
	}
}

// Has reports whether path itself was written, and not left empty.
func (d *Decoder) Has(path string) bool {
	_, ok := d.places[path]
	return ok
}

// At notes where path was written.
func (d *Decoder) At(path string, p Pos) {
	if d.places == nil {
		d.places = map[string]Pos{}
	}
	d.places[path] = p
}

func (d *Decoder) fill(n *Node, v reflect.Value, path string) {
	if n.Kind == Null {
		d.null(n, v, path)
		return
	}
	d.At(path, n.Pos)
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		v = v.Elem()
	}
	if d.special(n, v) {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(n, v, path)
	case reflect.Slice:
		d.list(n, v, path)
	case reflect.Map:
		d.dictionary(n, v, path)
	case reflect.Interface:
		v.Set(reflect.ValueOf(Value(n)))
	default:
		d.scalar(n, v)
	}
}

// null leaves the default alone; a Secret remembers that its key was there.
func (d *Decoder) null(n *Node, v reflect.Value, path string) {
	if s, ok := v.Addr().Interface().(*Secret); ok {
		*s = NewSecret("")
		d.At(path, n.Pos)
	}
}

// special fills types that have their own way, and reports whether v is one.
func (d *Decoder) special(n *Node, v reflect.Value) bool {
	switch t := v.Addr().Interface().(type) {
	case Filler:
		t.Fill(d, n)
	case *Secret:
		if d.want(n, Scalar) {
			*t = NewSecret(n.Text)
		}
	case *time.Duration:
		if d.want(n, Scalar) {
			d.duration(n, t)
		}
	case encoding.TextUnmarshaler:
		if d.want(n, Scalar) {
			if err := t.UnmarshalText([]byte(n.Text)); err != nil {
				d.bad(n, "%v", err)
			}
		}
	case interface{ UnmarshalYAML(func(any) error) error }:
		if err := t.UnmarshalYAML(func(into any) error { return Decode(n, into) }); err != nil {
			d.bad(n, "%v", err)
		}
	default:
		return false
	}
	return true
}

func (d *Decoder) duration(n *Node, into *time.Duration) {
	t, err := time.ParseDuration(n.Text)
	if err != nil {
		d.bad(n, "%s is no duration: write one like 500ms, 30s or 2m", show(n))
		return
	}
	*into = t
}

func (d *Decoder) want(n *Node, k Kind) bool {
	if n.Kind != k {
		d.bad(n, "%s is wanted here, not %s", k, n.Kind)
	}
	return n.Kind == k
}

func (d *Decoder) bad(n *Node, format string, args ...any) {
	d.Errs.Add(n.Pos, format, args...)
}

// show quotes a value for an error, unless it may be a secret.
func show(n *Node) string {
	if n.Hidden {
		return "the value"
	}
	r := []rune(n.Text)
	if len(r) > 40 {
		return strconv.Quote(string(r[:40])) + "…"
	}
	return strconv.Quote(n.Text)
}

func (d *Decoder) list(n *Node, v reflect.Value, path string) {
	if !d.want(n, List) {
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.Items), len(n.Items))
	for i, item := range n.Items {
		e := out.Index(i)
		if t, ok := e.Addr().Interface().(Defaulter); ok {
			t.SetDefaults()
		}
		where := fmt.Sprintf("%s[%d]", path, i)
		if item.Kind == Null {
			d.bad(item, "an entry of the list is empty: fill it in or remove its line")
			continue
		}
		d.fill(item, e, where)
	}
	v.Set(out)
}

func (d *Decoder) dictionary(n *Node, v reflect.Value, path string) {
	if !d.want(n, Map) {
		return
	}
	if v.Type().Key().Kind() != reflect.String {
		d.bad(n, "the program wants keys of type %s; this is its mistake, not yours", v.Type().Key())
		return
	}
	out := reflect.MakeMapWithSize(v.Type(), len(n.Pairs))
	for _, p := range n.Pairs {
		e := reflect.New(v.Type().Elem()).Elem()
		d.fill(p.Value, e, join(path, p.Key))
		out.SetMapIndex(reflect.ValueOf(p.Key).Convert(v.Type().Key()), e)
	}
	v.Set(out)
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
