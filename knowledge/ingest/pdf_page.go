package ingest

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"
)

// span is a piece of one line, where it stands on its page. Down is positive,
// in points.
type span struct {
	text                     string
	left, right, top, bottom float64
	size                     float64
	bold                     bool
	table                    *ruling // that stands here, instead of text
	cuts                     []cut   // where it may be two
}

// pageText is what a page says.
type pageText struct {
	spans  []span
	unread bool // its text is in pictures, as far as one can tell
	hidden int  // characters that nobody sees, left out
	pieces int
}

// readPage reads characters, not pdfium's rectangles: those repeat characters
// that reach over an edge. budget is how many objects may still be looked at.
func readPage(inst pdfium.Pdfium, doc references.FPDF_DOCUMENT, index int, budget *int) (pageText, error) {
	var out pageText
	loaded, err := inst.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: doc, Index: index})
	if err != nil {
		return out, err
	}
	defer func() { _, _ = inst.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: loaded.Page}) }() // it was read
	page := requests.Page{ByReference: &loaded.Page}
	drawn, err := pageMarks(inst, page, budget)
	if err != nil {
		return out, err
	}
	text, err := inst.GetPageTextStructured(&requests.GetPageTextStructured{Page: page, Mode: requests.GetPageTextStructuredModeChars, CollectFontInformation: true})
	if err != nil {
		return out, err
	}
	ignore, breaks, err := guessedSpaces(inst, loaded.Page, text.Chars)
	if err != nil {
		return out, err
	}
	out.collect(text.Chars, ignore, breaks, drawn)
	out.spans = align(takeRuled(out.spans, rulings(drawn)))
	width, err1 := inst.FPDF_GetPageWidth(&requests.FPDF_GetPageWidth{Page: page})
	height, err2 := inst.FPDF_GetPageHeight(&requests.FPDF_GetPageHeight{Page: page})
	if err1 == nil && err2 == nil {
		out.unread = drawn.pictured(width.Width, height.Height) > mostPictured && size(out.spans) < hardlyAny
	}
	return out, nil
}

// A page has its text in pictures if these take more than mostPictured of it, and
// there are fewer than hardlyAny characters of text.
const (
	mostPictured = 0.4
	hardlyAny    = 60
)

func size(spans []span) int {
	n := 0
	for _, s := range spans {
		n += utf8.RuneCountInString(s.text)
		if s.table != nil {
			n += hardlyAny
		}
	}
	return n
}

// collect joins characters that are seen into spans.
func (t *pageText) collect(chars []*responses.GetPageTextStructuredChar, ignore, breaks map[int]bool, drawn marks) {
	unseen := drawn.unseen()
	b := spanBuilder{walls: drawn.down}
	gone := false
	for i, c := range chars {
		p := c.PointPosition
		at := area{p.Left, -p.Top, p.Right, -p.Bottom}
		if !blank(c) && (within(at, unseen) || c.FontInformation != nil && speck(c.FontInformation)) {
			t.hidden++
			if !gone {
				t.pieces++
			}
			gone = true
			t.spans = b.end(t.spans)
			continue
		}
		if ignore[i] {
			continue
		}
		if breaks[i] {
			t.spans = b.end(t.spans)
			continue
		}
		gone = gone && blank(c)
		if b.breaks(c) {
			t.spans = b.end(t.spans)
		}
		b.add(c)
	}
	t.spans = b.end(t.spans)
}

// speck reports whether letters are too small to be read.
func speck(f *responses.FontInformation) bool {
	return f.RenderedSize > 0 && f.RenderedSize < 2
}

// spanBuilder joins characters that stand beside each other.
type spanBuilder struct {
	span
	text  strings.Builder
	open  bool
	ended bool   // pdfium says so; on some pages it says so of each letter
	walls []area // lines between columns
}

// breaks reports whether c begins a new span: on another line, or further off
// than a wide space.
func (b *spanBuilder) breaks(c *responses.GetPageTextStructuredChar) bool {
	if !b.open || blank(c) {
		return false
	}
	top, bottom := -c.PointPosition.Top, -c.PointPosition.Bottom
	overlap := min(bottom, b.bottom) - max(top, b.top)
	if overlap < 0.3*min(bottom-top, b.bottom-b.top) && !punctuation(c.Text) {
		return true
	}
	gap := c.PointPosition.Left - b.right
	if b.ended && (overlap <= 0 || gap > closest*max(b.size, 6) || gap < -closest*b.size) {
		return true
	}
	if gap > 0 && b.walled(c.PointPosition.Left, (top+bottom)/2) {
		return true
	}
	return gap > 1.2*max(b.size, 6) || gap < -b.size*0.7
}

// walled reports whether a line stands between the span and what begins at left.
func (b *spanBuilder) walled(left, y float64) bool {
	for _, w := range b.walls {
		if x := (w.left + w.right) / 2; x >= b.right-0.5 && x <= left+0.5 && w.top <= y && w.bottom >= y {
			return true
		}
	}
	return false
}

func (b *spanBuilder) add(c *responses.GetPageTextStructuredChar) {
	if c.Text == "\n" || c.Text == "\r" {
		b.ended = b.open
		return
	}
	if c.Text == "" || c.Text == "\x02" || c.Text == "\ufffe" {
		return // \x02 and U+FFFE stand for a hyphen at a line's end
	}
	if blank(c) {
		if text := b.text.String(); b.open && !strings.HasSuffix(text, " ") {
			b.text.WriteByte(' ')
		}
		return
	}
	if left := c.PointPosition.Left; b.open && left-b.right > wideSpace*b.size && strings.HasSuffix(b.text.String(), " ") {
		b.cuts = append(b.cuts, cut{b.text.Len(), b.right, left})
	}
	b.ended = false
	p := c.PointPosition
	at := span{left: p.Left, right: p.Right, top: -p.Top, bottom: -p.Bottom}
	if f := c.FontInformation; f != nil {
		at.size, at.bold = f.RenderedSize, f.Weight >= 600 || boldName.MatchString(f.Name)
		if at.size == 0 {
			at.size = f.Size
		}
	}
	if !b.open {
		b.span, b.open = at, true
	}
	b.left, b.right = min(b.left, at.left), max(b.right, at.right)
	b.top, b.bottom = min(b.top, at.top), max(b.bottom, at.bottom)
	b.size, b.bold = max(b.size, at.size), b.bold && at.bold
	b.text.WriteString(visible(c.Text))
}

// visible gives the bullets of symbol fonts as bullets.
func visible(s string) string {
	switch s {
	case "\uf0b7", "\uf0a7", "\uf0d8", "\uf076", "\uf0fc":
		return "•"
	}
	return s
}

func (b *spanBuilder) end(out []span) []span {
	s := b.span
	s.text = strings.TrimRight(b.text.String(), " ")
	*b = spanBuilder{walls: b.walls}
	if s.text == "" {
		return out
	}
	return append(out, s)
}

// boldName matches the names of bold fonts: not all say their weight.
var boldName = regexp.MustCompile(`(?i)bold|black|heavy`)

func blank(c *responses.GetPageTextStructuredChar) bool {
	return strings.TrimSpace(c.Text) == ""
}

func punctuation(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return strings.ContainsRune("，。、；：,.;:'\"“”‘’-–—·…_", r)
}
