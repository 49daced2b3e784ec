package guard

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// kind is something a business can be held to, and the words for it in both
// languages: they make a claim in an answer, and support one in a passage.
type kind struct {
	name string
	re   *regexp.Regexp
}

var kinds = []kind{
	{"refund", regexp.MustCompile(`(?i)退款|退[还還]|退回|退钱|退錢|全额退|全額退|返还|\brefund|\bmoney back\b|\breimburs|\bpay (?:it |you )?back\b|\bcredited? (?:back|to)\b|\bchargeback`)},
	{"compensation", regexp.MustCompile(`(?i)赔|賠|补偿|補償|补差|補差|返现|返現|红包|\bcompensat|\bgoodwill\b|\bpay for (?:the|your) (?:damage|loss)`)},
	{"replacement", regexp.MustCompile(`(?i)换新|換新|换货|換貨|更换|更換|换一|換一|补发|補發|补寄|重发|重新发货|以换代修|\breplac|\bexchange\b|\bsend (?:you )?(?:a |another )new\b|\bre-?ship|\bresen[dt]\b`)},
	{"shipping", regexp.MustCompile(`(?i)发货|發貨|寄出|发出|出库|送达|送達|送到|到货|到貨|配送|派送|已寄|\bship(?:s|ped|ping|ment)?\b|\bdispatch|\bdeliver|\barriv|\bon its way\b|\bsent out\b`)},
	{"free of charge", regexp.MustCompile(`(?i)免费|免費|免运费|免運費|包邮|包郵|包退|包换|不收(?:取)?(?:任何)?费|零元|0\s?元|运费(?:由|我|全)|无需付|無需付|赠送|贈送|送您|送你|\bfree\b|\bno (?:extra )?(?:charge|cost|fee)|\bcomplimentary\b|\bon us\b|\bon the house\b|\bwaiv|\bat our (?:cost|expense)\b|\bwe (?:will )?(?:pay|cover|bear)\b|\bgift\b`)},
	{"discount", regexp.MustCompile(`(?i)折扣|打折|\d折|[一二三四五六七八九]折|半价|优惠|優惠|减免|減免|立减|代金券|优惠券|抵扣|降价|保价|價保|价保|差价|\bdiscount|\b\d+\s?% off\b|\bhalf[- ]price\b|\bcoupon|\bvoucher|\bpromo(?:tion)?(?:al)? code|\bprice (?:match|protect|adjust|drop)|\bcheaper\b|\bspecial (?:price|offer)`)},
	{"cancellation", regexp.MustCompile(`(?i)取消|撤销|撤銷|\bcancel`)},
	{"warranty", regexp.MustCompile(`(?i)保修|质保|質保|保固|延保|\bwarrant|\bguarantee(?:d)? (?:for|period)|\brepair`)},
}

// deed is a way to say that something was, is being, or will be done for this
// customer, or to give them the word of the business.
type deed struct {
	re *regexp.Regexp
	// future is a promise that a policy may bear out, where a condition ties it to
	// one: "once we have it, you will get your refund within 5 days".
	future bool
	// idle says that it may be about nothing but service, see there.
	idle bool
}

var deeds = []deed{
	{regexp.MustCompile(`(?:我们|我們|我|系统|系統|本店|客服|同事)?(?:已经?|已經|刚刚|刚才|这就|現在|现在就|马上就|立刻就|立即)(?:全部|成功|帮忙|重新|优先|加急)?(?:为|為|帮|幫|给|給|替)(?:您|你)`), false, true},
	{regexp.MustCompile(`(?:您|你)的?[^，。,！!？?；;]{0,14}(?:已经?|已經|刚刚)(?:[^的，。,]{0,4})(?:退款|退回|退还|到账|到賬|发货|發貨|发出|寄出|出库|取消|办理|处理(?:完成|好|完毕)|批准|通过|审核通过|提交|登记|延长|安排|赔付|补发|升级|生效|开通|减免|核实|申请)(?:[^的]|$)`), false, false},
	{regexp.MustCompile(`^[^，。,的如若]{0,10}(?:已经?|已經)(?:全额|成功|原路)?(?:退款|退回|退还|到账|赔付|补发|批准|取消)(?:成功|完成|了|[。！!,，]|$)`), false, false},
	{regexp.MustCompile(`(?:我|我们|我們|本店|公司)(?:个人)?(?:向(?:您|你))?(?:郑重)?(?:保证|保證|承诺|承諾|担保|答应|答應|同意|批准|特批|破例|确认为)`), false, false},
	{regexp.MustCompile(`(?:我|我们|我們)(?:这边|這邊)?(?:会|會|将|將|可以|马上|立即|一定|肯定|来|就|愿意|直接|现在){1,3}(?:为|為|帮|幫|给|給|替|向)(?:您|你)(?:[^，。,]{0,8})(?:退|赔|賠|补|補|免|减|減|打折|发货|發貨|寄|送|换|換|取消|办理|安排|申请|升级|延长|改)`), true, false},
	{regexp.MustCompile(`(?:特别|破例|额外|額外|特意|专门|免费|直接)(?:为|為|给|給)(?:您|你)|(?:给|給|送|赠|贈|补偿|赔偿|退|减|減)(?:给)?(?:您|你)\s?[^，。,]{0,6}(?:元|块|折|红包|优惠券|代金券)|(?:您|你)(?:一定|肯定|必定|保证|绝对)(?:会|能|可以)|(?:放心|请放心)[^。]{0,10}(?:一定|肯定|保证|绝对|必)`), false, false},
	{regexp.MustCompile(`(?i)\b(?:i|we)(?:'ve| have|'d| had)?(?: just| already| now| also| gone ahead and| personally| specially){0,2} (?:refunded|issued|processed|credited|compensated|shipped|dispatched|sent|cancelled|canceled|approved|arranged|applied|added|extended|waived|upgraded|booked|confirmed|reserved|scheduled|replaced|submitted|filed|reimbursed|granted|removed|changed|updated|initiated|started|authorised|authorized|given|gave)\b`), false, false},
	{regexp.MustCompile(`(?i)\byour (?:[\w#-]+ ){0,5}(?:has|have|had|was|were|is)(?: now| just| already| all| fully| successfully)* (?:been |being )?(?:refunded|issued|processed|credited|compensated|shipped|dispatched|sent|cancelled|canceled|approved|arranged|applied|extended|waived|upgraded|confirmed|reserved|scheduled|replaced|submitted|reimbursed|granted|changed|updated|completed|accepted|out for delivery|on (?:its|the) way)\b`), false, false},
	{regexp.MustCompile(`(?i)\b(?:refund|credit|compensation|replacement|discount|coupon|voucher|order|payment|return|claim) (?:has been|have been|was|is being|is now) (?:refunded|issued|processed|credited|shipped|sent|approved|arranged|applied|completed|confirmed|initiated)\b`), false, false},
	{regexp.MustCompile(`(?i)\b(?:i|we)(?: can| do| will|'ll)?(?: personally| absolutely| hereby| definitely| fully)? (?:guarantee|promise|assure you|vouch|commit|agree to)\b|\byou have my word\b|\bas an exception\b|\bmake an exception\b|\bi(?:'ll| will|'m going to|'d be happy to| can) (?:personally |gladly |happily |just |also |go ahead and |immediately |now |make sure ){0,2}(?:refund|compensate|send|ship|issue|give|grant|waive|credit|replace|extend|cancel|upgrade|apply|approve|arrange|offer|process|pay|reimburse|book|throw in|you)\b`), false, false},
	{regexp.MustCompile(`(?i)\bwe(?:'ll| will|'re going to| are going to|'d be happy to| can) (?:personally |gladly |happily |also |immediately |of course |definitely |certainly ){0,2}(?:refund|compensate|send|ship|issue|give|grant|credit|replace|extend|upgrade|offer|pay|reimburse|throw in|waive) (?:you|your|the full|this|it)\b`), true, false},
	{regexp.MustCompile(`(?i)\byou(?:'ll| will| are going to|'re going to) (?:definitely|certainly|surely|absolutely|get|receive|have|be (?:refunded|compensated|credited|paid))\b|\b(?:here is|here's|use) (?:a |the |your |this )?(?:[\w-]+ ){0,3}(?:coupon|voucher|code|discount)\b|\b(?:definitely|guaranteed to|certainly|surely) (?:arrive|be (?:delivered|there|refunded|approved))\b`), true, false},
}

// service is what a bot may say it has done without doing anything.
var service = regexp.MustCompile(`^[^，。,]{0,4}(?:查|找|搜|整理|转|轉|记录|记下|了解|解答|说明|列|总结|汇总|翻译|提供|介绍|看)`)

var (
	// negated says that something is not given; nothing is owed by it.
	negated = regexp.MustCompile(`(?i)(?:不|无法|無法|没有|沒有|未|非|无|概不|拒绝|不能|不会|不可|暂不|不予|不支持|不提供|不享受)[^，。,;；]{0,4}$|\b(?:not|no|never|cannot|can't|don't|doesn't|won't|isn't|aren't|unable to|without|neither|nor|non)\b[^,.;]{0,24}$`)
	// conditional ties a promise to something that must happen first.
	conditional = regexp.MustCompile(`(?i)如果|如您|如有|如需|若|只要|一旦|当|當|之后|之後|以后|后[，,\d一二三四五六七八九十个]|[后後](?:的|会|將|将|我们|退|发|可|由|原)|情况下|时[，,]|须|需|申请|凭|可以?(?:申请|选择|享受|免费|退|换|在)|按|\bif\b|\bonce\b|\bwhen\b|\bafter\b|\bprovided\b|\bunless\b|\bas (?:soon|long) as\b|\bupon\b|\bwithin\b|\bunder\b|\bfor (?:orders|items|goods|products|purchases)\b|\bsubject to\b|\bmay\b`)
	// supposed makes a deed a case that may occur.
	supposed = regexp.MustCompile(`(?i)(?:如果|若是|假如|倘若|要是|\bif|\bwhen|\bonce|\bafter|\bshould|\bunless|\buntil)\s*$`)
	// asking ends a question; nothing is promised by it.
	asking = regexp.MustCompile(`[?？]\s*$|(?:吗|呢|么)\s*$`)
)

// Unsupported names the first commitment in said that nothing in support bears
// out, "" if there is none. said is the answer without citation marks; support
// are passages and what tools reported.
//
// A policy ("returns are free within 7 days") needs its kind of promise and
// every figure in one supporting text. A deed ("I have refunded you") is no
// policy: only a tool's report supports it.
func Unsupported(said string, passages, reports []string) string {
	all := slices.Concat(passages, reports)
	var facts []fact
	for _, s := range all {
		facts = append(facts, fact{text: s, values: allValues(s)})
	}
	for _, s := range sentences(said) {
		if why := s.unsupported(facts, len(passages)); why != "" {
			return why
		}
	}
	return ""
}

type fact struct {
	text   string
	values map[string]bool
}

type sentence string

// enders split an answer into sentences; a full stop within a number is none.
var enders = regexp.MustCompile(`[。！!；;\n]+|[？?]+|\.(?:\s+|$)`)

func sentences(said string) []sentence {
	var out []sentence
	last := 0
	for _, at := range enders.FindAllStringIndex(said, -1) {
		out = append(out, sentence(said[last:at[1]]))
		last = at[1]
	}
	return append(out, sentence(said[last:]))
}

func (s sentence) unsupported(facts []fact, passages int) string {
	text := strings.TrimSpace(string(s))
	if text == "" {
		return ""
	}
	have := claimed(text)
	figures := promised(text)
	if asking.MatchString(text) && len(have) == 0 {
		return ""
	}
	if d, future := s.deed(); d != "" {
		tied := future && conditional.MatchString(text) && anySupports(facts, have, figures)
		if tied || anySupports(facts[passages:], have, figures) || future && quoted(text, facts) {
			return ""
		}
		return fmt.Sprintf("it says that something is done or granted: %q", cut(d))
	}
	if asking.MatchString(text) {
		return ""
	}
	if anySupports(facts, have, figures) {
		return ""
	}
	return missing(have, figures, facts)
}

// deed is the part of s that says that something is done or granted.
func (s sentence) deed() (d string, future bool) {
	text := string(s)
	if asking.MatchString(text) {
		return "", false
	}
	for _, d := range deeds {
		for _, at := range d.re.FindAllStringIndex(text, -1) {
			if !negated.MatchString(text[:at[0]]) && !supposed.MatchString(text[:at[0]]) && !(d.idle && service.MatchString(text[at[1]:])) {
				return text[at[0]:at[1]], d.future
			}
		}
	}
	return "", false
}

// claimed are the kinds of promise in text that it does not deny.
func claimed(text string) []kind {
	var out []kind
	for _, k := range kinds {
		for _, at := range k.re.FindAllStringIndex(text, -1) {
			if !negated.MatchString(text[:at[0]]) {
				out = append(out, k)
				break
			}
		}
	}
	return out
}

// promised are the figures of text that could bind: not how long ago something
// was, nor a day that is denied.
func promised(text string) []value {
	return slices.DeleteFunc(values(text), func(v value) bool {
		return v.past || strings.HasPrefix(v.norm, "when ") && negated.MatchString(text[:v.from])
	})
}

// supports reports whether f holds each kind and each figure.
func (f fact) supports(have []kind, figures []value) bool {
	for _, k := range have {
		if !k.re.MatchString(f.text) {
			return false
		}
	}
	for _, v := range figures {
		if !held(v, f.values) {
			return false
		}
	}
	return true
}

func anySupports(facts []fact, have []kind, figures []value) bool {
	return slices.ContainsFunc(facts, func(f fact) bool { return f.supports(have, figures) })
}

// quoted reports whether text is a policy in the words of a fact: most of its
// letters stand there in runs, and all its figures do.
func quoted(text string, facts []fact) bool {
	const run = 4
	rs := bareLetters(text)
	for _, f := range facts {
		if !f.supports(nil, promised(text)) {
			continue
		}
		body := string(bareLetters(f.text))
		covered := make([]bool, len(rs))
		for i := 0; i+run <= len(rs); i++ {
			if strings.Contains(body, string(rs[i:i+run])) {
				for j := i; j < i+run; j++ {
					covered[j] = true
				}
			}
		}
		n := 0
		for _, c := range covered {
			if c {
				n++
			}
		}
		if len(rs) > 0 && float64(n) >= 0.85*float64(len(rs)) {
			return true
		}
	}
	return false
}

// missing names what no fact bears out.
func missing(have []kind, figures []value, facts []fact) string {
	for _, v := range figures {
		if !v.past && !slices.ContainsFunc(facts, func(f fact) bool { return held(v, f.values) }) {
			return fmt.Sprintf("it says %q, which nothing found bears out", v.text)
		}
	}
	for _, k := range have {
		if !slices.ContainsFunc(facts, func(f fact) bool { return k.re.MatchString(f.text) }) {
			return "it speaks of " + k.name + ", of which nothing found speaks"
		}
	}
	if len(have) == 0 && len(figures) == 0 {
		return ""
	}
	return "what it promises stands in no single passage"
}

func cut(s string) string {
	if r := []rune(strings.TrimSpace(s)); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return strings.TrimSpace(s)
}
