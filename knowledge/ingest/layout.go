package ingest

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"frontdesk/knowledge"
)

// layout makes blocks of what stands on pages. It knows only places and sizes:
// lines that stand close below each other are a paragraph, larger letters a
// heading, paragraphs beside each other in rows that line up a table.
func layout(pages [][]span) (blocks []knowledge.Block, tables int) {
	l := layouter{ranks: headingSizes(pages)}
	for i, spans := range pages {
		l.page, l.fresh = i+1, true
		l.read(stack(spans))
	}
	return l.out, l.tables
}

type layouter struct {
	ranks   []float64 // sizes of headings, largest first
	page    int
	out     []knowledge.Block
	header  []column  // of the table that may go on over the page's end
	last    []string  // its last row
	columns []float64 // where its lines stand, if it has any
	below   float64   // and ended
	fresh   bool      // nothing of this page was read yet
	tables  int
}

// read adds the boxes of one page.
func (l *layouter) read(boxes []box) {
	for i := 0; i < len(boxes); {
		if f := boxes[i].table; f != nil {
			l.ruled(f)
			i++
			continue
		}
		end := i
		for end < len(boxes) && boxes[end].table == nil {
			end++
		}
		if t, n := findTable(boxes[i:end]); n > 0 {
			l.table(t)
			i += n
			continue
		}
		l.prose(boxes[i])
		i++
	}
}

func (l *layouter) table(t table) {
	header, rows := t.header, t.rows
	if header == nil && len(l.header) == t.columns {
		header = l.header // the table goes on from the page before
	} else {
		l.tables++
	}
	l.header, l.columns, l.fresh = header, nil, false
	l.out = append(l.out, tableRows(header, rows, l.page)...)
}

// ruled reads a table by its lines. One that begins a page, or a column of text,
// goes on from the one before, if it has the columns of that and no header of its own; a cell that is
// empty there and merged down holds what stood above the page's end.
func (l *layouter) ruled(f *ruling) {
	g := f.grid
	if f.head > 0 && f.head < len(g.rows) {
		g.head = f.head
	}
	goesOn := (l.fresh || f.top < l.below) && l.header != nil && near(l.columns, f.x)
	parted := false
	if goesOn {
		g.header = l.header
		g.carry(l.last)
		parted = l.join(g)
	} else {
		l.tables++
	}
	blocks := g.blocks()
	for i := range blocks {
		blocks[i].Page = l.page
	}
	if parted {
		blocks[0].Page = l.page - 1 // where the row begins
	}
	l.fresh, l.header, l.columns, l.below = false, g.header, f.x, f.bottom
	l.last = texts(g.rows[len(g.rows)-1])
	l.out = append(l.out, blocks...)
}

// join makes one of a row that the page's end cuts: its rest has no first cell.
func (l *layouter) join(g *grid) bool {
	first := g.rows[0]
	if n := len(l.out); n == 0 || len(first) != len(l.last) || first[0].text != "" || len(l.out[n-1].Cells) == 0 || l.out[n-1].Cells[0].Value != oneLine(l.last[0]) || l.out[n-1].Page != l.page-1 {
		return false
	}
	l.out = l.out[:len(l.out)-1]
	for i := range first {
		switch {
		case first[i].text == "":
			first[i].text = l.last[i]
		case l.last[i] != "" && l.last[i] != first[i].text:
			first[i].text = l.last[i] + glue(l.last[i], first[i].text) + first[i].text
		}
	}
	return true
}

// near reports whether two tables have columns of the same widths.
func near(a, b []float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if math.Abs((a[i]-a[0])-(b[i]-b[0])) > 2*snap {
			return false
		}
	}
	return true
}

func (l *layouter) prose(b box) {
	l.fresh = false
	text := b.join()
	block := knowledge.Block{Text: text, Page: l.page}
	if level := l.level(b, text); level > 0 {
		block.Kind, block.Level, block.Text = knowledge.Heading, level, oneLine(text)
	} else if bullet.MatchString(text) {
		block.Kind = knowledge.Item
	} else if l.goesOn(text) {
		last := &l.out[len(l.out)-1]
		last.Text += glue(last.Text, text) + text
		return
	}
	l.header = nil
	l.out = append(l.out, block)
}

// goesOn reports whether text continues the paragraph that ended the page before.
func (l *layouter) goesOn(text string) bool {
	if len(l.out) == 0 {
		return false
	}
	last := l.out[len(l.out)-1]
	r, _ := utf8.DecodeLastRuneInString(last.Text)
	return last.Kind == knowledge.Paragraph && last.Page == l.page-1 && utf8.RuneCountInString(last.Text) > 20 &&
		!strings.ContainsRune("。.!！?？;；:：”\"）)", r) && !bullet.MatchString(text)
}

// level is the heading's level, 0 for text.
func (l *layouter) level(b box, text string) int {
	if utf8.RuneCountInString(text) > 80 {
		return 0
	}
	for i, size := range l.ranks {
		if b.size >= size-0.3 {
			return min(i+1, 8)
		}
	}
	r, _ := utf8.DecodeLastRuneInString(text)
	if b.bold && len(b.lines) == 1 && !strings.ContainsRune("。.;；，,:：", r) {
		return min(len(l.ranks)+1, 9)
	}
	return 0
}

// headingSizes are the sizes clearly above that of most of the text and used for
// little of it, largest first.
func headingSizes(pages [][]span) []float64 {
	used, total := sizes(pages)
	body := bodySize(used)
	var out []float64
	for size, n := range used {
		if size >= body*largeLetters && n*4 < total {
			out = append(out, size)
		}
	}
	slices.SortFunc(out, func(a, b float64) int { return cmp.Compare(b, a) })
	return out
}

// largeLetters is how much larger than the text a heading is.
const largeLetters = 1.15

// sizes counts the characters of each size, to half a point.
func sizes(pages [][]span) (used map[float64]int, total int) {
	used = map[float64]int{}
	for _, spans := range pages {
		for _, s := range spans {
			if s.table != nil {
				continue
			}
			n := utf8.RuneCountInString(s.text)
			used[math.Round(s.size*2)/2] += n
			total += n
		}
	}
	return used, total
}

// bodySize is the size of most of the text.
func bodySize(used map[float64]int) float64 {
	var body float64
	for size, n := range used {
		if n > used[body] || n == used[body] && size < body {
			body = size
		}
	}
	return body
}

var pageNumber = regexp.MustCompile(`^[-–—·\s]*(第\s*)?\d{1,4}(\s*页)?(\s*(/|of|共)\s*\d{1,4}(\s*页)?)?[-–—·\s]*$`)

// withoutMargins drops running heads, feet and page numbers: what stands at the
// same height of a third of the pages, at least three, with the same words but
// for digits, outside the middle of the page.
func withoutMargins(pages [][]span) ([][]span, knowledge.Omission) {
	type place struct {
		height int
		words  string
	}
	digits := regexp.MustCompile(`\d+`)
	key := func(s span) place {
		words := digits.ReplaceAllString(s.text, "#")
		return place{int(math.Round(s.top / 4)), words}
	}
	seen := map[place]int{}
	for _, spans := range pages {
		once := map[place]bool{}
		for _, s := range spans {
			if k := key(s); !once[k] {
				once[k] = true
				seen[k]++
			}
		}
	}
	used, _ := sizes(pages)
	large := bodySize(used) * largeLetters // a heading that begins each page, and no running head
	left := knowledge.Omission{Why: knowledge.Running}
	out := make([][]span, len(pages))
	for i, spans := range pages {
		top, bottom := extent(spans)
		for _, s := range spans {
			edge := s.table == nil && s.size < large && (s.top <= top+1 || s.bottom >= bottom-1)
			often := seen[key(s)] >= max(3, (len(pages)+2)/3)
			if edge && (often || pageNumber.MatchString(s.text) && len(pages) > 1 && alone(s, spans)) {
				left.Pieces++
				left.Characters += utf8.RuneCountInString(s.text)
				continue
			}
			out[i] = append(out[i], s)
		}
	}
	return out, left
}

// alone reports whether nothing else stands on the line of s.
func alone(s span, spans []span) bool {
	n := 0
	for _, o := range spans {
		if o.top < s.bottom && o.bottom > s.top {
			n++
		}
	}
	return n == 1
}

func extent(spans []span) (top, bottom float64) {
	if len(spans) == 0 {
		return 0, 0
	}
	top, bottom = spans[0].top, spans[0].bottom
	for _, s := range spans {
		top, bottom = min(top, s.top), max(bottom, s.bottom)
	}
	return top, bottom
}
