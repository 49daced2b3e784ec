package rules

import (
	"strconv"
	"strings"
	"time"
)

const (
	weekdaysEn = `(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?`
	monthsEn   = `(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)`
)

// dates give ISO 8601 days.
func dates() []rule {
	return []rule{
		{Date, rx(`\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?[日号]?|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}`), ymd, true, certain},
		{Date, rx(`\d{1,2}\s?月\s?\d{1,2}\s?[日号]?|[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}[日号]`), monthDay, true, fitting},
		{Date, rx(`大后天|大前天|今天|今日|明天|明日|后天|昨天|昨日|前天`), dayName, true, fitting},
		{Date, rx(`(?:上上|下下|上|下|这|本)个?(?:周|星期|礼拜)[一二三四五六日天]|(?:周|星期|礼拜)[一二三四五六日天]`), weekday, true, fitting},
		{Date, rx(`(?:\d{1,3}|` + numerals + `{1,3})天(?:之|以)?[前后]`), daysAway, true, fitting},
		{Date, rx(`(?i)(?:the )?day (?:after tomorrow|before yesterday)|today|tomorrow|yesterday`), dayNameEn, false, fitting},
		{Date, rx(`(?i)(?:next|last|this|on|coming) ` + weekdaysEn + `\b`), weekdayEn, false, fitting},
		{Date, rx(`(?i)` + monthsEn + `\.? \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?|\d{1,2}(?:st|nd|rd|th)?(?: of)? ` + monthsEn + `(?:,? \d{4})?`), monthNamed, false, fitting},
		{Date, rx(`(?i)(?:in )?\d{1,3} days? ago|in \d{1,3} days?`), daysAwayEn, false, fitting},
	}
}

func iso(t time.Time) (string, bool) { return t.Format(time.DateOnly), true }

// day is y-m-d if there is such a day.
func day(y, m, d int) (string, bool) {
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return t.Format(time.DateOnly), t.Day() == d && int(t.Month()) == m
}

// runs are the numbers of s in order.
func runs(s string) []int {
	var out []int
	for f := range strings.FieldsFuncSeq(s, func(r rune) bool { return r < '0' || r > '9' }) {
		n, _ := strconv.Atoi(f)
		out = append(out, n)
	}
	return out
}

func ymd(s string, _ moment) (string, bool) {
	n := runs(s)
	return day(n[0], n[1], n[2])
}

// monthDay is of this year: of next, if it is more than half a year ago, and
// of the last, if it is more than half a year ahead.
func monthDay(s string, m moment) (string, bool) {
	mon, rest, _ := strings.Cut(s, "月")
	a, ok := number(mon)
	b, ok2 := number(strings.TrimRight(rest, "日号 "))
	if !ok || !ok2 {
		return "", false
	}
	return near(a, b, m)
}

func near(month, d int, m moment) (string, bool) {
	y := m.now.Year()
	t := time.Date(y, time.Month(month), d, 0, 0, 0, 0, m.now.Location())
	switch away := t.Sub(m.now); {
	case away > 183*24*time.Hour:
		y--
	case away < -183*24*time.Hour:
		y++
	}
	return day(y, month, d)
}

var dayOffsets = map[string]int{"大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}

func dayName(s string, m moment) (string, bool) { return iso(m.now.AddDate(0, 0, dayOffsets[s])) }

func dayNameEn(s string, m moment) (string, bool) {
	n := map[string]int{"today": 0, "tomorrow": 1, "yesterday": -1}
	s = strings.TrimPrefix(strings.ToLower(s), "the ")
	switch s {
	case "day after tomorrow":
		return iso(m.now.AddDate(0, 0, 2))
	case "day before yesterday":
		return iso(m.now.AddDate(0, 0, -2))
	}
	return iso(m.now.AddDate(0, 0, n[s]))
}

// inWeek is the day of the week that is weeks away; weeks begin on Monday.
func inWeek(weeks, weekday int, m moment) (string, bool) {
	today := (int(m.now.Weekday()) + 6) % 7
	return iso(m.now.AddDate(0, 0, weekday-today+7*weeks))
}

func weekday(s string, m moment) (string, bool) {
	rs := []rune(s)
	wd := strings.IndexRune("一二三四五六", rs[len(rs)-1]) / len("一")
	if strings.HasSuffix(s, "日") || strings.HasSuffix(s, "天") {
		wd = 6
	}
	for _, p := range []struct {
		prefix string
		weeks  int
	}{{"上上", -2}, {"下下", 2}, {"上", -1}, {"下", 1}} {
		if strings.HasPrefix(s, p.prefix) {
			return inWeek(p.weeks, wd, m)
		}
	}
	return inWeek(0, wd, m)
}

// weekdayEn: "last" and "next" are of the neighbouring weeks, as in Chinese;
// "this", "on" and "coming" the first one from today on.
func weekdayEn(s string, m moment) (string, bool) {
	how, name, _ := strings.Cut(strings.ToLower(s), " ")
	wd := strings.Index("montuewedthufrisatsun", name[:3]) / 3
	switch how {
	case "last":
		return inWeek(-1, wd, m)
	case "next":
		return inWeek(1, wd, m)
	}
	today := (int(m.now.Weekday()) + 6) % 7
	return iso(m.now.AddDate(0, 0, (wd-today+7)%7))
}

func monthNamed(s string, m moment) (string, bool) {
	low := strings.ToLower(s)
	month := 0
	for i, name := range strings.Fields("jan feb mar apr may jun jul aug sep oct nov dec") {
		if strings.Contains(low, name) {
			month = i + 1
			break
		}
	}
	n := runs(s)
	if len(n) > 1 {
		return day(n[1], month, n[0])
	}
	return near(month, n[0], m)
}

func daysAway(s string, m moment) (string, bool) {
	head, tail, _ := strings.Cut(s, "天")
	n, ok := number(head)
	if strings.HasSuffix(tail, "前") {
		n = -n
	}
	v, _ := iso(m.now.AddDate(0, 0, n))
	return v, ok
}

func daysAwayEn(s string, m moment) (string, bool) {
	n := runs(s)[0]
	if strings.HasSuffix(strings.ToLower(s), "ago") {
		n = -n
	}
	return iso(m.now.AddDate(0, 0, n))
}
