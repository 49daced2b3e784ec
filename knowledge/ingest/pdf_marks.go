package ingest

import (
	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// area is a rectangle on a page; down is positive, in points.
type area struct{ left, top, right, bottom float64 }

func (a area) width() float64  { return a.right - a.left }
func (a area) height() float64 { return a.bottom - a.top }

// holds reports whether the middle of b lies in a.
func (a area) holds(b area) bool {
	x, y := (b.left+b.right)/2, (b.top+b.bottom)/2
	return x >= a.left && x <= a.right && y >= a.top && y <= a.bottom
}

// marks is what is drawn on a page beside its letters.
type marks struct {
	across, down []area // lines
	dark         []area // filled with a colour on which white can be read
	pictures     []area
	white        []area // of letters that are nearly white or see-through
	invisible    []area // of letters that are not drawn, as behind a scan
}

// Bounds of what is looked at: a drawing has many strokes and no table.
const (
	mostObjects  = 20_000 // on a page
	mostSegments = 64     // of a path
	thin         = 3.0    // points: a line is no wider
)

// pageMarks reads what is drawn. A page of too many objects has no marks.
func pageMarks(inst pdfium.Pdfium, page requests.Page, budget *int) (marks, error) {
	var m marks
	count, err := inst.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: page})
	if err != nil {
		return m, err
	}
	if *budget -= count.Count; count.Count > mostObjects || *budget < 0 {
		return m, nil
	}
	for i := range count.Count {
		o, err := inst.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: page, Index: i})
		if err != nil {
			return m, err
		}
		if err := m.take(inst, o.PageObject); err != nil {
			return m, err
		}
	}
	return m, nil
}

func (m *marks) take(inst pdfium.Pdfium, o references.FPDF_PAGEOBJECT) error {
	kind, err := inst.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: o})
	if err != nil {
		return err
	}
	veiled := false
	if kind.Type == enums.FPDF_PAGEOBJ_TEXT {
		mode, err := inst.FPDFTextObj_GetTextRenderMode(&requests.FPDFTextObj_GetTextRenderMode{PageObject: o})
		veiled = err == nil && mode.TextRenderMode == enums.FPDF_TEXTRENDERMODE_INVISIBLE
		if !veiled && light(inst, o) <= 0.93 {
			return nil // seen, as most are: where it stands its letters say
		}
	}
	b, err := inst.FPDFPageObj_GetBounds(&requests.FPDFPageObj_GetBounds{PageObject: o})
	if err != nil {
		return nil // an object of no extent
	}
	a := area{float64(b.Left), -float64(b.Top), float64(b.Right), -float64(b.Bottom)}
	switch kind.Type {
	case enums.FPDF_PAGEOBJ_PATH:
		m.path(inst, o, a)
	case enums.FPDF_PAGEOBJ_IMAGE, enums.FPDF_PAGEOBJ_SHADING, enums.FPDF_PAGEOBJ_FORM:
		m.pictures = append(m.pictures, a)
	case enums.FPDF_PAGEOBJ_TEXT:
		if veiled {
			m.invisible = append(m.invisible, a)
		} else {
			m.white = append(m.white, a)
		}
	}
	return nil
}

// light is the lightness of an object's filling, 1 if it can be seen through.
func light(inst pdfium.Pdfium, o references.FPDF_PAGEOBJECT) float64 {
	c, err := inst.FPDFPageObj_GetFillColor(&requests.FPDFPageObj_GetFillColor{PageObject: o})
	if err != nil {
		return 0
	}
	if c.FillColor.A < 16 {
		return 1
	}
	return (0.299*float64(c.FillColor.R) + 0.587*float64(c.FillColor.G) + 0.114*float64(c.FillColor.B)) / 255
}

// path keeps lines and filled areas.
func (m *marks) path(inst pdfium.Pdfium, o references.FPDF_PAGEOBJECT, a area) {
	mode, err := inst.FPDFPath_GetDrawMode(&requests.FPDFPath_GetDrawMode{PageObject: o})
	if err != nil || mode.FillMode == enums.FPDF_FILLMODE_NONE && !mode.Stroke {
		return
	}
	switch {
	case a.height() <= thin && a.width() > 2*a.height():
		m.across = append(m.across, a)
		return
	case a.width() <= thin && a.height() > 2*a.width():
		m.down = append(m.down, a)
		return
	case mode.FillMode != enums.FPDF_FILLMODE_NONE && light(inst, o) < 0.8:
		m.dark = append(m.dark, a)
	}
	if mode.Stroke { // what is only filled is a ground, mostly of less than a cell
		m.edges(inst, o)
	}
}

// edges keeps the straight edges of a path: those of a box, or of many lines
// drawn as one.
func (m *marks) edges(inst pdfium.Pdfium, o references.FPDF_PAGEOBJECT) {
	n, err := inst.FPDFPath_CountSegments(&requests.FPDFPath_CountSegments{PageObject: o})
	if err != nil || n.Count > mostSegments {
		return
	}
	mat, err := inst.FPDFPageObj_GetMatrix(&requests.FPDFPageObj_GetMatrix{PageObject: o})
	if err != nil {
		return
	}
	var at, first [2]float64
	for i := range n.Count {
		seg, err := inst.FPDFPath_GetPathSegment(&requests.FPDFPath_GetPathSegment{PageObject: o, Index: i})
		if err != nil {
			return
		}
		kind, err1 := inst.FPDFPathSegment_GetType(&requests.FPDFPathSegment_GetType{PathSegment: seg.PathSegment})
		p, err2 := inst.FPDFPathSegment_GetPoint(&requests.FPDFPathSegment_GetPoint{PathSegment: seg.PathSegment})
		ends, err3 := inst.FPDFPathSegment_GetClose(&requests.FPDFPathSegment_GetClose{PathSegment: seg.PathSegment})
		if err1 != nil || err2 != nil || err3 != nil || kind.Type == enums.FPDF_SEGMENT_BEZIERTO {
			return
		}
		f := mat.Matrix
		to := [2]float64{float64(f.A*p.X + f.C*p.Y + f.E), -float64(f.B*p.X + f.D*p.Y + f.F)}
		if kind.Type == enums.FPDF_SEGMENT_MOVETO {
			first = to
		} else {
			m.edge(at, to)
		}
		if at = to; ends.IsClose {
			m.edge(at, first)
		}
	}
}

func (m *marks) edge(from, to [2]float64) {
	a := area{min(from[0], to[0]), min(from[1], to[1]), max(from[0], to[0]), max(from[1], to[1])}
	switch {
	case a.height() <= 0.5 && a.width() > thin:
		m.across = append(m.across, a)
	case a.width() <= 0.5 && a.height() > thin:
		m.down = append(m.down, a)
	}
}

// unseen lists where letters stand that nobody sees: not drawn and not behind a
// picture, or white with nothing dark or drawn below them.
func (m *marks) unseen() []area {
	var out []area
	for _, a := range m.invisible {
		if !within(a, m.pictures) {
			out = append(out, a)
		}
	}
	for _, a := range m.white {
		if !within(a, m.pictures) && !within(a, m.dark) {
			out = append(out, a)
		}
	}
	return out
}

func within(a area, of []area) bool {
	for _, b := range of {
		if b.holds(a) {
			return true
		}
	}
	return false
}

// pictured is the share of a page of this size that pictures take, at most 1.
func (m *marks) pictured(width, height float64) float64 {
	var sum float64
	for _, p := range m.pictures {
		sum += min(p.width(), width) * min(p.height(), height)
	}
	return min(1, sum/max(1, width*height))
}
