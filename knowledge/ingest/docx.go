package ingest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// readDOCX walks the document's XML. Text as a reader with all changes accepted
// sees it: insertions stay, deletions, hidden text, comments, headers and
// footers go.
func readDOCX(name string, data []byte, lim Limits) (knowledge.Parsed, error) {
	out, err := walkDOCX(data, lim)
	switch {
	case errors.Is(err, errBomb):
		return out, core.Invalid("%s unpacks to more than %d MB: remove pictures or split it", name, lim.Unzipped>>20)
	case err != nil:
		return out, core.Invalid("%s is damaged (%v): open it, save it again as DOCX and try once more", name, err)
	}
	return out, nil
}

func walkDOCX(data []byte, lim Limits) (knowledge.Parsed, error) {
	out := knowledge.Parsed{MIME: "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
	zipped, err := openParts(data, lim.Unzipped)
	if err != nil {
		return out, err
	}
	var part [3][]byte
	for i, name := range []string{"word/styles.xml", "word/numbering.xml", "word/document.xml"} {
		if part[i], err = zipped.read(name); err != nil {
			return out, err
		}
	}
	styles, err := readStyles(part[0])
	if err != nil {
		return out, fmt.Errorf("styles: %w", err)
	}
	numbers, err := readNumbering(part[1])
	if err != nil {
		return out, fmt.Errorf("numbering: %w", err)
	}
	notes, err := readNotes(zipped)
	if err != nil {
		return out, fmt.Errorf("notes: %w", err)
	}
	w := docxWalker{styles: styles, numbers: numbers, notes: notes}
	if err := walkXML(part[2], w.start, w.end, w.text); err != nil {
		return out, err
	}
	w.flush()
	out.Blocks, out.Tables = w.out, w.found
	out.Left = []knowledge.Omission{{Why: knowledge.Hidden, Pieces: w.veiled.runs, Characters: w.veiled.size}}
	return out, nil
}

// deepestXML is far beyond what Word writes.
const deepestXML = 500

// walkXML calls back for each element and text; start may return false to leave
// an element out, with all in it.
func walkXML(data []byte, start func(xml.StartElement) bool, end func(string), text func(string)) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	depth := 0
	for {
		tok, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			if depth != 0 {
				return io.ErrUnexpectedEOF
			}
			return nil
		} else if err != nil {
			return err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if depth++; depth > deepestXML {
				return fmt.Errorf("nested more than %d deep", deepestXML)
			}
			if !start(tok) {
				if err := skip(d); err != nil {
					return err
				}
				depth--
			}
		case xml.EndElement:
			depth--
			end(tok.Name.Local)
		case xml.CharData:
			text(string(tok))
		}
	}
}

// skip reads to the end of the element just begun.
func skip(d *xml.Decoder) error {
	for depth := 1; depth > 0; {
		tok, err := d.RawToken()
		if err != nil {
			return err
		}
		switch tok.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
	}
	return nil
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// on reads a switch of WordprocessingML: absent means on.
func on(e xml.StartElement) bool {
	v := attr(e, "val")
	return v != "0" && v != "false" && v != "none"
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// docxWalker collects blocks from word/document.xml.
type docxWalker struct {
	styles  map[string]style
	numbers *numbering
	out     []knowledge.Block

	para   para
	runs   strings.Builder // of the paragraph
	veil   veil            // what hides the run
	veiled struct{ runs, size int }
	notes  map[string]string // by kind and id
	noted  []string          // notes that the paragraph refers to
	found  int               // tables
	inText bool              // within w:t
	inRPr  int               // within a run's properties
	inPPr  int               // within a paragraph's
	tables []*docxTable      // open ones, outermost first
	outer  []frame           // paragraphs that a text box interrupts
}

// frame is a paragraph that waits for a text box within it to end.
type frame struct {
	para para
	runs string
}

// para is what a paragraph's properties say.
type para struct {
	level  int // of heading; 0 for none
	list   bool
	num    int // its list, -1 for none
	ilvl   int
	merged bool // its end was deleted: the next paragraph continues it
}

func (w *docxWalker) start(e xml.StartElement) bool {
	switch e.Name.Local {
	case "del", "moveFrom":
		if w.inPPr > 0 {
			w.para.merged = true
		} else if t := w.table(); t != nil && t.inProps {
			t.dropped = true
		}
		return false
	case "instrText", "delText", "delInstrText", "Fallback", "pPrChange", "rPrChange", "sectPr", "tblPrChange", "commentReference", "rt":
		return false
	case "footnoteReference", "endnoteReference":
		w.note(e.Name.Local[:4] + attr(e, "id"))
		return false
	case "p":
		if !w.para.merged {
			w.para = para{num: -1}
		}
		w.para.merged = false
		w.veil.shadedPara = false
	case "pPr":
		w.inPPr++
	case "rPr":
		w.inRPr++
	case "r":
		w.veil = veil{shadedPara: w.veil.shadedPara}
	case "t":
		w.inText = true
	case "txbxContent":
		w.outer = append(w.outer, frame{w.para, w.runs.String()})
		w.runs.Reset()
		w.para = para{num: -1}
	default:
		w.property(e)
	}
	return true
}

func (w *docxWalker) property(e xml.StartElement) {
	switch e.Name.Local {
	case "pStyle":
		s := w.styles[attr(e, "val")]
		w.para.level, w.para.num, w.para.ilvl = s.level, s.num, s.ilvl
	case "outlineLvl":
		if n := number(attr(e, "val")); n >= 0 && n < 9 {
			w.para.level = n + 2 // 1 is the title's
		}
	case "numId":
		w.para.num = number(attr(e, "val"))
	case "ilvl":
		w.para.ilvl = max(0, number(attr(e, "val")))
	case "vanish", "color", "sz", "shd", "highlight":
		w.veil.take(e, w.inPPr > 0)
	case "tab":
		if w.inPPr == 0 {
			w.write(" ")
		}
	case "br", "cr":
		w.write("\n")
	case "noBreakHyphen":
		w.write("-")
	default:
		w.tableStart(e)
	}
}

func (w *docxWalker) end(name string) {
	switch name {
	case "t":
		w.inText = false
	case "rPr":
		w.inRPr--
	case "pPr":
		w.inPPr--
	case "p":
		if !w.para.merged {
			w.flush()
		}
	case "txbxContent":
		w.flush()
		if n := len(w.outer); n > 0 {
			w.para = w.outer[n-1].para
			w.runs.WriteString(w.outer[n-1].runs)
			w.outer = w.outer[:n-1]
		}
	default:
		w.tableEnd(name)
	}
}

func (w *docxWalker) text(s string) {
	if w.inText {
		w.write(s)
	}
}

func (w *docxWalker) write(s string) {
	if w.veil.hides(w.table() != nil) {
		if n := utf8.RuneCountInString(strings.TrimSpace(s)); n > 0 {
			w.veiled.runs++
			w.veiled.size += n
		}
		return
	}
	w.runs.WriteString(s)
}

// flush ends the paragraph under way.
func (w *docxWalker) flush() {
	text := strings.TrimSpace(w.runs.String())
	w.runs.Reset()
	if text == "" {
		return
	}
	if t := w.table(); t != nil {
		t.write(text)
		return
	}
	b := knowledge.Block{Text: text}
	if label := w.numbers.next(w.para.num, w.para.ilvl); label != "" {
		b.Kind, b.Text = knowledge.Item, label+" "+text
	}
	if w.para.level > 0 {
		b.Kind, b.Level = knowledge.Heading, w.para.level
	}
	w.out = append(w.out, b)
	w.endNotes()
}
