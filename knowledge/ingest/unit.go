package ingest

import (
	"regexp"
	"strings"
	"unicode"
)

// unitWord is one unit of measure or money, as headers write them.
var unitWord = regexp.MustCompile(`(?i)^(` + strings.Join([]string{
	`[nµμumcdk]?m[²³23]?|in(ch(es)?)?|ft|yd|mi|km/h|mph|英寸|寸|毫米|厘米|分米|米|千米|公里|平方米|平米|立方米|㎡|m\^[23]|sq\.? ?(m|ft)`,
	`[µμm]?g|kg|t|lbs?|oz|克|千克|公斤|斤|吨|毫克|两`,
	`[µμmcd]?l|litres?|liters?|gal|fl\.? ?oz|cc|毫升|升|公升`,
	`[mkg]?w|[mk]?wh|[mk]?v|m?a|[mk]?ah|va|aw|hp|匹|瓦|千瓦|度|伏|安|毫安|毫安时|瓦时|千瓦时|Ω|[kM]?ohm`,
	`[kmg]?hz|rpm|r/min|转|转/分|赫兹|db(\(a\))?|分贝|lm|lx|cd|流明|勒克斯|nit|dpi|ppi|fps`,
	`°|°c|°f|℃|℉|k|度|摄氏度|pa|[kmh]pa|bar|psi|mbar|帕|千帕|兆帕|n|nm|n·m|kn|j|kj|kcal|cal|千卡|大卡|btu`,
	`%|‰|ppm|ppb|pct|percent|百分比|wt%|vol%`,
	`ms|s|sec|secs|seconds?|min|mins|minutes?|h|hr|hrs|hours?|d|days?|wk|weeks?|mo\.?|months?|yr\.?|yrs|years?|秒|秒钟|分|分钟|小时|时|天|日|周|月|个月|年|工作日|working days|business days`,
	`元|万元|亿元|角|分|人民币|rmb|cny|usd|eur|gbp|jpy|hkd|yuan|cents?|dollars?|euros?|pounds?|¥|￥|\$|€|£|us\$|hk\$|港元|美元|欧元|日元`,
	`[kmgt]i?b|[kmg]?bps|[kmg]bit/s|px|像素`,
	`pcs?\.?|pieces?|ea\.?|each|sets?|pairs?|boxes|packs?|units?|件|个|只|台|套|盒|包|箱|张|份|次|人|位|名|片|粒|支|瓶|袋|条|本|组|户|间|晚|层|课时|节|颗|枚|times?|x|people|persons?|nights?|calls?|doses?|tablets?|mg/dl|mmol/l`,
}, "|") + `)$`)

// bracketed is a name and what stands in brackets behind it; the brackets may
// hold brackets, as in "(dB(A))".
var bracketed = regexp.MustCompile(`^(.*?)\s*(?:\(((?:[^()]|\([^()]*\))*)\)|（([^（）]*)）|\[([^\[\]]*)\]|【([^【】]*)】)$`)

// splitUnit parts a header like "Weight (kg)", "价格（元）", "Width, mm" or "L/min"
// into its name and its unit, which is "" where it names none.
func splitUnit(header string) (name, unit string) {
	header = oneLine(header)
	if !strings.ContainsFunc(header, unicode.IsLetter) {
		return header, ""
	}
	if m := bracketed.FindStringSubmatch(header); m != nil && m[1] != "" {
		in := strings.TrimSpace(m[2] + m[3] + m[4] + m[5])
		in = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(in, "单位："), "单位:"))
		if isUnit(in) {
			return m[1], in
		}
		return header, ""
	}
	for _, sep := range []string{", ", "，", "/", " in ", " "} {
		if i := strings.LastIndex(header, sep); i > 0 {
			tail := header[i+len(sep):]
			if sep == " " && !telling(tail) {
				continue
			}
			if isUnit(tail) && strings.ContainsFunc(header[:i], unicode.IsLetter) {
				return strings.TrimSpace(header[:i]), tail
			}
		}
	}
	return header, ""
}

// isUnit reports whether s is a unit: one, several parted by a stroke or dot
// ("kWh/24h", "元/月"), or the same one in two languages ("月 mo.").
func isUnit(s string) bool {
	if s == "" || len(s) > 32 {
		return false
	}
	if unitWord.MatchString(s) {
		return true
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '·' || r == ' ' || r == '每' || r == '／' })
	for _, p := range parts {
		p = strings.TrimLeft(p, "0123456789") // of "24h"
		if p == "" || !unitWord.MatchString(p) {
			return false
		}
	}
	return len(parts) > 0
}

// telling reports whether a word that only a space parts from a header's name is
// a unit for sure: "Weight kg" has one, "Delivery time" and "Model A" do not.
func telling(s string) bool {
	switch strings.ToLower(s) {
	case "mm", "cm", "kg", "kw", "kwh", "wh", "mah", "ml", "hz", "khz", "mhz", "ghz", "db", "db(a)", "℃", "°c", "°f", "%", "rpm", "mpa", "kpa", "bar", "psi", "lm", "lx", "nm", "m²", "m³", "m³/h", "㎡", "usd", "eur", "gbp", "cny", "rmb", "mb", "gb", "tb", "mbps":
		return true
	}
	return false
}
