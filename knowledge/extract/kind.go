package extract

import (
	"regexp"
	"strings"
)

// kind is what sort of answer a question wants. A sentence that cannot hold one
// is no answer, however much it is about the matter.
type kind struct {
	name string
	ask  *regexp.Regexp // in a normalised question
	has  *regexp.Regexp // in a normalised sentence; nil: no form tells
	// bar is how far a sentence must stand out to be believed, see reader.
	bar float64
}

// The bars. A form that fits proves much, a matter alone little: whoever asks
// whether something can be done is answered wrongly by a sentence about it.
// Fitted on questions to a shop and to a gym of which a third have no answer;
// docs/quality.md has what became of them.
const (
	formed  = 0.108 // the sentence has the form asked for
	plainly = 0.140 // no form tells
	rarely  = 0.160 // names, brands, reasons: nearly never in documents
)

func re(s string) *regexp.Regexp { return regexp.MustCompile(s) }

const (
	num      = `(?:\d[\d,.]*|[一二两三四五六七八九十半]+|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|sixty|ninety|half a|an?)\b)`
	numOf    = num + `\s*-?\s*(?:个)?\s*`
	measures = `grams?|kilos?|kilograms?|(?:milli)?lit(?:re|er)s?`
	asking   = `(?:几|多少)\s*(?:个)?\s*`
)

// kinds are tried in order; those of times by their unit come before any time.
var kinds = []kind{
	{"phone", re(`电话|热线|座机|手机号|\bphone\b|hotline|telephone|call you`), re(`\d{3,4}[- ]?\d{3,4}[- ]?\d{3,4}|\b(?:400|800)\b`), formed},
	{"clock", re(`几点|营业时间|开放时间|(?:开|关)门|什么时间|\bwhat time\b|opening hours|(?:when|what hours) (?:are|do|does|is|can) .{0,24}(?:open|close|available|work|reach|staff)|how late`),
		re(`\d{1,2}\s*[:：]\s*\d{2}|` + num + `\s*点|\d\s*(?:am|pm|a\.m|p\.m)\b|o'clock`), formed},
	{"seconds", re(asking + `秒|how many seconds`), re(numOf + `(?:秒|seconds?)`), formed},
	{"minutes", re(asking + `分钟|how many minutes`), re(numOf + `(?:分钟?|(?:minutes?|mins?)\b)`), formed},
	{"hours", re(asking + `(?:小时|钟头)|how many hours`), re(numOf + `(?:小时|钟头|hours?)`), formed},
	{"days", re(asking + `(?:工作日|工做日|天|日)|第几天|\b(?:how many|几个) ?(?:working |business )?days|几个 ?working`), re(numOf + `(?:工作日|天|日|(?:working |business )?days?)`), formed},
	{"weeks", re(asking + `(?:周|星期|礼拜)|how many weeks`), re(numOf + `(?:周|星期|weeks?)`), formed},
	{"months", re(asking + `月|how many months`), re(numOf + `(?:月|months?)`), formed},
	{"years", re(asking + `年|how many years`), re(numOf + `(?:年|years?)`), formed},
	{"time", re(`多久|多长时间|多长一次|期限|隔多长|最晚|最长|什么时候|何时|哪天开始|how (?:long|quickly|soon|fast|often|far ahead|far in advance)|deadline|\bwhen (?:will|do|does|is|can)\b|how much (?:longer|time)`),
		re(numOf + `(?:秒|分钟|小时|钟头|工作日|天|日|周|星期|月|年|seconds?|minutes?|hours?|(?:working |business )?days?|weeks?|months?|years?)|当天|当日|次日|\d+-(?:day|month|year|hour)`), formed},
	{"date", re(`几号|几月|哪一?天|什么日期|日期|\bwhat date\b|which day|what day`), re(`\d+\s*月\s*\d+|每月\s*\d+\s*[日号]|\b\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|(?:jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d|周[一二三四五六日末]|(?:mon|tues|wednes|thurs|fri|satur|sun)day`), plainly},
	{"share", re(`百分之|几折|几成|折扣|percent|interest|利率|湿度|humidity|discount`), re(`\d\s*%|[\d一二三四五六七八九]\s*(?:折|成)|percent`), formed},
	{"money", re(`多少(?:钱|qian|块|元|米$|银子)|几(?:块|元|多)?钱|怎么(?:收|算)(?:钱|费)|收费|费用|价|(?:扣|收|付|交|赔|掏|抵|加|花|补|罚)(?:我|你|您|掉|掏)?多少|多少(?:费|押金|运费)|要钱|多花|要收|收.{0,2}银子|\bcosts?\b|\bfees?\b|\bcharged?\b|\bprices?\b|how much (?:is|are|for|do i|would|will|to pay|does it)`),
		re(`\d\s*(?:元|块|yuan|rmb|cny|usd|eur|dollars?|euros?|pounds?)|[$€¥£]\s*\d|\d\s*%|免费|\bfree\b|不收|免收|no (?:extra )?(?:fee|charge)|免手续费`), formed},
	{"temperature", re(`多少度|几度|温度|temperature|how (?:hot|warm|cold)|degrees`), re(`\d\s*(?:℃|°|度|degrees)`), formed},
	{"length", re(`多远|多深|多宽|多高|多长(?:$|[^时])|距离|留多少|空多少|多大(?:空间|地方)|how (?:far (?:from|away|apart|is|should)|deep|wide|tall|high|thick|much (?:room|space|clearance|gap))|distance|clearance`), re(`\d\s*(?:(?:mm|cm|m|km|met(?:re|er)s?|inch(?:es)?|feet)\b|米|毫米|厘米|公分|公里)`), formed},
	{"voltage", re(`电压|volt`), re(`\d\s*(?:v\b|伏|volt)`), formed},
	{"amount", re(`(?:几|多少)(?:克|斤|公斤|千克|升|毫升|公升|勺)|how much\b|how heavy|多重|容[量积].{0,2}(?:多少|多大)|how many (?:` + measures + `)\b`), re(`\d\s*(?:(?:g|kg|ml|l|mah|` + measures + `)\b|克|斤|公斤|千克|升|毫升|公升|毫安时|人|位)`), formed},
	{"count", re(asking + `(?:次|位|件|种|条|颗|张|人|台|名|款|档|期|层|家|只|遍|回|分|路|家里人|固定)|几个|how many|哪(?:几|些)期`),
		re(num + `\s*(?:个|次|位|件|种|条|颗|张|人|台|名|款|档|期|只|遍|分|路)|\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twice|once)\b\s*(?:[a-z]+|$)|\btwice\b|\bonce\b`), formed},
	{"place", re(`在哪|哪里|哪儿|地址|哪个(?:省|市|城市|国家|区)|哪(?:省|市)|门店|\bwhere\b|address|located|location|showroom`), re(`地址|位于|[路街道]\s*\d+\s*号|\d+\s*楼|地下|大厦|(?:street|road|avenue|floor)\b|located`), plainly},
	{"why", re(`为什么|为啥|为何|怎么会|\bwhy\b`), re(`因为|由于|原因|否则|because|due to|otherwise`), rarely},
	{"name", re(`谁|叫什么|哪(?:家|种|个)?(?:品牌|牌子|公司)|品牌|牌子|是哪一?种|\bwho\b|\bwhose\b|brand|\bname of\b|which (?:company|maker|version|model)|哪个 ?version|什么颜色|colou?r\b|colr`), nil, rarely},
	{"whether", re(`(?:吗|么|嘛|不|没)\s*[?？。!！]*$|(?:吗|么)[，,。?？]|能不能|可不可以|是不是|有没有|会不会|要不要|行不行|含不含|能否|是否|^(?:do|does|did|is|are|was|can|could|will|would|may|must|should|has|have)\b|, (?:do|does|is|are|can|could|will|may|must|should) `), nil, plainly},
	{"how", re(`怎么|咋|如何|怎样|how (?:do|can|to|should|does|did)|what (?:should|do|can) i do`), nil, plainly},
}

// wanted are the kinds a normalised question asks for.
func wanted(norm string) []kind {
	var out []kind
	timed := false
	for _, k := range kinds {
		if !k.ask.MatchString(norm) || k.name == "time" && timed || k.name == "amount" && len(out) > 0 ||
			k.name == "count" && len(out) > 0 && out[len(out)-1].name == "amount" { // "how many litres" counts nothing
			continue
		}
		switch k.name {
		case "seconds", "minutes", "hours", "days", "weeks", "months", "years", "clock":
			timed = true
		}
		out = append(out, k)
	}
	return out
}

// clause is the number of a paragraph, before it.
var clause = regexp.MustCompile(`^\s*(?:\d+(?:\.\d+)+|\d+[.、)）]|[（(]\d+[)）]|[一二三四五六七八九十]+、|[-*•·†‡])\s*`)

// form judges what of the kinds asked for by a normalised question a normalised
// sentence has: bar is how far it must stand out, and ok is false where it has
// none of what was asked.
func (g *Generator) form(ks []kind, question, sentence string) (bar float64, ok bool) {
	sentence = clause.ReplaceAllString(sentence, "")
	has, misses := false, false
	bar = formed
	for _, k := range ks {
		switch {
		case k.has == nil && k.bar == rarely:
			bar = rarely
		case k.has == nil:
		case g.in(k, question, sentence):
			has = true
			bar = max(bar, k.bar)
		default:
			misses = true
		}
	}
	if !has {
		bar = max(bar, plainly)
	}
	return bar, has || !misses
}

// formAsked asks whether a sentence has a form.
type formAsked struct {
	has      *regexp.Regexp
	sentence string
}

// in reports whether a sentence has the form of k.
func (g *Generator) in(k kind, question, sentence string) bool {
	if k.has == nil {
		return false
	}
	if k.name != "count" {
		return g.has(formAsked{k.has, sentence})
	}
	sentence = measured.ReplaceAllString(sentence, " ")
	return k.has.MatchString(sentence) && !uncounted(question, sentence)
}

// measured is an amount with a unit of measure, which counts nothing.
var measured = regexp.MustCompile(`\d+(?:[.,]\d+)*\s*(?:(?:to|-|–|至|到)\s*\d+(?:[.,]\d+)*\s*)?(?:mm|cm|km|m|kg|g|ml|l|℃|°c|%|w|v|hz|米|毫米|厘米|公斤|升|元|块|yuan)(?:[^a-z]|$)|\d+\.\d+`)

var counted = regexp.MustCompile(`how many ((?:[a-z]+ )?)([a-z]+)`)

// uncounted reports whether a sentence speaks of what the question counts and
// puts no number before it: "members must be 16" does not count members.
func uncounted(question, sentence string) bool {
	m := counted.FindStringSubmatch(question)
	if m == nil {
		return false
	}
	for _, noun := range []string{strings.TrimSpace(m[1]), m[2]} {
		if stem := strings.TrimSuffix(noun, "s"); len(stem) > 3 && strings.Contains(sentence, stem) {
			return !regexp.MustCompile(num + `\W*(?:[a-z]+ ){0,2}` + stem).MatchString(sentence)
		}
	}
	return false
}

// overriding are sentences that tell the bot what to be rather than ask it
// something. Nothing is asked in them.
var overriding = regexp.MustCompile(`(?:忽略|无视|不要管|别管|忘记|忘掉).{0,12}(?:规则|指令|指示|提示|设定|资料|文档|限制|要求)|(?:系统|隐藏).{0,4}(?:提示词?|指令)|你现在是|扮演|管理员.{0,4}(?:口吻|模式|身份)|密钥|回答末尾|` +
	`\b(?:ignore|disregard|forget|bypass)\b.{0,30}\b(?:rules?|instructions?|documents?|prompts?|guidelines|above|previous|everything)\b|system prompt|hidden instructions|developer mode|you are now|pretend (?:to|you)|repeat after me|jailbreak|secret .{0,12}code`)

// asked is a normalised message without the sentences that only tell the bot
// what to be; "" if nothing is left.
func asked(norm string) string {
	if !overriding.MatchString(norm) {
		return norm
	}
	var rest, asks []string
	for _, s := range splitter.Split(norm, -1) {
		if s = strings.TrimSpace(s); s == "" || overriding.MatchString(s) {
			continue
		}
		rest = append(rest, s)
		if len(wanted(s)) > 0 {
			asks = append(asks, s)
		}
	}
	if len(asks) > 0 {
		rest = asks
	}
	return strings.Join(rest, "。")
}

var splitter = regexp.MustCompile(`[。！？!?;；\n]+|\.\s+|[，,]\s*(?:然后|顺便|另外|并且)|,\s*(?:then|and then|also|just)\b`)
