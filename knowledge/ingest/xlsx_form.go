package ingest

import (
	"encoding/xml"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// sheetForm is what a sheet says beside its values.
type sheetForm struct {
	merged []rect
	hidden map[int]bool // columns, from 0
}

// rect is a merged cell; all from 0, ends included.
type rect struct{ top, left, bottom, right int }

// mostMerged bounds the merged cells of a sheet that are heeded.
const mostMerged = 20_000

// visible is row without the hidden columns.
func (f sheetForm) visible(row []place) []place {
	if len(f.hidden) == 0 {
		return row
	}
	var out []place
	for i, p := range row {
		if !f.hidden[i] {
			out = append(out, p)
		}
	}
	return out
}

// sheetForms reads the forms of a workbook's sheets by name. excelize would build
// a whole sheet in memory to say them; what cannot be read here is left out, the
// values are then taken as they stand.
func sheetForms(data []byte, lim Limits) map[string]sheetForm {
	out := map[string]sheetForm{}
	zipped, err := openParts(data, lim.Unzipped)
	if err != nil {
		return out
	}
	for name, file := range sheetFiles(zipped) {
		text, err := zipped.read(file)
		if err != nil {
			return out
		}
		form := sheetForm{hidden: map[int]bool{}}
		// What was found up to an error holds; the values tell of the error.
		_ = walkXML(text, func(e xml.StartElement) bool { form.take(e); return e.Name.Local != "row" }, func(string) {}, func(string) {})
		out[name] = form
	}
	return out
}

func (f *sheetForm) take(e xml.StartElement) {
	switch e.Name.Local {
	case "mergeCell":
		from, to, _ := strings.Cut(attr(e, "ref"), ":")
		left, top, err1 := excelize.CellNameToCoordinates(from)
		right, bottom, err2 := excelize.CellNameToCoordinates(to)
		if err1 == nil && err2 == nil && len(f.merged) < mostMerged {
			f.merged = append(f.merged, rect{top - 1, left - 1, bottom - 1, right - 1})
		}
	case "col":
		if v := attr(e, "hidden"); v == "1" || v == "true" {
			for i := number(attr(e, "min")) - 1; i < min(number(attr(e, "max")), mostColumns); i++ {
				f.hidden[i] = true
			}
		}
	}
}

// sheetFiles finds the parts of a workbook's sheets by the sheets' names.
func sheetFiles(zipped *parts) map[string]string {
	out := map[string]string{}
	targets := map[string]string{}
	rels, err := zipped.read("xl/_rels/workbook.xml.rels")
	if err != nil {
		return out
	}
	book, err := zipped.read("xl/workbook.xml")
	if err != nil {
		return out
	}
	_ = walkXML(rels, func(e xml.StartElement) bool {
		if e.Name.Local == "Relationship" {
			targets[attr(e, "Id")] = attr(e, "Target")
		}
		return true
	}, func(string) {}, func(string) {})
	_ = walkXML(book, func(e xml.StartElement) bool {
		if target := targets[relation(e)]; e.Name.Local == "sheet" && target != "" {
			file := path.Join("xl", target)
			if strings.HasPrefix(target, "/") {
				file = strings.TrimPrefix(target, "/")
			}
			out[attr(e, "name")] = file
		}
		return true
	}, func(string) {}, func(string) {})
	return out
}

// relation is the r:id of an element, which may have an id of its own.
func relation(e xml.StartElement) string {
	for _, a := range e.Attr {
		if a.Name.Local == "id" && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}
