package ingest

import (
	"bytes"
	"errors"
	"strings"

	"github.com/xuri/excelize/v2"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// readXLSX reads every visible sheet: its name is a heading, its first row with
// two or more cells the header of the rows below. Text above it is kept as text.
func readXLSX(name string, data []byte, lim Limits) (knowledge.Parsed, error) {
	out := knowledge.Parsed{MIME: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: lim.Unzipped, UnzipXMLSizeLimit: lim.Unzipped})
	if err != nil {
		return out, xlsxError(name, err)
	}
	defer func() { _ = f.Close() }()
	left := lim.Rows
	for _, sheet := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(sheet); err != nil || !visible {
			continue
		}
		grid, err := sheetRows(f, sheet, &left)
		if err != nil {
			return out, xlsxError(name, err)
		}
		if len(grid) == 0 {
			continue
		}
		out.Blocks = append(out.Blocks, knowledge.Block{Kind: knowledge.Heading, Level: 1, Text: sheet})
		out.Blocks = append(out.Blocks, sheetBlocks(grid)...)
	}
	return out, nil
}

var errRows = errors.New("too many rows")

func sheetRows(f *excelize.File, sheet string, left *int) ([][]string, error) {
	rows, err := f.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var grid [][]string
	for rows.Next() {
		cells, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		if rows.GetRowOpts().Hidden || strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		if *left--; *left < 0 {
			return nil, errRows
		}
		grid = append(grid, cells)
	}
	return grid, rows.Error()
}

func sheetBlocks(grid [][]string) []knowledge.Block {
	var out []knowledge.Block
	for len(grid) > 0 && filled(grid[0]) < 2 {
		out = append(out, knowledge.Block{Text: rowText(grid[0])})
		grid = grid[1:]
	}
	if len(grid) == 0 {
		return out
	}
	if q, a := columns(grid[0], isQuestion), columns(grid[0], isAnswer); len(q) > 0 && len(a) > 0 {
		if faq, err := pairs("", grid[1:], q, a[0]); err == nil {
			return append(out, faq...)
		}
	}
	return append(out, tableRows(columnsNamed(grid[0]), grid[1:], 0)...)
}

func filled(row []string) int {
	n := 0
	for _, c := range row {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
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
