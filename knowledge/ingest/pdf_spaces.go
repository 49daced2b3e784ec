package ingest

import (
	"unicode"
	"unicode/utf8"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"
)

// Distances between letters in parts of their size: with less than closest no
// space need stand between them (digits of one width leave up to a quarter), and
// with more than farthest they may be of two columns.
const (
	closest  = 0.36
	farthest = 0.75
)

// spacing is the distance of the letters around each space, in parts of their
// size; spaces at a line's end have none.
func spacing(chars []*responses.GetPageTextStructuredChar) map[int]float64 {
	out := map[int]float64{}
	last := -1 // letter
	for i, c := range chars {
		if blank(c) {
			continue
		}
		if last >= 0 && last < i-1 {
			l, r := chars[last].PointPosition, c.PointPosition
			height := max(l.Top-l.Bottom, r.Top-r.Bottom, 6)
			if f := c.FontInformation; f != nil && f.RenderedSize > 0 {
				height = f.RenderedSize
			}
			if overlap := min(l.Top, r.Top) - max(l.Bottom, r.Bottom); overlap > 0 || punctuation(c.Text) {
				for k := last + 1; k < i; k++ {
					out[k] = (r.Left - l.Right) / height
				}
			}
		}
		last = i
	}
	return out
}

// guessedSpaces judges the spaces that pdfium puts where letters stand apart. It
// lists those to ignore, where it parted letters that belong together, as with
// some fonts all of a page; and those that part columns: wider than any space,
// and beside a Chinese character or a digit, where no space is stretched.
func guessedSpaces(inst pdfium.Pdfium, page references.FPDF_PAGE, chars []*responses.GetPageTextStructuredChar) (ignore, breaks map[int]bool, err error) {
	gaps := spacing(chars)
	ignore = parted(chars, gaps)
	breaks = map[int]bool{}
	loaded, err := inst.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: requests.Page{ByReference: &page}})
	if err != nil {
		return nil, nil, err
	}
	defer func() { _, _ = inst.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: loaded.TextPage}) }() // it was read
	for i, gap := range gaps {
		if gap < farthest || chars[i].Text != " " || !tight(chars, i) {
			continue
		}
		g, err := inst.FPDFText_IsGenerated(&requests.FPDFText_IsGenerated{TextPage: loaded.TextPage, Index: i})
		if err != nil {
			return nil, nil, err
		}
		breaks[i] = g.IsGenerated
	}
	return ignore, breaks, nil
}

// parted lists the narrow spaces between letters and digits if most of these have
// one between them: no language is written so.
func parted(chars []*responses.GetPageTextStructuredChar, gaps map[int]float64) map[int]bool {
	out := map[int]bool{}
	pairs := 0
	for i := 1; i < len(chars); i++ {
		switch {
		case i+1 < len(chars) && chars[i].Text == " " && alnum(chars[i-1]) && alnum(chars[i+1]) && gaps[i] < closest:
			pairs++
			out[i] = true
		case alnum(chars[i]) && alnum(chars[i-1]):
			pairs++
		}
	}
	if len(out)*10 < pairs*6 || len(out) < 5 {
		return nil
	}
	return out
}

func alnum(c *responses.GetPageTextStructuredChar) bool {
	r, n := utf8.DecodeRuneInString(c.Text)
	return n > 0 && n == len(c.Text) && !wide(r) && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// tight reports whether a letter beside the space i is never parted from its
// neighbours by a stretched space.
func tight(chars []*responses.GetPageTextStructuredChar, i int) bool {
	for _, k := range []int{i - 1, i + 1} {
		if k >= 0 && k < len(chars) {
			if r, _ := utf8.DecodeRuneInString(chars[k].Text); wide(r) || unicode.IsDigit(r) {
				return true
			}
		}
	}
	return false
}
