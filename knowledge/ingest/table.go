package ingest

import (
	"strings"

	"frontdesk/knowledge"
)

// tableRows makes a block of each row: "header: value; header: value". A cell
// without a header gives its value alone; empty cells are left out.
func tableRows(header []string, rows [][]string, page int) []knowledge.Block {
	var out []knowledge.Block
	for _, row := range rows {
		if text := rowText(header, row); text != "" {
			out = append(out, knowledge.Block{Kind: knowledge.Row, Text: text, Page: page})
		}
	}
	if len(out) == 0 { // a table of its header alone is a line of text
		if text := rowText(nil, header); text != "" {
			out = append(out, knowledge.Block{Kind: knowledge.Row, Text: text, Page: page})
		}
	}
	return out
}

func rowText(header, row []string) string {
	var cells []string
	for i, cell := range row {
		cell = oneLine(cell)
		if cell == "" {
			continue
		}
		if i < len(header) && oneLine(header[i]) != "" {
			cell = oneLine(header[i]) + ": " + cell
		}
		cells = append(cells, cell)
	}
	return strings.Join(cells, "; ")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
