package ingest

import (
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"frontdesk/knowledge"
)

// mark stands in a page's text for a table that was taken out of it. It is of
// Unicode's private use, and removed from what pages hold themselves.
const mark = "\uE001"

// takeTables reads the tables of data below body and leaves a mark in the place
// of each: turned into Markdown they would lose what is merged, and all rows of a
// header but one.
func takeTables(body *goquery.Selection) [][]knowledge.Block {
	var out [][]knowledge.Block
	body.Find("table").Each(func(_ int, s *goquery.Selection) {
		if s.Find("table").Length() > 0 || s.ParentsFiltered("table").Length() > 0 {
			return // it lays out the page
		}
		g := htmlGrid(s)
		if len(g.rows) == 0 || !g.tabular() {
			return
		}
		blocks := g.blocks()
		if caption := oneLine(seenText(s.Find("caption").First())); caption != "" {
			blocks = append([]knowledge.Block{{Text: caption}}, blocks...)
		}
		s.ReplaceWithHtml("<p>" + mark + strconv.Itoa(len(out)) + mark + "</p>")
		out = append(out, blocks)
	})
	return out
}

// tabular reports whether the grid has two rows and columns at least.
func (g *grid) tabular() bool {
	n := 0
	for _, r := range g.rows {
		if distinct(r) > 1 {
			n++
		}
	}
	return n > 1
}

// htmlGrid spreads the cells of a table over the places they cover.
func htmlGrid(table *goquery.Selection) *grid {
	g := &grid{}
	heads, sides := true, true
	table.Find("tr").Each(func(y int, tr *goquery.Selection) {
		for len(g.rows) <= y {
			g.rows = append(g.rows, nil)
		}
		cells := tr.ChildrenFiltered("td, th")
		sides = sides && cells.Length() == 2 && goquery.NodeName(cells.First()) == "th" && goquery.NodeName(cells.Last()) == "td"
		x, named := 0, true
		cells.Each(func(_ int, cell *goquery.Selection) {
			for x < len(g.rows[y]) && g.rows[y][x].cell != 0 {
				x++
			}
			named = named && goquery.NodeName(cell) == "th"
			x += g.put(y, x, spanOf(cell, "rowspan"), spanOf(cell, "colspan"), seenText(cell))
		})
		if tr.ParentsFiltered("thead").Length() > 0 || named && x > 0 {
			if heads {
				g.head = y + 1
			}
		} else {
			heads = false
		}
	})
	if rows := table.Find("tr").Length(); len(g.rows) > rows {
		g.rows = g.rows[:rows] // a cell that reaches below the table
	}
	g.sided = sides
	if g.head == 0 || g.head >= len(g.rows) {
		g.head = -1
	}
	return g
}

// put adds a cell and returns its width.
func (g *grid) put(top, left, tall, wide int, text string) int {
	g.last++
	for y := top; y < top+tall; y++ {
		for len(g.rows) <= y {
			g.rows = append(g.rows, nil)
		}
		for len(g.rows[y]) < min(left+wide, mostColumns) {
			g.rows[y] = append(g.rows[y], place{})
		}
		for x := left; x < min(left+wide, len(g.rows[y])); x++ {
			g.rows[y][x] = place{text, g.last}
		}
	}
	return wide
}

// mostSpan keeps one cell from becoming a million.
const mostSpan = 100

func spanOf(cell *goquery.Selection, attr string) int {
	n, err := strconv.Atoi(strings.TrimSpace(cell.AttrOr(attr, "1")))
	if err != nil || n < 1 || n > mostSpan {
		return 1
	}
	return n
}

// seenText is the text below s with a line for each paragraph, item and break.
func seenText(s *goquery.Selection) string {
	var b strings.Builder
	var walk func(n *html.Node, depth int)
	walk = func(n *html.Node, depth int) {
		if depth > deepestXML {
			return
		}
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
		case n.DataAtom == atom.Br, n.DataAtom == atom.P, n.DataAtom == atom.Div, n.DataAtom == atom.Li:
			b.WriteByte('\n')
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, depth+1)
		}
		if n.DataAtom == atom.P || n.DataAtom == atom.Div || n.DataAtom == atom.Li {
			b.WriteByte('\n')
		}
	}
	for _, n := range s.Nodes {
		walk(n, 0)
	}
	return strings.TrimSpace(b.String())
}

// putTables puts tables back in the place of their marks.
func putTables(blocks []knowledge.Block, tables [][]knowledge.Block) []knowledge.Block {
	if len(tables) == 0 {
		return blocks
	}
	var out []knowledge.Block
	for _, b := range blocks {
		parts := strings.Split(b.Text, mark) // text, number, text, number … text
		for i, part := range parts {
			if n, err := strconv.Atoi(part); i%2 == 1 && err == nil && n < len(tables) {
				out = append(out, tables[n]...)
			} else if strings.TrimSpace(part) != "" {
				text := b
				text.Text = strings.TrimSpace(part)
				out = append(out, text)
			}
		}
	}
	return out
}
