package strict

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The bounds of a file. A configuration of a hundred channels is 40 kB; the
// parser's time grows faster than its input, and its stack with the nesting.
const (
	MaxBytes  = 256 << 10 // of one file
	maxNodes  = 20_000    // after aliases were resolved
	maxDepth  = 32        // of nesting in the tree
	maxIndent = 200       // spaces before the first word of a line
	maxInline = 64        // brackets open at once; dashes, anchors and the like in one line
)

// Read reads at most MaxBytes of r and parses them.
func Read(name string, r io.Reader) (*Node, error) {
	src, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return Parse(name, src)
}

// Parse turns src into a tree. name is how errors call it. A file without
// content is an empty Map. The error is an *Error.
func Parse(name string, src []byte) (n *Node, err error) {
	start := Pos{name, 1, 1}
	if len(src) > MaxBytes {
		return nil, Errorf(start, "the file is larger than %d kB: is it the right one?", MaxBytes>>10)
	}
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(src) {
		return nil, Errorf(start, "the file is not UTF-8 text: save it as UTF-8")
	}
	if err := checkLines(name, src); err != nil {
		return nil, err
	}
	// The parser has panicked on odd input in the past; odd input is the
	// writer's mistake, and must not take the running gateway down.
	defer func() {
		if recover() != nil {
			n, err = nil, Errorf(start, "the file is no YAML the parser understands")
		}
	}()
	return parse(name, src)
}

func parse(name string, src []byte) (*Node, error) {
	tokens := lexer.Tokenize(string(src))
	if err := checkTokens(name, tokens); err != nil {
		return nil, err
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, syntax(name, src, err)
	}
	body, err := onlyBody(name, file)
	if err != nil {
		return nil, err
	}
	if body == nil {
		return &Node{Pos: Pos{name, 1, 1}, Kind: Map}, nil
	}
	b := builder{file: name, anchors: map[string]ast.Node{}}
	return b.node(body, 0)
}

func onlyBody(name string, file *ast.File) (ast.Node, error) {
	var body ast.Node
	for _, d := range file.Docs {
		if d.Body == nil || d.Body.Type() == ast.CommentType {
			continue
		}
		if body != nil {
			return nil, Errorf(at(name, d.Body), "a second YAML document begins here: keep to one a file")
		}
		body = d.Body
	}
	return body, nil
}

// syntax keeps the message and the place; the parser's own text quotes lines.
func syntax(name string, src []byte, err error) error {
	var ye yaml.Error
	if !errors.As(err, &ye) {
		return Errorf(Pos{name, 1, 1}, "not valid YAML")
	}
	pos := tokenAt(name, ye.GetToken())
	hint := ""
	if lines := bytes.Split(src, []byte("\n")); pos.Line <= len(lines) && bytes.Contains(lines[pos.Line-1], []byte("${")) {
		hint = "; between { and }, a value with ${…} in it needs quotes"
	}
	return Errorf(pos, "not valid YAML: %s%s", ye.GetMessage(), hint)
}

func at(name string, n ast.Node) Pos { return tokenAt(name, n.GetToken()) }

func tokenAt(name string, t *token.Token) Pos {
	if t == nil || t.Position == nil {
		return Pos{name, 1, 1}
	}
	return Pos{name, max(t.Position.Line, 1), max(t.Position.Column, 1)}
}

// checkLines refuses what would nest deep by indentation alone, before
// anything recursive sees it.
func checkLines(name string, src []byte) error {
	num := 0
	for line := range bytes.Lines(src) {
		num++
		indent := len(line) - len(bytes.TrimLeft(line, " \t"))
		if indent > maxIndent && indent < len(bytes.TrimRight(line, "\r\n")) {
			return Errorf(Pos{name, num, indent + 1}, "nested too deep: more than %d spaces of indentation", maxIndent)
		}
	}
	return nil
}

// checkTokens does the same for nesting within a line.
func checkTokens(name string, tokens token.Tokens) error {
	open, inline, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position != nil && t.Position.Line != line {
			inline, line = 0, t.Position.Line
		}
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			open++
		case token.MappingEndType, token.SequenceEndType:
			open--
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType:
			inline++
		}
		if open > maxInline || inline > maxInline {
			return Errorf(tokenAt(name, t), "nested too deep")
		}
	}
	return nil
}
