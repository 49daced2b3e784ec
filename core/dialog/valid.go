package dialog

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"frontdesk/core"
)

// Valid is what a value must be to fill a slot, beside what its entity says.
// The zero value lets everything pass.
type Valid struct {
	Pattern string // RE2 that the whole value must match
	// Min and Max bound a number, or a date: 2026-01-31, "today", "today+30",
	// "today-14" in days of the bot's time zone. "" is no bound.
	Min, Max string
	// MinLength and MaxLength bound the number of characters; 0 is no bound.
	MinLength, MaxLength int
}

var dayForm = regexp.MustCompile(`^today(?:([+-])([0-9]{1,4}))?$`)

// CheckValid names what is wrong with v, nil if nothing is.
func CheckValid(v Valid) error {
	if _, err := regexp.Compile(v.Pattern); err != nil {
		return core.Invalid("pattern: %v", err)
	}
	for _, b := range []string{v.Min, v.Max} {
		if _, ok := number(b); b != "" && !ok && !isDate(b) && !dayForm.MatchString(b) {
			return core.Invalid("%q is neither a number nor a date (2026-01-31, today, today+30)", b)
		}
	}
	if v.MinLength < 0 || v.MaxLength < 0 || v.MaxLength > 0 && v.MinLength > v.MaxLength {
		return core.Invalid("lengths must be from 0, the least no more than the most")
	}
	return nil
}

// passes reports whether value may fill a slot.
func (v Valid) passes(value string, today time.Time) bool {
	if v.Pattern != "" {
		re, err := regexp.Compile(`^(?:` + v.Pattern + `)$`)
		if err != nil || !re.MatchString(value) {
			return false
		}
	}
	n := utf8.RuneCountInString(value)
	if n < v.MinLength || v.MaxLength > 0 && n > v.MaxLength {
		return false
	}
	return v.bounded(value, v.Min, today, 1) && v.bounded(value, v.Max, today, -1)
}

// bounded reports whether value lies on the side of bound: from it on for 1, up
// to it for -1.
func (v Valid) bounded(value, bound string, today time.Time, side int) bool {
	if bound == "" {
		return true
	}
	if m := dayForm.FindStringSubmatch(bound); m != nil {
		days, _ := number(m[2]) // "" is 0
		if m[1] == "-" {
			days = -days
		}
		bound = today.AddDate(0, 0, int(days)).Format(time.DateOnly)
	}
	c, ok := compare(strings.TrimSpace(value), bound)
	return ok && c*side >= 0
}
