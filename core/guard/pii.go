package guard

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// The kinds of personal data; entity rules of these names count too.
const (
	Phone    = "phone"
	IDCard   = "id_card"
	BankCard = "bank_card"
	Email    = "email"
	Address  = "address"
)

// Kinds are all kinds of personal data.
func Kinds() []string { return []string{Phone, IDCard, BankCard, Email, Address} }

// form is a way to write personal data. The first group, if there is one, is
// the value; ok, if set, checks its figures.
type form struct {
	kind string
	re   *regexp.Regexp
	ok   func(string) bool
}

// forms are looked for in this order: a span that one took is not another's.
// They are wider than the rules that fill slots: a false find costs a
// placeholder that is put back, a miss is a number told to a stranger.
var forms = []form{
	{Email, regexp.MustCompile(`[A-Za-z0-9][A-Za-z0-9._%+\-]*\s?[@＠]\s?[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}`), nil},
	{IDCard, regexp.MustCompile(`[1-9]\d{5}[ -]?(?:18|19|20)\d{2}[ -]?(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?\d{3}[\dXx]`), idCard},
	{IDCard, regexp.MustCompile(`[1-6]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}`), old},
	{IDCard, regexp.MustCompile(`[A-Z]{1,2}\d{6}[(（][\dA][)）]`), nil}, // Hong Kong
	{IDCard, regexp.MustCompile(`[A-Z][12]\d{8}`), taiwanID},
	{BankCard, regexp.MustCompile(`[2-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,4}(?:[ -]?\d{1,3})?`), luhn},
	{BankCard, regexp.MustCompile(`3[47]\d{2}[ -]?\d{6}[ -]?\d{5}`), luhn},
	{Phone, regexp.MustCompile(`(?:\(?(?:\+|00)\s?(?:86|852|853|886)\)?[- ]?)1?\d{1,3}(?:[- ]?\d{2,4}){2,3}`), digitsFrom(8)},
	{Phone, regexp.MustCompile(`(?:86[- ]?)?1[3-9]\d[- .]?\d{4}[- .]?\d{4}`), nil},
	{Phone, regexp.MustCompile(`\+\d{1,3}(?:[- .]?\(?\d{1,4}\)?){2,5}`), digitsFrom(8)},
	{Phone, regexp.MustCompile(`09\d{2}[- ]?\d{3}[- ]?\d{3}`), nil}, // Taiwan, mobile
	{Phone, regexp.MustCompile(`(?:\(0\d{1,3}\)|0\d{1,3})[- ]?\d{3,4}[- ]?\d{4}`), digitsFrom(9)},
	{Phone, regexp.MustCompile(`[569]\d{3}[- ]\d{4}`), nil}, // Hong Kong, written in two groups
	{Phone, regexp.MustCompile(`(?i)(?:电话|電話|手机|手機|致电|致電|tel|phone|mobile|call|whatsapp)[^\d\n]{0,10}([2-9]\d{7})`), nil},
	{Phone, regexp.MustCompile(`\(?[2-9]\d{2}\)?[- .]\d{3}[- .]\d{4}`), nil}, // North America
	{Address, regexp.MustCompile(`(?:\p{Han}{2,7}(?:省|自治区))?(?:\p{Han}{2,6}(?:市|州))?(?:\p{Han}{1,6}(?:区|區|县|縣|旗))?(?:\p{Han}{1,8}(?:街道|镇|鎮|乡|鄉))?\p{Han}{1,10}(?:大道|大街|路|街|道|巷|胡同|弄|里|村)\s?(?:[\d一二三四五六七八九十]+段\s?)?\d+(?:-\d+)?\s?(?:号|號|弄)(?:[^\s,，。;；!?！？、]{0,4}\d+(?:号楼|號樓|栋|棟|幢|座|单元|單元|楼|樓|层|層|室|房)?){0,4}`), nil},
	{Address, regexp.MustCompile(`\p{Han}{2,12}(?:小区|花园|花園|苑|公寓|大厦|大廈|广场|村)\s?[\dA-Za-z]+\s?(?:号楼|號樓|栋|棟|幢|座|单元|單元|楼|樓|期|室)(?:\s?\d+\s?(?:单元|單元|层|層|楼|樓|室|房|号))*`), nil},
	{Address, regexp.MustCompile(`(?:(?i:apt|flat|unit|suite|room|rm)\.? ?[\dA-Z\-]{1,6},? )?\d{1,5}[A-Za-z]?,? (?:[A-Z][\p{L}'.]*\s){1,4}(?i:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|square|sq|way|terrace|close|highway|hwy|crescent|gardens)\b\.?(?:,? (?i:apt|flat|unit|suite|room|rm|#)\.? ?[\dA-Za-z\-]{1,6})?(?:,\s?[A-Z][a-z]\p{L}*(?: [A-Z][a-z]\p{L}*){0,2}){0,3}(?:,? [A-Z]{2}\b)?(?:,? (?:\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}))?`), nil},
	{Address, regexp.MustCompile(`(?i)\bP\.? ?O\.? ?Box \d{1,6}`), nil},
}

// mostFound bounds what is looked for in one text. Of one with more, nothing is
// shown at all.
const mostFound = 4000

// span is personal data in a text.
type span struct {
	kind     string
	from, to int
}

// Redactor finds personal data of some kinds. Safe for concurrent use.
type Redactor struct {
	find  Finder
	kinds []string
}

// NewRedactor hides kinds, as found by find and by the forms known here.
func NewRedactor(find Finder, kinds []string) *Redactor {
	return &Redactor{find: find, kinds: slices.Clone(kinds)}
}

// spans are what text holds, in order, apart from each other.
func (r *Redactor) spans(text string) []span {
	if len(r.kinds) == 0 || !might(text) {
		return nil
	}
	var out []span
	take := func(s span) {
		clash := func(o span) bool { return s.from < o.to && o.from < s.to }
		if len(out) < mostFound && slices.Contains(r.kinds, s.kind) && !slices.ContainsFunc(out, clash) {
			out = append(out, s)
		}
	}
	narrow := ascii(text)
	for _, f := range forms {
		if !slices.Contains(r.kinds, f.kind) {
			continue
		}
		for _, at := range f.re.FindAllStringSubmatchIndex(narrow.text, -1) {
			s := span{f.kind, at[0], at[1]}
			if len(at) > 2 && at[2] >= 0 {
				s.from, s.to = at[2], at[3]
			}
			if alone(narrow.text, s) && (f.ok == nil || f.ok(narrow.text[s.from:s.to])) {
				take(span{s.kind, narrow.at[s.from], narrow.at[s.to]})
			}
		}
	}
	if r.find != nil {
		for _, e := range r.find(text, time.Time{}) {
			take(span{e.Name, e.Start, e.End})
		}
	}
	if len(out) == mostFound {
		return []span{{out[0].kind, 0, len(text)}}
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	return out
}

// might is a cheap look: personal data has a figure or an at sign.
func might(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= '0' && r <= '9' || r == '@' || r == '＠' || r >= '０' && r <= '９' })
}

// wide is a text with figures of full width made narrow: at gives the byte each
// of text's comes from.
type wide struct {
	text string
	at   []int
}

func ascii(s string) wide {
	var b strings.Builder
	at := make([]int, 0, len(s)+1)
	for i, r := range s {
		if r >= '！' && r <= '～' {
			r -= 0xfee0
		}
		switch r {
		case '　', '\u00a0':
			r = ' '
		case '‐', '‑', '–', '—', '−':
			r = '-'
		}
		n := b.Len()
		b.WriteRune(r)
		for range b.Len() - n {
			at = append(at, i)
		}
	}
	return wide{b.String(), append(at, len(s))}
}

// alone reports whether s is no part of a longer number or word.
func alone(text string, s span) bool {
	word := func(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
	return !(s.from > 0 && word(text[s.from-1]) && word(text[s.from])) && !(s.to < len(text) && word(text[s.to]) && word(text[s.to-1]))
}

func figures(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

func digitsFrom(n int) func(string) bool {
	return func(s string) bool { d := len(figures(s)); return d >= n && d <= 15 }
}

// luhn checks the last figure of a payment card (ISO/IEC 7812-1) of 14 to 19.
func luhn(s string) bool {
	d, sum := figures(s), 0
	for i := range len(d) {
		n := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return len(d) >= 14 && len(d) <= 19 && sum%10 == 0
}

// idCard checks the last character (GB 11643-1999, ISO 7064 mod 11-2).
func idCard(s string) bool {
	s = strings.NewReplacer(" ", "", "-", "").Replace(strings.ToUpper(s))
	if len(s) != 18 {
		return false
	}
	sum := 0
	for i := range 17 {
		sum += int(s[i]-'0') * ((1 << (17 - i)) % 11)
	}
	return s[17] == "10X98765432"[sum%11]
}

// old is a card of 15 figures, which has no check: its province must exist.
func old(s string) bool {
	return slices.Contains(strings.Fields("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65"), s[:2])
}

// taiwanID checks the weighted sum of a national identity number.
func taiwanID(s string) bool {
	n := strings.IndexByte("ABCDEFGHJKLMNPQRSTUVXYWZIO", s[0]) + 10
	sum := n/10 + n%10*9
	for i := 1; i < 9; i++ {
		sum += int(s[i]-'0') * (9 - i)
	}
	return (sum+int(s[9]-'0'))%10 == 0
}

// Mask puts the kind's name in place of all personal data; there is no way back.
func (r *Redactor) Mask(text string) string {
	var b strings.Builder
	last := 0
	for _, s := range r.spans(text) {
		fmt.Fprintf(&b, "%s[%s]", text[last:s.from], s.kind)
		last = s.to
	}
	if last == 0 {
		return text
	}
	return b.String() + text[last:]
}

// Holds reports whether text holds personal data.
func (r *Redactor) Holds(text string) bool { return len(r.spans(text)) > 0 }
