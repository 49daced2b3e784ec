package ingest

import (
	"encoding/csv"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// readCSV reads questions with answers if the header names such columns, else
// any table. A question may be several, one a line of its cell or parted by "|";
// a row without an answer adds its question to the answer above.
func readCSV(name, text string, lim Limits) (knowledge.Parsed, error) {
	rows, err := csvRows(name, text, lim)
	if err != nil || len(rows) == 0 {
		return knowledge.Parsed{}, err
	}
	out := knowledge.Parsed{MIME: "text/csv"}
	if q, a := columns(rows[0], isQuestion), columns(rows[0], isAnswer); len(q) > 0 && len(a) > 0 {
		out.Blocks, err = pairs(name, rows[1:], q, a[0])
		return out, err
	}
	out.Blocks = newGrid(rows).blocks()
	return out, nil
}

func csvRows(name, text string, lim Limits) ([][]string, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = separator(name, text)
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	r.TrimLeadingSpace = true
	var rows [][]string
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		} else if err != nil {
			return nil, core.Invalid("%s cannot be read as CSV (%v): check the quotes on that line", name, err)
		}
		if len(rows) > lim.Rows {
			return nil, core.Invalid("%s has more than %d rows: split it into several files", name, lim.Rows)
		}
		rows = append(rows, row)
	}
}

// separator is the commonest candidate of the first line.
func separator(name, text string) rune {
	if strings.EqualFold(filepath.Ext(name), ".tsv") {
		return '\t'
	}
	first, _, _ := strings.Cut(text, "\n")
	best := ','
	for _, c := range ";\t" {
		if strings.Count(first, string(c)) > strings.Count(first, string(best)) {
			best = c
		}
	}
	return best
}
