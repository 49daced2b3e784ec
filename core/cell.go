package core

// Cell is one value of a table's row. A passage made of a row has its cells
// besides its text, so that a question about one of them gets just that one.
type Cell struct {
	// Group is what stands over several columns ("Size" over "Width" and
	// "Height"); mostly "".
	Group string `json:",omitempty"`
	// Column is what the header says of the value, without the unit; "" where the
	// table has no header.
	Column string `json:",omitempty"`
	// Unit is the header's, as written ("mm", "元"); "" if it names none. A unit
	// that stands with the value stays there.
	Unit string `json:",omitempty"`
	// Value is what is shown; never empty.
	Value string
	// Key marks the cells that tell the rows of a table apart: a model, a code, a
	// fault. Every row has one at least, and mostly just one.
	Key bool `json:",omitempty"`
}

// Quote is the value with its unit, unless it has one already.
func (c Cell) Quote() string {
	if c.Unit == "" || !endsInDigit(c.Value) {
		return c.Value
	}
	return c.Value + " " + c.Unit
}

func endsInDigit(s string) bool { return s != "" && s[len(s)-1] >= '0' && s[len(s)-1] <= '9' }
