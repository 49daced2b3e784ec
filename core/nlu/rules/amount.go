package rules

import "strings"

const sum = `\d[\d,]*(?:\.\d+)?`

func amounts() []rule {
	return []rule{
		{Amount, rx(`(?i)(?:¥|€|£|US\$|HK\$|\$|RMB|CNY|USD|EUR|GBP|HKD)\s?` + sum + `(?:万|k\b)?`), amount, true, fitting},
		{Amount, rx(`(?i)` + sum + `\s?[万千]?(?:元|块钱|块|人民币|美元|美金|欧元|英镑|港币|港元|日元|(?:yuan|rmb|cny|usd|eur|gbp|hkd|dollars?|euros?|pounds?|bucks)\b)`), amount, true, fitting},
		{Amount, rx(numerals + `+(?:元|块钱|美元|美金|欧元)`), amount, true, fitting},
	}
}

// currencies are ISO 4217 codes by how they are written, longer ones first.
var currencies = []struct{ mark, code string }{
	{"hk$", "HKD"}, {"us$", "USD"}, {"港", "HKD"}, {"hkd", "HKD"}, {"日元", "JPY"}, {"美", "USD"}, {"usd", "USD"}, {"dollar", "USD"}, {"buck", "USD"}, {"$", "USD"},
	{"€", "EUR"}, {"欧", "EUR"}, {"eur", "EUR"}, {"£", "GBP"}, {"英镑", "GBP"}, {"gbp", "GBP"}, {"pound", "GBP"},
}

// amount is "1280.50 CNY": the number as written, and the currency; renminbi
// where none is named.
func amount(s string, _ moment) (string, bool) {
	low, code := strings.ToLower(s), "CNY"
	for _, c := range currencies {
		if strings.Contains(low, c.mark) {
			code = c.code
			break
		}
	}
	d, ok := decimal(s)
	if !ok {
		n, isNumber := number(strings.TrimRight(s, "元块钱美金欧"))
		return itoa(n) + " " + code, isNumber
	}
	switch {
	case strings.Contains(s, "万"):
		d = shift(d, 4)
	case strings.Contains(s, "千"), strings.HasSuffix(low, "k"):
		d = shift(d, 3)
	}
	return d + " " + code, true
}

// shift multiplies a decimal by ten to the power of n.
func shift(d string, n int) string {
	whole, part, _ := strings.Cut(d, ".")
	part += strings.Repeat("0", n)
	whole, part = whole+part[:n], strings.TrimRight(part[n:], "0")
	whole = strings.TrimLeft(whole, "0")
	if part == "" {
		return whole
	}
	return whole + "." + part
}
