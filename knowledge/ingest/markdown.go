package ingest

import (
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"frontdesk/knowledge"
)

// markdown reads text, front matter dropped.
func markdown(source string) []knowledge.Block {
	source = withoutFrontMatter(source)
	src := []byte(source)
	doc := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough)).Parser().Parse(text.NewReader(src))
	w := mdWalker{src: src}
	w.blocks(doc, 0)
	return w.out
}

func withoutFrontMatter(s string) string {
	if rest, ok := strings.CutPrefix(s, "---\n"); ok {
		if _, after, ok := strings.Cut(rest, "\n---\n"); ok {
			return after
		}
	}
	return s
}

type mdWalker struct {
	src []byte
	out []knowledge.Block
}

// deepest is how far nesting is followed; deeper text is left out.
const deepest = 100

func (w *mdWalker) blocks(parent ast.Node, depth int) {
	if depth > deepest {
		return
	}
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			w.add(knowledge.Block{Kind: knowledge.Heading, Level: n.Level, Text: w.inline(n, 0)})
		case *ast.Paragraph, *ast.TextBlock:
			w.add(knowledge.Block{Text: w.inline(n, 0)})
		case *ast.List:
			w.list(n, depth)
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			w.add(knowledge.Block{Text: w.lines(n)})
		case *east.Table:
			w.table(n)
		case *ast.HTMLBlock: // markup: what it shows is unknown here
		default:
			w.blocks(n, depth+1)
		}
	}
}

func (w *mdWalker) add(b knowledge.Block) {
	if strings.TrimSpace(b.Text) != "" {
		w.out = append(w.out, b)
	}
}

// list makes an item of each entry with its own paragraphs.
func (w *mdWalker) list(list *ast.List, depth int) {
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		inner := mdWalker{src: w.src}
		inner.blocks(item, depth+1)
		for _, b := range inner.out {
			if b.Kind == knowledge.Paragraph {
				b.Kind = knowledge.Item
			}
			w.add(b)
		}
	}
}

func (w *mdWalker) table(t *east.Table) {
	var grid [][]string
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []string
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, w.inline(cell, 0))
		}
		grid = append(grid, cells)
	}
	if len(grid) > 0 {
		g := newGrid(grid)
		g.head = 1
		w.out = append(w.out, g.blocks()...)
	}
}

// inline is the text of n without its markup.
func (w *mdWalker) inline(n ast.Node, depth int) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil && depth < deepest; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			b.Write(plainText(c.Segment.Value(w.src)))
			if c.HardLineBreak() || c.SoftLineBreak() {
				b.WriteByte('\n')
			}
		case *ast.String:
			b.Write(c.Value)
		case *ast.AutoLink:
			b.Write(c.URL(w.src))
		case *ast.RawHTML:
			if strings.HasPrefix(strings.ToLower(string(c.Segments.Value(w.src))), "<br") {
				b.WriteByte('\n')
			}
		default:
			b.WriteString(w.inline(c, depth+1))
		}
	}
	return b.String()
}

// plainText undoes backslashes and character references.
func plainText(src []byte) []byte {
	return util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(src)))
}

func (w *mdWalker) lines(n ast.Node) string { return string(n.Lines().Value(w.src)) }
