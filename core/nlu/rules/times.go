package rules

import (
	"fmt"
	"strings"
)

const parts = `凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|今晚|夜里|半夜`

// times give hours and minutes of a day, "15:30".
func times() []rule {
	const end = `(?:半|一刻|三刻|整|钟|\d{1,2}分?|[一二三四五六七八九十]{1,3}分)?`
	return []rule{
		{Time, rx(`(?:` + parts + `)\s?(?:\d{1,2}|[一二两三四五六七八九十]{1,3})[点时]` + end), clockZh, true, fitting},
		{Time, rx(`(?i)\d{1,2}(?:[:.]\d{2})?\s?(?:[ap]\.?m\.?)`), clock, false, fitting},
		{Time, rx(`(?:` + parts + `)?\s?\d{1,2}:\d{2}(?::\d{2})?`), clock, false, fitting},
		{Time, rx(`\d{1,2}点` + end + `|(?:[二两三四五六七八九十]|十[一二])点(?:半|钟|整|一刻|三刻)`), clockZh, false, 0.8},
		{Time, rx(`(?i)\d{1,2} o'?clock|\bnoon\b|\bmidnight\b`), oclock, false, 0.8},
	}
}

func hm(h, min int, later bool) (string, bool) {
	if later && h < 12 {
		h += 12
	}
	return fmt.Sprintf("%02d:%02d", h, min), h < 25 && min < 60
}

// afternoon reports whether a part of the day named in s adds twelve hours.
func afternoon(s string, hour int) bool {
	for _, p := range []string{"下午", "傍晚", "晚上", "今晚", "pm", "p.m"} {
		if strings.Contains(s, p) {
			return true
		}
	}
	return strings.Contains(s, "中午") && hour < 3 || strings.Contains(s, "夜") && hour > 6
}

func clockZh(s string, _ moment) (string, bool) {
	s = strings.Replace(s, "时", "点", 1)
	head, tail, _ := strings.Cut(s, "点")
	for p := range strings.SplitSeq(parts, "|") {
		head = strings.TrimPrefix(head, p)
	}
	h, ok := number(head)
	if !ok {
		return "", false
	}
	min := 0
	switch tail = strings.TrimSuffix(tail, "分"); tail {
	case "", "整", "钟":
	case "半":
		min = 30
	case "一刻":
		min = 15
	case "三刻":
		min = 45
	default:
		if min, ok = number(tail); !ok {
			return "", false
		}
	}
	return hm(h, min, afternoon(s, h))
}

func clock(s string, _ moment) (string, bool) {
	low, n := strings.ToLower(s), runs(s)
	min := 0
	if len(n) > 1 {
		min = n[1]
	}
	if n[0] == 12 && strings.Contains(low, "a") && !strings.Contains(low, "p") {
		n[0] = 0
	}
	return hm(n[0], min, afternoon(low, n[0]))
}

func oclock(s string, _ moment) (string, bool) {
	switch low := strings.ToLower(s); {
	case strings.Contains(low, "noon"):
		return "12:00", true
	case strings.Contains(low, "midnight"):
		return "00:00", true
	}
	return hm(runs(s)[0], 0, false)
}
