package guard

import (
	"regexp"
	"strconv"
	"strings"
)

// value is a figure with its meaning, in a form in which two languages' ways to
// write it are equal: "money 99", "day 3", "off 20", "date 11-30".
type value struct {
	text     string // as written, for the reason
	norm     string
	from, to int
	past     bool // it tells how long ago something was, and promises nothing
}

const han = `[零〇一二两兩三四五六七八九十百千]`

var (
	money   = regexp.MustCompile(`(?i)(?:[¥￥$€£]|\b(?:rmb|cny|usd|hkd|us\$|hk\$|nt\$|eur|gbp)\s?)\s?(\d+(?:,\d{3})*(?:\.\d+)?)|(\d+(?:,\d{3})*(?:\.\d+)?|` + han + `+)\s?(?:元|块钱|块|圆|人民币|港币|美元|欧元|dollars?\b|yuan\b|bucks\b|euros?\b|pounds?\b|rmb\b|cny\b|usd\b)`)
	off     = regexp.MustCompile(`(?i)(\d+(?:\.\d+)?)\s?(?:%|percent\b|per cent\b)|百分之\s?(\d+|` + han + `+)`)
	zhe     = regexp.MustCompile(`(\d(?:\.\d)?|\d{2}|[一二三四五六七八九][一二三四五六七八九]?)\s?折`)
	half    = regexp.MustCompile(`(?i)\bhalf(?:[- ]price| off)\b|半价|對折|对折`)
	period  = regexp.MustCompile(`(?i)(\d+(?:\.\d+)?|` + han + `+|\b(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|fifteen|thirty|sixty|ninety)\b)(?:\s?(?:-|–|~|～|至|到|to|or|或)\s?(\d+|` + han + `+|\b(?:two|three|four|five|six|seven|eight|nine|ten)\b))?[\s-]?(?:个|個|full |calendar |consecutive )?(?:(工作日|(?:business|working)[\s-]days?\b)|(天|日|自然日|days?\b)|(小时|小時|钟头|hours?\b|hrs?\b)|(分钟|分鐘|minutes?\b|mins?\b)|(周|週|星期|礼拜|weeks?\b)|(月|months?\b)|(年|years?\b))(\s?(?:以?前|之前|ago\b|earlier\b|old\b|了))?`)
	date    = regexp.MustCompile(`(?i)(\d{1,2})\s?月\s?(\d{1,2})\s?[日号號]|\b(?:\d{4}[-/.])(\d{1,2})[-/.](\d{1,2})\b|\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s(\d{1,2})(?:st|nd|rd|th)?\b|\b(\d{1,2})(?:st|nd|rd|th)?\s(?:of\s)?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b`)
	dayword = regexp.MustCompile(`(?i)(明天|明日|\btomorrow\b)|(后天|後天|the day after tomorrow\b)|(今天|今日|今晚|\btoday\b|\btonight\b)|(?:周|週|星期|礼拜)([一二三四五六日天])|\b(?:by|on|before|this|next|until|till)\s(?:this |next )?(mon|tues|wednes|thurs|fri|satur|sun)day\b|(下周|下週|下个?星期|\bnext week\b)|(月底|\bend of (?:the|this) month\b)|(马上|馬上|立即|立刻|\bimmediately\b|\bright away\b|\binstantly\b)`)
)

var months = "janfebmaraprmayjunjulaugsepoctnovdec"

// values are the figures in text that could promise something.
func values(text string) []value {
	var out []value
	add := func(at []int, norm string, past bool) {
		for _, v := range out {
			if v.from < at[1] && at[0] < v.to {
				return
			}
		}
		out = append(out, value{text[at[0]:at[1]], norm, at[0], at[1], past})
	}
	each := func(re *regexp.Regexp, f func(at []int, g func(int) string)) {
		for _, at := range re.FindAllStringSubmatchIndex(text, 100) {
			f(at, func(i int) string {
				if at[2*i] < 0 {
					return ""
				}
				return text[at[2*i]:at[2*i+1]]
			})
		}
	}
	each(date, func(at []int, g func(int) string) {
		m, d := g(1)+g(3), g(2)+g(4)+g(6)+g(7)
		if name := strings.ToLower(g(5) + g(8)); name != "" {
			m = strconv.Itoa(strings.Index(months, name)/3 + 1)
		}
		add(at, "date "+plain(m)+"-"+plain(d), false)
	})
	each(money, func(at []int, g func(int) string) { add(at, "money "+plain(g(1)+g(2)), false) })
	each(zhe, func(at []int, g func(int) string) { add(at, "off "+left(g(1)), false) })
	each(half, func(at []int, _ func(int) string) { add(at, "off 50", false) })
	each(off, func(at []int, g func(int) string) { add(at, "off "+plain(g(1)+g(2)), false) })
	each(period, func(at []int, g func(int) string) {
		unit := ""
		for i, name := range []string{"workday", "day", "hour", "minute", "week", "month", "year"} {
			if g(3+i) != "" {
				unit = name
			}
		}
		n := plain(g(1))
		if g(2) != "" {
			n += "-" + plain(g(2))
		}
		add(at, unit+" "+n, g(10) != "")
	})
	each(dayword, func(at []int, g func(int) string) {
		for i, name := range []string{"tomorrow", "the day after", "today"} {
			if g(i+1) != "" {
				add(at, "when "+name, false)
				return
			}
		}
		switch {
		case g(4) != "":
			add(at, "when "+[]string{"mon", "tues", "wednes", "thurs", "fri", "satur", "sun", "sun"}[strings.Index("一二三四五六日天", g(4))/3], false)
		case g(5) != "":
			add(at, "when "+strings.ToLower(g(5)), false)
		case g(6) != "":
			add(at, "when next week", false)
		case g(7) != "":
			add(at, "when end of month", false)
		case g(8) != "":
			add(at, "when at once", false)
		}
	})
	return out
}

// left is the percentage taken off where "8折" says what is left.
func left(s string) string {
	f := ""
	for _, r := range s {
		if i := strings.IndexRune("零一二三四五六七八九", r); i >= 0 {
			f += strconv.Itoa(i / 3)
		} else if r != '.' {
			f += string(r)
		}
	}
	if len(f) == 1 {
		f += "0"
	}
	n, _ := strconv.Atoi(f) // figures only
	return strconv.Itoa(100 - n)
}

var words = map[string]int{"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
	"twelve": 12, "fourteen": 14, "fifteen": 15, "thirty": 30, "sixty": 60, "ninety": 90}

// plain is a number without commas and zeros that say nothing, from figures,
// Chinese numerals or English words.
func plain(s string) string {
	s = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), ",", "")
	if n, ok := words[s]; ok {
		return strconv.Itoa(n)
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	total, digit := 0, 0
	for _, r := range s {
		switch r {
		case '十', '百', '千':
			unit := map[rune]int{'十': 10, '百': 100, '千': 1000}[r]
			total += max(digit, 1) * unit
			digit = 0
		default:
			if i := strings.IndexRune("零一二三四五六七八九", r); i >= 0 {
				digit = i / 3
			} else if r == '两' || r == '兩' {
				digit = 2
			}
		}
	}
	return strconv.Itoa(total + digit)
}

// held reports whether have holds v. Units of time are turned into each other
// where they are the same for certain.
func held(v value, have map[string]bool) bool {
	if have[v.norm] {
		return true
	}
	unit, n, ok := strings.Cut(v.norm, " ")
	if !ok {
		return false
	}
	f, err := strconv.ParseFloat(n, 64)
	if err != nil {
		return false
	}
	as := func(u string, k float64) bool { return have[u+" "+strconv.FormatFloat(f*k, 'f', -1, 64)] }
	switch unit {
	case "day":
		return as("hour", 24) || as("week", 1./7)
	case "hour":
		return as("day", 1./24) || as("minute", 60)
	case "minute":
		return as("hour", 1./60)
	case "week":
		return as("day", 7)
	case "month":
		return as("year", 1./12)
	case "year":
		return as("month", 12)
	case "money":
		return have["bare "+n]
	}
	return false
}

var bareFigure = regexp.MustCompile(`\d+(?:,\d{3})*(?:\.\d+)?`)

// allValues are those of a supporting text, and its figures without a meaning:
// a table gives a price without its sign.
func allValues(text string) map[string]bool {
	have := map[string]bool{}
	for _, v := range values(text) {
		have[v.norm] = true
		if unit, n, _ := strings.Cut(v.norm, " "); strings.Contains(n, "-") && unit != "date" {
			a, b, _ := strings.Cut(n, "-") // of "3-5 days", "5 days" is said too
			have[unit+" "+a], have[unit+" "+b] = true, true
		}
	}
	for _, f := range bareFigure.FindAllString(text, -1) {
		have["bare "+plain(f)] = true
	}
	return have
}
