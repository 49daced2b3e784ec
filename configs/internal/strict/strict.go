// Package strict reads YAML the way a configuration should be read: bounded,
// with the place of every value kept, all mistakes reported at once, and no
// value of a secret in any of the reports.
//
// The YAML library is used as a parser only. Its syntax tree becomes a Node
// tree here, with aliases resolved under a budget, and Decode fills Go structs
// from that. This costs a small decoder of our own and buys errors that name
// file, line, column and cure; the library's own errors quote the source, and
// with it passwords.
package strict

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Pos is where a value was written.
type Pos struct {
	File         string // or the environment variable, with Line 0
	Line, Column int    // from 1
}

// String is "file:line:column", as editors understand it.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Kind says what a Node is.
type Kind int

// The kinds of node.
const (
	Null Kind = iota
	Scalar
	List
	Map
)

// String is how errors name k.
func (k Kind) String() string {
	return [...]string{"nothing", "a single value", "a list", "a mapping"}[k]
}

// Node is a value with its place.
type Node struct {
	Pos    Pos
	Kind   Kind
	Text   string // of a Scalar, as written, without quotes
	Quoted bool   // it was, and is therefore text whatever it looks like
	// Hidden texts came from the environment or a file of a secret; errors
	// never show them.
	Hidden bool
	Items  []*Node // of a List
	Pairs  []Pair  // of a Map, in the order written; keys are unique
}

// Pair is one entry of a Map.
type Pair struct {
	Key    string
	KeyPos Pos
	Value  *Node
}

// Get returns the value of key, nil if there is none or n is no Map.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for _, p := range n.Pairs {
		if p.Key == key {
			return p.Value
		}
	}
	return nil
}

// Set gives key the value v, replacing an older one.
func (n *Node) Set(key string, v *Node) {
	for i := range n.Pairs {
		if n.Pairs[i].Key == key {
			n.Pairs[i].Value, n.Pairs[i].KeyPos = v, v.Pos
			return
		}
	}
	n.Pairs = append(n.Pairs, Pair{Key: key, KeyPos: v.Pos, Value: v})
}

// Cut removes key and returns its value, nil if there was none.
func (n *Node) Cut(key string) *Node {
	for i, p := range n.Pairs {
		if p.Key == key {
			n.Pairs = append(n.Pairs[:i:i], n.Pairs[i+1:]...)
			return p.Value
		}
	}
	return nil
}

// Error is one mistake in a file, with its cure.
type Error struct {
	Pos Pos
	Msg string
}

// Error implements error.
func (e *Error) Error() string { return e.Pos.String() + ": " + e.Msg }

// Errorf makes an Error at p.
func Errorf(p Pos, format string, args ...any) *Error {
	return &Error{Pos: p, Msg: fmt.Sprintf(format, args...)}
}

// maxShown bounds the length of an error text: a wrong file has a mistake in
// every line.
const maxShown = 20

// Errors are all mistakes found, in the order of reading.
type Errors []*Error

// Error lists the mistakes, a line each.
func (es Errors) Error() string {
	var b strings.Builder
	for i, e := range es {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == maxShown {
			fmt.Fprintf(&b, "… and %d more", len(es)-i)
			break
		}
		b.WriteString(e.Error())
	}
	return b.String()
}

// Unwrap gives the mistakes to errors.As.
func (es Errors) Unwrap() []error {
	out := make([]error, len(es))
	for i, e := range es {
		out[i] = e
	}
	return out
}

// Err is es as an error, nil if it is empty.
func (es Errors) Err() error {
	if len(es) == 0 {
		return nil
	}
	return es
}

// Sort puts es in the order of files and lines.
func (es Errors) Sort() {
	slices.SortStableFunc(es, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), a.Pos.Line-b.Pos.Line, a.Pos.Column-b.Pos.Column)
	})
}

// Hide keeps all texts below n out of errors.
func (n *Node) Hide() {
	n.Hidden = true
	for _, item := range n.Items {
		item.Hide()
	}
	for _, p := range n.Pairs {
		p.Value.Hide()
	}
}

// Add notes a mistake.
func (es *Errors) Add(p Pos, format string, args ...any) {
	*es = append(*es, Errorf(p, format, args...))
}
