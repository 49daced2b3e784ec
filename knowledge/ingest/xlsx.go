package ingest

import (
	"bytes"
	"errors"
	"strings"

	"github.com/xuri/excelize/v2"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// readXLSX reads every visible sheet as shown: its name is a heading, rows and
// columns that are hidden are left out, merged cells hold for every place they
// cover, and empty rows part its tables.
func readXLSX(name string, data []byte, lim Limits) (knowledge.Parsed, error) {
	out := knowledge.Parsed{MIME: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: lim.Unzipped, UnzipXMLSizeLimit: lim.Unzipped})
	if err != nil {
		return out, xlsxError(name, err)
	}
	defer func() { _ = f.Close() }()
	forms := sheetForms(data, lim)
	left := lim.Rows
	for _, sheet := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(sheet); err != nil || !visible {
			continue
		}
		rows, err := sheetRows(f, sheet, &left)
		if err != nil {
			return out, xlsxError(name, err)
		}
		if len(rows) == 0 {
			continue
		}
		out.Blocks = append(out.Blocks, knowledge.Block{Kind: knowledge.Heading, Level: 1, Text: sheet})
		out.Blocks = append(out.Blocks, sheetBlocks(rows, forms[sheet])...)
	}
	return out, nil
}

var errRows = errors.New("too many rows")

// sheetRow is a row that holds something.
type sheetRow struct {
	number int  // from 0
	after  bool // an empty row stands before it
	cells  []string
}

func sheetRows(f *excelize.File, sheet string, left *int) ([]sheetRow, error) {
	rows, err := f.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []sheetRow
	after := false
	for n := 0; rows.Next(); n++ {
		cells, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		if rows.GetRowOpts().Hidden {
			continue
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			after = true
			continue
		}
		if *left--; *left < 0 {
			return nil, errRows
		}
		out = append(out, sheetRow{n, after, cells})
		after = false
	}
	return out, rows.Error()
}

// sheetBlocks reads the tables of a sheet, each up to an empty row. One without a
// header of its own goes on from the one above it.
func sheetBlocks(rows []sheetRow, form sheetForm) []knowledge.Block {
	var out []knowledge.Block
	var header []column
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && !rows[n].after {
			n++
		}
		g := sheetGrid(rows[:n], form)
		g.header = header
		out = append(out, g.blocks()...)
		header = g.header
		rows = rows[n:]
	}
	return out
}

func sheetGrid(rows []sheetRow, form sheetForm) *grid {
	text := make([][]string, len(rows))
	at := make(map[int]int, len(rows)) // index by row number
	for i, r := range rows {
		text[i], at[r.number] = r.cells, i
	}
	g := newGrid(text)
	for _, m := range form.merged {
		top, bottom := -1, -1
		for y := m.top; y <= m.bottom && y-m.top <= len(rows); y++ {
			if i, ok := at[y]; ok {
				if top < 0 {
					top = i
				}
				bottom = i
			}
		}
		if _, ok := at[m.top]; ok && top >= 0 {
			g.merge(top, m.left, bottom, min(m.right, mostColumns))
		}
	}
	for i, r := range g.rows {
		g.rows[i] = form.visible(r)
	}
	return g
}

func xlsxError(name string, err error) error {
	switch {
	case errors.Is(err, errRows):
		return core.Invalid("%s has too many rows: split it into several files", name)
	case errors.Is(err, excelize.ErrWorkbookFileFormat), errors.Is(err, excelize.ErrWorkbookPassword):
		return core.Invalid("%s is damaged or protected by a password: save it again as XLSX without one", name)
	case strings.Contains(err.Error(), "unzip size exceeds"):
		return core.Invalid("%s unpacks to more than is allowed: remove pictures or split it", name)
	}
	return core.Invalid("%s is damaged (%v): open it, save it again as XLSX and try once more", name, err)
}
