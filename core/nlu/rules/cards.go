package rules

import "strings"

// The names of rules for cards and cars.
const (
	BankCard = "bank_card"
	Plate    = "plate" // of a car in mainland China
)

// cards are payment cards where the text speaks of one or writes it in fours: a
// bare number of that length is more often an order's, and one in ten of those
// passes the check.
func cards() []rule {
	return []rule{
		{BankCard, rx(`(?i)(?:银行卡|信用卡|储蓄卡|借记卡|卡号|card)(?:号码?|number|no\.?)?(?:[是为:#]|\s|is|number|no\.?)*(\d{4}(?:[ -]?\d{4}){2}[ -]?\d{3,4}(?:[ -]?\d{1,3})?)`), bankCard, false, certain},
		{BankCard, rx(`\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}(?:[ -]\d{1,3})?`), bankCard, false, certain},
		{Plate, rx(`(?i)[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·. ]?[A-HJ-NP-Z0-9]{4}(?:[A-HJ-NP-Z0-9]{1,2}|[挂学警港澳])`), plate, false, fitting},
	}
}

// bankCard checks the last digit (ISO/IEC 7812-1, Luhn).
func bankCard(s string, _ moment) (string, bool) {
	d, sum := digits(s), 0
	for i := range len(d) {
		n := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return d, len(d) >= 15 && len(d) <= 19 && sum%10 == 0
}

// plate is a number plate (GA 36-2018) without the dot, letters in capitals. It
// has a digit: what looks like one otherwise is a word.
func plate(s string, _ moment) (string, bool) {
	s = strings.ToUpper(strings.NewReplacer("·", "", ".", "", " ", "").Replace(s))
	return s, strings.ContainsAny(s, "0123456789")
}
