package rules

import (
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

// phones are E.164 where the country is known. Forms: ITU-T E.123 and the
// Chinese numbering plan (mobile 1[3-9], area codes 0xx, service 400 and 800).
func phones() []rule {
	return []rule{
		{Phone, rx(`(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}`), mainland, false, certain},
		{Phone, rx(`\+\d{1,3}(?:[- .]?\(?\d{1,4}\)?){2,5}`), international, false, fitting},
		{Phone, rx(`(?:\(0\d{2,3}\)|0\d{2,3})[- ]?\d{7,8}(?:-\d{1,4})?`), landline, false, fitting},
		{Phone, rx(`[48]00[- ]?\d{3}[- ]?\d{4}`), mainland, false, fitting},
		{Phone, rx(`\(\d{3}\) ?\d{3}[- .]\d{4}|\d{3}[-.]\d{3}[-.]\d{4}`), american, false, fitting},
	}
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

func mainland(s string, _ moment) (string, bool) {
	d := digits(s)
	if len(d) > 11 {
		d = strings.TrimPrefix(d, "86")
	}
	return "+86" + d, true
}

func landline(s string, _ moment) (string, bool) {
	return "+86" + strings.TrimPrefix(digits(s), "0"), true
}

// international numbers have at most 15 digits (E.164), and here at least 8.
func international(s string, _ moment) (string, bool) {
	d := digits(s)
	return "+" + d, len(d) >= 8 && len(d) <= 15
}

func american(s string, _ moment) (string, bool) { return "+1" + digits(s), true }
