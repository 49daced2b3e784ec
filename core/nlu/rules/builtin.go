package rules

import (
	"strings"

	"frontdesk/core/pattern"
)

// The names of the built-in rules.
const (
	URL      = "url"
	Email    = "email"
	IDCard   = "id_card" // mainland resident identity card
	Phone    = "phone"
	Order    = "order_id"
	Tracking = "tracking_no"
	Date     = "date"
	Time     = "time"
	Amount   = "amount"
	Percent  = "percent"
	Quantity = "quantity"
	Address  = "address" // in mainland China
)

// Scores: a form that nothing else has, one that fits its context, and a guess
// good enough only when it was asked for.
const (
	certain = 0.98
	fitting = 0.9
	maybe   = 0.5
)

const numerals = `[一二两三四五六七八九十百千万零〇]`

func rx(s string) pattern.Expr { return pattern.MustOne(s) }

// builtin are the rules in their order.
func builtin() []rule {
	return slicesOf(
		[]rule{
			{URL, rx(`(?i)(?:https?://|www\.)[a-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*[a-z0-9/_~#&=%\-]`), same, true, certain},
			{Email, rx(`[A-Za-z0-9][A-Za-z0-9._%+\-]*@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}`), lower, true, certain},
			{IDCard, rx(`[1-9]\d{16}[\dXx]`), idCard, false, certain},
			{Order, rx(`(?i)(?:订单|order)(?:编号|号码?|number|num|no\.?|id|#)?(?:[是为:#]|\s|is|number|no\.?|id)*([a-z]{0,4}\d[a-z0-9\-]{4,23})`), upper, false, fitting},
			{Tracking, rx(`(?i)(?:快递|运单|物流|tracking)(?:单?号码?|编号|单|number|num|no\.?|id|#)*(?:[是为:#]|\s|is|number|no\.?)*([a-z]{0,4}\d[a-z0-9]{7,23})`), upper, false, fitting},
			{Tracking, rx(`(?i)1Z[0-9A-Z]{16}|(?:SF|YT|ZTO|STO|JT|JDV|JDX|YD|DPK|EMS)\d{10,15}|[A-Z]{2}\d{9}(?:CN|US|GB|DE|HK|SG|JP)`), upper, false, fitting},
		},
		cards(), phones(), dates(), times(), amounts(),
		[]rule{
			{Percent, rx(`\d+(?:\.\d+)?\s?(?:%|percent\b)|百分之` + numerals + `+(?:点` + numerals + `+)?|百分之\d+(?:\.\d+)?|(?:\d(?:\.\d)?|[一二三四五六七八九](?:点?[一二三四五六七八九])?)折`), percent, true, fitting},
			{Quantity, rx(`(?:\d+|` + numerals + `+)\s?(?:件|个|台|箱|盒|瓶|双|套|只|包|袋|条|张|本|份|部|支|期|罐|桶|把|斤|公斤)`), quantity, true, 0.8},
			{Quantity, rx(`(?i)(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|a dozen)\s(?:boxes|box|pieces|piece|pcs|items|item|units|unit|sets|set|pairs|pair|bottles|bottle|packs|pack|packages|bags|bag|copies|cartons|carton)`), quantity, false, 0.8},
			{Address, rx(`(?:` + provinces + `)(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)?(?:\p{Han}{1,8}?(?:市|自治州|地区|盟|州))?(?:\p{Han}{1,8}?(?:区|县|市|旗))?(?:\p{Han}{1,10}?(?:街道|镇|乡|村))?(?:\p{Han}{1,12}?(?:大道|大街|路|街|道|巷|胡同|弄))\s?\d*(?:号|弄)?(?:\p{Han}{0,8}\d+(?:号楼?|栋|幢|座|单元|室|层))*`), same, true, fitting},
			{Order, rx(`(?i)[A-Z]{1,4}-?\d{6,18}|\d{6,20}`), upper, false, maybe},
		})
}

func slicesOf(parts ...[]rule) []rule {
	var all []rule
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

const provinces = "北京|上海|天津|重庆|河北|山西|内蒙古|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|香港|澳门|台湾"

func same(s string, _ moment) (string, bool)  { return s, true }
func upper(s string, _ moment) (string, bool) { return strings.ToUpper(s), true }
func lower(s string, _ moment) (string, bool) { return strings.ToLower(s), true }

// idCard checks the last digit (GB 11643-1999, ISO 7064 mod 11-2).
func idCard(s string, _ moment) (string, bool) {
	sum := 0
	for i := range 17 {
		sum += int(s[i]-'0') * ((1 << (17 - i)) % 11)
	}
	s = strings.ToUpper(s)
	return s, s[17] == "10X98765432"[sum%11]
}

func percent(s string, _ moment) (string, bool) {
	if rest, ok := strings.CutSuffix(s, "折"); ok { // the price that is left
		rest = strings.ReplaceAll(rest, "点", "")
		digits := ""
		for _, r := range rest {
			if d, ok := hanDigits[r]; ok {
				digits += string(rune('0' + d))
			} else if r != '.' {
				digits += string(r)
			}
		}
		if len(digits) == 1 {
			digits += "0"
		}
		return digits + "%", true
	}
	if rest, ok := strings.CutPrefix(s, "百分之"); ok {
		if n, ok := number(rest); ok {
			return itoa(n) + "%", true
		}
	}
	d, ok := decimal(s)
	return d + "%", ok
}

var englishNumbers = map[string]int{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "a dozen": 12}

// quantity is the number alone. "一个" is an article more often than a count.
func quantity(s string, _ moment) (string, bool) {
	if s == "一个" {
		return "", false
	}
	low := strings.ToLower(s)
	for w, n := range englishNumbers {
		if strings.HasPrefix(low, w+" ") {
			return itoa(n), true
		}
	}
	n, ok := number(strings.TrimRightFunc(s, func(r rune) bool {
		_, digit := hanDigits[r]
		_, unit := hanUnits[r]
		return !digit && !unit && (r < '0' || r > '9')
	}))
	return itoa(n), ok
}
