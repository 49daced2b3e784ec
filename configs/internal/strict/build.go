package strict

import (
	"github.com/goccy/go-yaml/ast"
)

// builder turns the parser's tree into ours, resolving aliases. An alias costs
// as many nodes as it stands for, so a bomb of them runs into the budget.
type builder struct {
	file    string
	anchors map[string]ast.Node
	nodes   int
}

func (b *builder) node(n ast.Node, depth int) (*Node, error) {
	pos := at(b.file, n)
	if depth > maxDepth {
		return nil, Errorf(pos, "nested too deep: more than %d levels", maxDepth)
	}
	if b.nodes++; b.nodes > maxNodes {
		return nil, Errorf(pos, "too many values: more than %d, aliases included", maxNodes)
	}
	switch n := n.(type) {
	case *ast.NullNode:
		return &Node{Pos: pos}, nil
	case *ast.StringNode:
		return &Node{Pos: pos, Kind: Scalar, Text: n.Value, Quoted: quoted(n)}, nil
	case *ast.LiteralNode:
		return &Node{Pos: pos, Kind: Scalar, Text: n.Value.Value, Quoted: true}, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return &Node{Pos: pos, Kind: Scalar, Text: n.GetToken().Value}, nil
	case *ast.SequenceNode:
		return b.list(n, depth)
	case *ast.MappingNode:
		return b.mapping(pos, n.Values, depth)
	case *ast.MappingValueNode:
		return b.mapping(pos, []*ast.MappingValueNode{n}, depth)
	case *ast.AnchorNode:
		b.anchors[n.Name.GetToken().Value] = n.Value
		return b.node(n.Value, depth)
	case *ast.AliasNode:
		return b.alias(n, depth)
	case *ast.TagNode:
		return nil, Errorf(pos, "YAML tags are not used here: leave %q out", n.GetToken().Value)
	}
	return nil, Errorf(pos, "this kind of YAML is not used here")
}

func quoted(n *ast.StringNode) bool {
	o := n.Token.Origin
	return len(n.Token.Value) != len(o) && containsQuote(o)
}

// containsQuote reports whether the first sign of o, blanks aside, is a quote.
func containsQuote(o string) bool {
	for _, c := range o {
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		case '"', '\'':
			return true
		}
		return false
	}
	return false
}

func (b *builder) list(n *ast.SequenceNode, depth int) (*Node, error) {
	out := &Node{Pos: at(b.file, n), Kind: List, Items: make([]*Node, 0, len(n.Values))}
	for _, v := range n.Values {
		item, err := b.node(v, depth+1)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, item)
	}
	return out, nil
}

func (b *builder) mapping(pos Pos, values []*ast.MappingValueNode, depth int) (*Node, error) {
	out := &Node{Pos: pos, Kind: Map, Pairs: make([]Pair, 0, len(values))}
	if len(values) > 0 {
		out.Pos = at(b.file, values[0].Key)
	}
	var merged []*Node
	for _, v := range values {
		value, err := b.node(v.Value, depth+1)
		if err != nil {
			return nil, err
		}
		if v.Key.IsMergeKey() {
			merged = append(merged, value)
			continue
		}
		if err := out.add(b.file, v.Key, value); err != nil {
			return nil, err
		}
	}
	return out, out.merge(merged)
}

func (n *Node) add(file string, key ast.MapKeyNode, v *Node) error {
	pos := at(file, key)
	k, ok := keyText(key)
	if !ok {
		return Errorf(pos, "a key must be a plain word")
	}
	for _, p := range n.Pairs {
		if p.Key == k {
			return Errorf(pos, "key %q was given before, in line %d", k, p.KeyPos.Line)
		}
	}
	n.Pairs = append(n.Pairs, Pair{Key: k, KeyPos: pos, Value: v})
	return nil
}

func keyText(key ast.MapKeyNode) (string, bool) {
	switch k := key.(type) {
	case *ast.StringNode:
		return k.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
		return k.GetToken().Value, true
	}
	return "", false
}

// merge adds what "<<: *anchor" brings; keys written here win.
func (n *Node) merge(from []*Node) error {
	for _, m := range from {
		if m.Kind != Map {
			return Errorf(m.Pos, "\"<<\" wants an alias of a mapping, not %s", m.Kind)
		}
		for _, p := range m.Pairs {
			if n.Get(p.Key) == nil {
				n.Pairs = append(n.Pairs, p)
			}
		}
	}
	return nil
}

func (b *builder) alias(n *ast.AliasNode, depth int) (*Node, error) {
	name := n.Value.GetToken().Value
	target, ok := b.anchors[name]
	if !ok {
		return nil, Errorf(at(b.file, n), "alias *%s has no anchor &%s above it", name, name)
	}
	return b.node(target, depth+1)
}
