package ingest

import (
	"encoding/xml"

	"frontdesk/knowledge"
)

// docxTable is a table under way. A table within a cell becomes lines of it.
type docxTable struct {
	grid
	row     []place
	cell    string
	span    int  // columns of the cell
	down    bool // the cell continues the one above
	inProps bool // within a row's properties
	dropped bool // the row was deleted
	named   bool // the row is marked as header
}

func (w *docxWalker) table() *docxTable {
	if len(w.tables) == 0 {
		return nil
	}
	return w.tables[len(w.tables)-1]
}

func (t *docxTable) write(text string) {
	if t.cell != "" {
		t.cell += "\n"
	}
	t.cell += text
}

func (w *docxWalker) tableStart(e xml.StartElement) {
	t := w.table()
	switch name := e.Name.Local; {
	case name == "tbl":
		w.flush()
		w.tables = append(w.tables, &docxTable{})
	case t == nil:
	case name == "tr":
		t.row, t.dropped, t.named = nil, false, false
	case name == "trPr":
		t.inProps = true
	case name == "tblHeader":
		t.named = on(e)
	case name == "gridBefore":
		for range min(max(0, number(attr(e, "val"))), 100) {
			t.row = append(t.row, place{})
		}
	case name == "tc":
		t.cell, t.span, t.down = "", 1, false
	case name == "gridSpan":
		t.span = min(max(1, number(attr(e, "val"))), 100)
	case name == "vMerge":
		t.down = attr(e, "val") != "restart"
	}
}

func (w *docxWalker) tableEnd(name string) {
	t := w.table()
	if t == nil {
		return
	}
	switch name {
	case "trPr":
		t.inProps = false
	case "tc":
		t.endCell()
	case "tr":
		t.endRow()
	case "tbl":
		w.tables = w.tables[:len(w.tables)-1]
		w.endTable(t)
	}
}

// endCell repeats a merged cell in every place it covers, so that each row says
// all that holds for it.
func (t *docxTable) endCell() {
	t.last++
	c := place{t.cell, t.last}
	if t.down && len(t.rows) > 0 {
		if above := t.rows[len(t.rows)-1]; len(t.row) < len(above) {
			c = above[len(t.row)]
		}
	}
	for range t.span {
		t.row = append(t.row, c)
	}
}

// endRow counts the rows marked as header as long as they lead the table.
func (t *docxTable) endRow() {
	if t.dropped || len(t.row) == 0 {
		return
	}
	if t.named && t.head == len(t.rows) {
		t.head++
	}
	t.rows = append(t.rows, t.row)
}

func (w *docxWalker) endTable(t *docxTable) {
	if len(t.rows) == 0 {
		return
	}
	if outer := w.table(); outer != nil {
		for _, row := range t.rows {
			outer.write(rowText(texts(once(row))))
		}
		return
	}
	if len(t.rows[0]) == 1 { // a frame, not a table
		for _, row := range t.rows {
			w.out = append(w.out, knowledge.Block{Text: row[0].text})
		}
		return
	}
	if t.head >= len(t.rows) {
		t.head = 0 // all of it is marked: that says nothing
	}
	w.found++
	w.out = append(w.out, t.blocks()...)
	w.endNotes()
}
