package rules

import (
	"strconv"
	"strings"
)

var hanDigits = map[rune]int{'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}

var hanUnits = map[rune]int{'十': 10, '百': 100, '千': 1000, '万': 10000}

// number reads "12", "1,280" or "二十三"; ok is false if s is none.
func number(s string) (int, bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), ",", "")
	if n, err := strconv.Atoi(s); err == nil {
		return n, true
	}
	total, section, digit := 0, 0, -1
	for _, r := range s {
		if d, ok := hanDigits[r]; ok {
			if digit > 0 && section == 0 && total == 0 { // read digit by digit: 二零二六
				d += digit * 10
			}
			digit = d
			continue
		}
		u, ok := hanUnits[r]
		if !ok {
			return 0, false
		}
		if digit < 0 {
			digit = 1
		}
		if u == 10000 {
			total, section = (total+section+max(digit, 0))*u, 0
		} else {
			section += digit * u
		}
		digit = 0
	}
	return total + section + max(digit, 0), s != ""
}

// decimal reads the digits of s with at most one point.
func decimal(s string) (string, bool) {
	var b strings.Builder
	for _, r := range s {
		if r >= '0' && r <= '9' || r == '.' {
			b.WriteRune(r)
		}
	}
	if _, err := strconv.ParseFloat(b.String(), 64); err != nil {
		return "", false
	}
	return b.String(), true
}
