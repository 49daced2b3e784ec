package dialog

import (
	"errors"
	"fmt"
	"strings"

	"frontdesk/core"
)

// Mistake is one thing wrong with a script, and where: whoever read the script
// from files knows the line of Path. It is a core.InputError to errors.As.
type Mistake struct {
	Path Path
	Msg  string
}

// Path is a place in a script. What is not meant is empty: a rule has no Step.
type Path struct {
	Flow, Rule, Intent, Text string // names; one of them
	Step                     string // its id, or number from 1
	Field                    string // as files call it: "text", "when", …
}

// Error implements error.
func (m *Mistake) Error() string { return m.Path.String() + ": " + m.Msg }

// Unwrap makes m an input error.
func (m *Mistake) Unwrap() error { return core.Invalid("%s", m.Error()) }

// String is how errors name the place.
func (p Path) String() string {
	var parts []string
	for _, x := range []struct{ word, name string }{{"flow", p.Flow}, {"rule", p.Rule}, {"intent", p.Intent}, {"text", p.Text}, {"step", p.Step}} {
		if x.name != "" {
			parts = append(parts, fmt.Sprintf("%s %q", x.word, x.name))
		}
	}
	if p.Field != "" {
		parts = append(parts, p.Field)
	}
	return strings.Join(parts, ", ")
}

// Mistakes are all that is wrong with a script.
type Mistakes []error

// Error lists them, a line each.
func (ms Mistakes) Error() string { return errors.Join(ms...).Error() }

// Unwrap gives them to errors.As.
func (ms Mistakes) Unwrap() []error { return ms }

// Err is ms as an error, nil if it is empty.
func (ms Mistakes) Err() error {
	if len(ms) == 0 {
		return nil
	}
	return ms
}
