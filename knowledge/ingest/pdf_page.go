package ingest

import (
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
}

// pageSpans reads characters, not pdfium's rectangles: those repeat characters
// that reach over an edge.
func pageSpans(inst pdfium.Pdfium, doc references.FPDF_DOCUMENT, index int) ([]span, error) {
	text, err := inst.GetPageTextStructured(&requests.GetPageTextStructured{
		Page: requests.Page{ByIndex: &requests.PageByIndex{Document: doc, Index: index}},
		Mode: requests.GetPageTextStructuredModeChars, CollectFontInformation: true,
	})
	if err != nil {
		return nil, err
	}
	var out []span
	var b spanBuilder
	for _, c := range text.Chars {
		if b.breaks(c) {
			out = b.end(out)
		}
		b.add(c)
	}
	return b.end(out), nil
}

// spanBuilder joins characters that stand beside each other.
type spanBuilder struct {
	span
	text strings.Builder
	open bool
}

// breaks reports whether c begins a new span: on another line, or further off
// than a wide space.
func (b *spanBuilder) breaks(c *responses.GetPageTextStructuredChar) bool {
	if c.Text == "\n" || c.Text == "\r" {
		return true
	}
	if !b.open || blank(c) {
		return false
	}
	top, bottom := -c.PointPosition.Top, -c.PointPosition.Bottom
	overlap := min(bottom, b.bottom) - max(top, b.top)
	if overlap < 0.3*min(bottom-top, b.bottom-b.top) && !punctuation(c.Text) {
		return true
	}
	gap := c.PointPosition.Left - b.right
	return gap > 1.2*max(b.size, 6) || gap < -b.size*0.7
}

func (b *spanBuilder) add(c *responses.GetPageTextStructuredChar) {
	if c.Text == "\n" || c.Text == "\r" || c.Text == "" || c.Text == "\x02" || c.Text == "\ufffe" {
		return // \x02 and U+FFFE stand for a hyphen at a line's end
	}
	if blank(c) {
		if b.open {
			b.text.WriteByte(' ')
		}
		return
	}
	p := c.PointPosition
	at := span{left: p.Left, right: p.Right, top: -p.Top, bottom: -p.Bottom}
	if f := c.FontInformation; f != nil {
		at.size, at.bold = f.RenderedSize, f.Weight >= 600
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
	b.text.WriteString(c.Text)
}

func (b *spanBuilder) end(out []span) []span {
	s := b.span
	s.text = oneLine(b.text.String())
	*b = spanBuilder{}
	if s.text == "" {
		return out
	}
	return append(out, s)
}

func blank(c *responses.GetPageTextStructuredChar) bool {
	return strings.TrimSpace(c.Text) == ""
}

func punctuation(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return strings.ContainsRune("，。、；：,.;:'\"“”‘’-–—·…_", r)
}
