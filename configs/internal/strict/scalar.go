package strict

import (
	"reflect"
	"strconv"
	"strings"
)

func (d *Decoder) scalar(n *Node, v reflect.Value) {
	if !d.want(n, Scalar) {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.Text)
	case reflect.Bool:
		d.boolean(n, v)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		i, err := strconv.ParseInt(strings.ReplaceAll(n.Text, "_", ""), 10, v.Type().Bits())
		if err != nil {
			d.bad(n, "%s is no whole number in range", show(n))
			return
		}
		v.SetInt(i)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		i, err := strconv.ParseUint(strings.ReplaceAll(n.Text, "_", ""), 10, v.Type().Bits())
		if err != nil {
			d.bad(n, "%s is no whole number in range", show(n))
			return
		}
		v.SetUint(i)
	case reflect.Float32, reflect.Float64:
		d.float(n, v)
	default:
		d.bad(n, "the program wants to decode into a %s; this is its mistake, not yours", v.Type())
	}
}

func (d *Decoder) boolean(n *Node, v reflect.Value) {
	switch n.Text {
	case "true":
		v.SetBool(true)
	case "false":
		v.SetBool(false)
	default:
		d.bad(n, "%s is neither true nor false", show(n))
	}
}

func (d *Decoder) float(n *Node, v reflect.Value) {
	f, err := strconv.ParseFloat(n.Text, v.Type().Bits())
	if err != nil || f != f || f-f != 0 { // no NaN, no infinity
		d.bad(n, "%s is no number", show(n))
		return
	}
	v.SetFloat(f)
}

// Value is n as strings, bools, int64s, float64s, []any and map[string]any.
func Value(n *Node) any {
	switch n.Kind {
	case Scalar:
		return guess(n)
	case List:
		out := make([]any, len(n.Items))
		for i, item := range n.Items {
			out[i] = Value(item)
		}
		return out
	case Map:
		out := make(map[string]any, len(n.Pairs))
		for _, p := range n.Pairs {
			out[p.Key] = Value(p.Value)
		}
		return out
	}
	return nil
}

func guess(n *Node) any {
	if n.Quoted {
		return n.Text
	}
	switch n.Text {
	case "true":
		return true
	case "false":
		return false
	}
	if i, err := strconv.ParseInt(n.Text, 10, 64); err == nil {
		return i
	}
	if f, err := strconv.ParseFloat(n.Text, 64); err == nil && f-f == 0 {
		return f
	}
	return n.Text
}
