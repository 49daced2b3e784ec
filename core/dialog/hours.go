package dialog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"frontdesk/core"
)

// hours are a part of the week: days, and minutes of the day from until to; to
// may be past midnight, and is then smaller than from.
type hours struct {
	word     string // "open" or "closed": the house's own hours
	days     [7]bool
	from, to int
}

var dayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// readHours reads "open", "closed", "09:00-18:00", "mon-fri 09:00-18:00",
// "sat,sun".
func readHours(s string) (hours, error) {
	bad := core.Invalid("%q is no time: write open, closed, 09:00-18:00, mon-fri 09:00-18:00 or sat,sun", s)
	if s == "open" || s == "closed" {
		return hours{word: s}, nil
	}
	h := hours{to: 24 * 60}
	fields := strings.Fields(strings.ToLower(s))
	if len(fields) == 0 || len(fields) > 2 {
		return h, bad
	}
	if days := fields[0]; days[0] >= 'a' && days[0] <= 'z' {
		if !h.readDays(days) {
			return h, bad
		}
		fields = fields[1:]
	} else {
		h.days = [7]bool{true, true, true, true, true, true, true}
	}
	switch len(fields) {
	case 0:
		return h, nil
	case 1:
		var a, b, c, d int
		n, err := fmt.Sscanf(fields[0]+"\n", "%2d:%2d-%2d:%2d\n", &a, &b, &c, &d)
		h.from, h.to = a*60+b, c*60+d
		if err == nil && n == 4 && clock(a, b) && clock(c, d) && h.from != h.to {
			return h, nil
		}
	}
	return h, bad
}

func clock(hour, minute int) bool {
	return hour >= 0 && minute >= 0 && (hour < 24 && minute < 60 || hour == 24 && minute == 0)
}

func (h *hours) readDays(s string) bool {
	for part := range strings.SplitSeq(s, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		a, b := slices.Index(dayNames, first), slices.Index(dayNames, last)
		if a < 0 || b < 0 {
			return false
		}
		for d := a; ; d = (d + 1) % 7 {
			h.days[d] = true
			if d == b {
				break
			}
		}
	}
	return true
}

// at reports whether t, in its own zone, lies in h. What runs past midnight
// belongs to the day it began on.
func (h hours) at(t time.Time) bool {
	day, m := int(t.Weekday()), t.Hour()*60+t.Minute()
	if h.from < h.to {
		return h.days[day] && m >= h.from && m < h.to
	}
	return h.days[day] && m >= h.from || h.days[(day+6)%7] && m < h.to
}

// within reports whether it is now the time v.
func (s *Script) within(t *core.Turn, v string) bool {
	h, err := readHours(v)
	if err != nil {
		return false
	}
	if h.word != "" {
		return (s.Open == nil || s.Open(t.Now())) == (h.word == "open")
	}
	return h.at(t.Now().In(location(t)))
}

// Week is the hours of a house: parts of the week as in a Condition, without the
// days that are holidays, "2026-10-01" or "2026-10-01/2026-10-07", in loc.
func Week(times, holidays []string, loc *time.Location) (open func(at time.Time) bool, err error) {
	var week []hours
	for _, s := range times {
		h, err := readHours(s)
		if err != nil || h.word != "" {
			return nil, core.Invalid("hours: %q is no time: write mon-fri 09:00-18:00, 09:00-18:00 or sat,sun", s)
		}
		week = append(week, h)
	}
	for _, s := range holidays {
		first, last := span(s)
		a, err1 := time.Parse(time.DateOnly, first)
		b, err2 := time.Parse(time.DateOnly, last)
		if err1 != nil || err2 != nil || b.Before(a) {
			return nil, core.Invalid("holidays: %q is no day: write 2026-10-01, or 2026-10-01/2026-10-07", s)
		}
	}
	return func(at time.Time) bool {
		at = at.In(loc)
		day := at.Format(time.DateOnly)
		for _, s := range holidays {
			if first, last := span(s); day >= first && day <= last {
				return false
			}
		}
		return slices.ContainsFunc(week, func(h hours) bool { return h.at(at) })
	}, nil
}

// span is the first and last day of a holiday.
func span(s string) (first, last string) {
	first, last, ok := strings.Cut(s, "/")
	if !ok {
		last = first
	}
	return first, last
}
