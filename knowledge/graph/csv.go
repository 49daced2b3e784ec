package graph

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"frontdesk/core"
)

// columns are those of a file of facts; unit and source may be left out.
var columns = []string{"entity", "attribute", "unit", "value", "source"}

// ReadCSV reads facts from a table with the columns entity, attribute, unit,
// value and source, in any order; unit and source may be missing. An error names
// the line and what to do.
func ReadCSV(r io.Reader) ([]Fact, error) {
	c := csv.NewReader(r)
	c.TrimLeadingSpace = true
	head, err := c.Read()
	if err != nil {
		return nil, core.Invalid("facts: the first line must name the columns %s: %v", strings.Join(columns, ", "), err)
	}
	at := make([]int, len(columns))
	for i, name := range columns {
		at[i] = slices.IndexFunc(head, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), name) })
		if at[i] < 0 && name != "unit" && name != "source" {
			return nil, core.Invalid("facts: column %s is missing in the first line", name)
		}
	}
	var out []Fact
	for {
		rec, err := c.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, core.Invalid("facts: %v", err)
		}
		cell := func(i int) string {
			if at[i] < 0 {
				return ""
			}
			return strings.TrimSpace(rec[at[i]])
		}
		f := Fact{Entity: cell(0), Attribute: cell(1), Unit: cell(2), Value: cell(3), Passage: core.Passage{Doc: cell(4)}}
		if f.Entity == "" || f.Attribute == "" || f.Value == "" {
			line, _ := c.FieldPos(0)
			return nil, core.Invalid("facts, line %d: entity, attribute and value must be filled in", line)
		}
		f.Passage.Text = f.Entity + ": " + f.Attribute + " " + f.Quote()
		out = append(out, f)
	}
}

// WriteCSV writes facts as ReadCSV reads them.
func WriteCSV(w io.Writer, facts []Fact) error {
	c := csv.NewWriter(w)
	rows := [][]string{columns}
	for _, f := range facts {
		rows = append(rows, []string{f.Entity, f.Attribute, f.Unit, f.Value, f.Passage.Doc})
	}
	if err := c.WriteAll(rows); err != nil {
		return fmt.Errorf("write facts: %w", err)
	}
	return nil
}
