package main

import (
	"fmt"
	"strings"

	"frontdesk/knowledge"
)

// readOf says what was read of a file and what was left out on purpose; "" if
// that needs no saying.
func readOf(c change) string {
	var left []string
	for _, o := range c.Left {
		if what, ok := leftOut[o.Why]; ok {
			left = append(left, fmt.Sprintf("%s (%d characters)", what, o.Characters))
		}
	}
	var out []string
	if c.Tables > 0 {
		out = append(out, fmt.Sprintf("%d tables found", c.Tables))
	}
	if len(left) > 0 {
		out = append(out, "left out: "+strings.Join(left, ", "))
	}
	return strings.Join(out, "; ")
}

// leftOut are the reasons for a person. What a reader does not see is a warning
// of its own.
var leftOut = map[knowledge.Reason]string{
	knowledge.Running: "running heads and feet", knowledge.Contents: "the table of contents",
	knowledge.Deleted: "what is marked as deleted", knowledge.Repeated: "repeated headers of tables",
}
