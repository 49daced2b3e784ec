package ingest

import (
	"encoding/xml"
	"strconv"
	"strings"

	"frontdesk/knowledge"
)

// veil is what may keep a run of letters from being seen.
type veil struct {
	vanished, white, tiny, shaded bool
	shadedPara                    bool // the paragraph's ground is coloured
}

// take reads a property of a run, or of a paragraph.
func (v *veil) take(e xml.StartElement, paragraph bool) {
	value := strings.ToLower(attr(e, "val"))
	switch e.Name.Local {
	case "shd":
		fill := strings.ToLower(attr(e, "fill"))
		coloured := fill != "" && fill != "auto" && fill != "ffffff"
		if paragraph {
			v.shadedPara = coloured
		} else {
			v.shaded = coloured
		}
	case "highlight":
		v.shaded = v.shaded || value != "none" && value != "white"
	}
	if paragraph {
		return
	}
	switch e.Name.Local {
	case "vanish":
		v.vanished = on(e)
	case "color":
		light, known := lightness("#" + value)
		v.white = known && light > 0.96
	case "sz":
		n, err := strconv.Atoi(value)
		v.tiny = err == nil && n > 0 && n < 5 // half points
	}
}

// hides reports whether the letters are not seen. In a table the ground comes
// from its style as often as not, so white is no veil there.
func (v *veil) hides(table bool) bool {
	return v.vanished || v.tiny || v.white && !table && !v.shaded && !v.shadedPara
}

// readNotes collects the texts of footnotes and endnotes by kind and id.
func readNotes(zipped *parts) (map[string]string, error) {
	out := map[string]string{}
	for kind, name := range map[string]string{"foot": "word/footnotes.xml", "endn": "word/endnotes.xml"} {
		data, err := zipped.read(name)
		if err != nil {
			return out, err
		}
		var id string
		var text strings.Builder
		in := false
		err = walkXML(data, func(e xml.StartElement) bool {
			switch e.Name.Local {
			case "footnote", "endnote":
				id = kind + attr(e, "id")
				text.Reset()
				return attr(e, "type") == "" || attr(e, "type") == "normal"
			case "t":
				in = true
			case "p", "tab", "br":
				text.WriteByte(' ')
			case "del", "delText", "instrText":
				return false
			}
			return true
		}, func(name string) {
			switch name {
			case "t":
				in = false
			case "footnote", "endnote":
				out[id] = oneLine(text.String())
			}
		}, func(s string) {
			if in {
				text.WriteString(s)
			}
		})
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

func (w *docxWalker) note(id string) {
	if text := w.notes[id]; text != "" {
		w.noted = append(w.noted, text)
	}
}

// endNotes puts the notes of a paragraph or table behind it.
func (w *docxWalker) endNotes() {
	for _, text := range w.noted {
		w.out = append(w.out, knowledge.Block{Text: "* " + text})
	}
	w.noted = nil
}
