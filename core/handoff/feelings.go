package handoff

import (
	"math"
	"regexp"
	"strings"
	"unicode"

	"frontdesk/core/pattern"
)

// squash drops blanks between Han characters: "转 人工" is 转人工.
func squash(c string) string {
	c = strings.TrimSpace(c)
	if !strings.Contains(c, " ") || strings.IndexFunc(c, func(r rune) bool { return r > unicode.MaxLatin1 }) < 0 {
		return c
	}
	return spaced.ReplaceAllString(spaced.ReplaceAllString(c, "$1$2"), "$1$2")
}

var spaced = regexp.MustCompile(`(\p{Han}) +(\p{Han})`)

// felt is a mark of a feeling: how much it weighs, in (0,1).
type felt struct {
	weight float64
	marks  pattern.Set
}

// anger weighs what customers write when they have had enough. The weights are
// judgements by class: insult or open rage 0.7, contempt 0.6, weariness 0.4.
var anger = []felt{
	{.7, pattern.MustCompile(`
		垃圾(?:平台|公司|服务|客服|店|玩意|东西|产品|质量|机器人|软件)
		(?:^|真|太|就是|都是|好|真是|简直)垃圾$
		骗子|气死我?|气炸了|傻逼|傻b|\bsb\b|脑残|智障|弱智|滚蛋|他妈的|(?:^|真)妈的|\btmd\b|草泥马|去死吧|去死$|无耻|黑心(?:商家|店|公司|企业|平台|$)|畜生|王八蛋
		(?:什么|这|这种|你们这|你这)破(?:服务|平台|态度|公司|客服|店|系统|机器人)
		\bf+u+c+k\w*|\bbull ?shit\b|\bscammers?\b|\bassholes?\b|\bpiece of (?:shit|crap|junk)\b|\bthieves\b
		\bworst (?:\w+ ){0,2}(?:service|company|experience|support|store|shop|ever)\b
	`)},
	{.6, pattern.MustCompile(`
		糊弄|忽悠|敷衍|(?:你们?|这|客服)(?:是|算|都)?什么态度|^什么态度|太差劲|坑人|坑爹|欺骗|被骗|不要脸|恶心|受够|忍无可忍|没人管|(?:你们|是不是|就|都).{0,4}不管了|不想管|推卸|踢皮球|给(?:你们|个|你)?(?:一个)?差评|耍我|耍人|我要投诉|投诉你们
		(?:等|拖)了?(?:.{0,3})(?:天|月|周|年|星期|小时)了?.{0,6}(?:还|都|仍|也|却)(?:没|不|未)
		\bridiculous\b|\buseless\b|\bpathetic\b|\bunacceptable\b|\boutrageous\b|\bfed up\b|\bhad enough\b|\bnobody (?:cares|helps|answers|responds)\b|\bno one (?:cares|helps|answers|responds)\b
		\bidiots?\b|\bscam\b|\bliars?\b|\bwtf\b|\b(?:so|very|really|extremely) (?:angry|mad|pissed)\b|\bpissed off\b|\bfurious\b|\bthis is a joke\b|\bsick (?:and tired|of)\b|\bterrible (?:service|support|company|experience)\b|\bshame on\b
		\bhow dare\b|\bwaste of (?:my )?(?:time|money)\b|\brip ?-?off\b|\bdisgusting\b|\bdisgrace(?:ful)?\b
		呵呵.{0,4}(?:智能|专业|厉害|佩服)|真智能.{0,12}(?:没有|没用)|放我鸽子|\btruly outstanding\b|\bjust what i wanted\b|\bslow clap\b
	`)},
	{.4, pattern.MustCompile(`
		无语|烦死|真烦|太慢了|破(?:机器|东西|玩意)|太差|差劲|失望|呵呵|佩服|离谱|搞什么|有病|笑死|真.{0,2}(?:行|棒|厉害|nice|智能)(?:哦|啊|呢|呀)|服了
		\bstupid\b|\bdamn\b|\bawful\b|\bhorrible\b|\bterrible\b|\bshit\b|\bcrap\b|\bannoy(?:ed|ing)\b|\bfrustrat(?:ed|ing)\b|\bdisappointed\b|\bunbelievable\b|\bstill broken\b|\bangry\b
		\b(?:waiting|waited) (?:for )?(?:over |more than |almost )?\w+ (?:weeks|months|days|hours)\b
	`)},
}

// calm takes the edge off: weather, and praise, and thanks.
var calm = pattern.MustCompile(`
	天气|热死|冷死|(?:好看|好吃|便宜|可爱|美|喜欢|爱|开心|高兴)死
	谢谢|感谢|解决了|thanks|thank you|solved it|语气冲
`)

// Anger is how angry a normalised text sounds, in [0,1]: marks add up as
// independent evidence, 1-∏(1-weight).
func Anger(norm string) float64 {
	quiet := 1.0
	for _, c := range clauses(norm) {
		c = squash(c)
		for _, f := range anger {
			if n := f.marks.Count(c, 3); n > 0 && !calm.Match(c) {
				quiet *= math.Pow(1-f.weight, float64(n))
			}
		}
	}
	return 1 - quiet
}

var failure = pattern.MustCompile(`
	答非所问|(?:你|根本|是不是|都).{0,3}听不懂|^听不懂|没听懂|没看懂|看不懂我|我问的不是|问的不是|不是(?:我)?问|没(?:有)?回答|没解决(?:$|我|问题|啊|呢)|还是没(?:用|解决|好)|还是不行|说了.{1,3}遍|问了?(?:你)?.{1,2}遍|第[三四五六七八]遍了|^第[三四五六七八]遍|牛头不对马嘴|鸡同鸭讲|别重复|又是这(?:句|个回答)|你说的没用
	\bnot what i (?:asked|meant|said|want)|\balready (?:told|said|asked|tried that)|\b(?:didn'?t|did not|haven'?t|not|never) (?:even )?answer|\bstill (?:did not|didn'?t|doesn'?t|not|isn'?t) (?:help|work|answer|solve)|\bnot helpful\b|\bthat (?:didn'?t|did not|doesn'?t) help\b|\bwrong answer\b|\byou (?:don'?t|do not) understand\b|\b(?:third|fourth) time i\b|\bkeep (?:saying|repeating|sending)
`)

// Failed reports whether a normalised text says that the bot's answers were no
// help.
func Failed(norm string) bool { return says(norm, failure, calm) }

var legal = pattern.MustCompile(`
	12315|12345投诉|工商局|消协|消费者协会|消费者保护|市场监管|起诉|法院|法律程序|法律途径|走法律|打官司|仲裁|诉讼|(?:^|[^广报警通])告你|去告(?:你|他|$)|(?:我|去|已经?|马上|现在就)(?:要)?报警(?:$|了|处理)|举报你|银保监|律师.{0,4}(?:函|联系|起诉|处理|在写|准备)|联系(?:了)?律师|找律师|我的?律师|曝光你|(?:网上|媒体|微博|抖音|小红书|朋友圈|电视台|发出去|给你们|必须|一定|要|去).{0,4}曝光|找记者|上媒体|上热搜
	\b(?:my|our|a|an) (?:lawyer|attorney|solicitor)s? (?:will|is|are|has|have|to)\b|\b(?:contact|contacting|call|calling|hire|hiring|talk to|talking to|speak to|get|getting) (?:my|a|our|an) (?:lawyer|attorney|solicitor)|\bsue (?:you|your|the company|u\b|你)|\bsuing\b|\blegal action\b|\b(?:take|see|going) (?:you |this )?(?:to|in) court\b|\bsmall claims\b|\bconsumer (?:protection|rights|council|affairs)\b|\btrading standards\b|\bbetter business bureau\b|\bfil(?:e|ing) a (?:formal )?complaint (?:with|against)|\bgo(?:ing)? to the (?:press|media|news|police)\b|\breport(?:ing)? you to\b|\bchargeback\b
	sue ?你
`)

var legalAside = pattern.MustCompile(`
	合法|i'?m a lawyer|我是律师
`)

// Legal reports whether a normalised text threatens the law or the press.
func Legal(norm string) bool { return says(norm, legal, legalAside) }

var danger = pattern.MustCompile(`
	冒烟|冒火|着火|起火|失火|爆炸|烧起来|烧焦|焦味|焦糊|糊味|烧糊|漏电|(?:^|[^接])触电|被电(?:了|到|得|麻|$)|(?:^|[^充来供用放蓄通])电到(?:我|手|人|了)|电了一下|手麻|烫伤|灼伤|割伤|受伤|流血|进医院|去医院|送医|住院|中毒|鼓包|火花|煤气味|漏煤气|漏燃气|盗用|盗刷|被盗|钱.{0,3}转走|拉肚子|过敏反应|窒息|自杀
	\b(?:caught|catch(?:es|ing)?|on) fire\b|\b(?:is|was|started|starts|it'?s|came|coming|comes|see|saw|there'?s|there is) (?:\w+ )?smok(?:e|ing)\b|\bburning smell\b|\bsmell(?:s|ed|ing)? (?:like |of )?(?:something |plastic )?(?:burn|smoke|gas)|\bspark(?:s|ed|ing)\b|\bexplod(?:e|ed|es|ing)\b|\bexplosion\b|\belectric(?:al)? shock\b|\belectrocuted\b|\bshocked me\b|\bgot (?:a )?shock(?:ed)?\b|\bburn(?:ed|t) (?:my|his|her|me|our)\b|\binjur(?:ed|y)\b|\bbleeding\b|\b(?:in|went to|going to|taken to|rushed to) (?:the )?(?:hospital|emergency room)\b|\bpoison(?:ed|ing)\b|\bcarbon monoxide\b|\bgas leak\b|\bbattery (?:is |has )?(?:swollen|bulging|leaking|swelled)\b|\bswollen battery\b|\b(?:cable|cord|plug|plastic|charger|socket|adapter|wire|handle)s? (?:has |is |was |have |are |started )?(?:melt(?:ed|ing)?|to melt)\b
	\bstole(?:n)? my\b|\bstole\b.{0,12}\baccount\b|\b(?:account|card) (?:was|got|is|has been) (?:hacked|stolen)\b|\bhacked\b|\bunauthori[sz]ed (?:charge|transaction|payment)|\bdrained my\b|\bkill myself\b|\bsuicide\b
`)

var dangerAside = pattern.MustCompile(`
	防(?:漏电|触电|爆|火|烫|中毒)|(?:漏电|触电|防爆|烫伤|起火)保护|不是烟|不冒烟|没(?:有)?(?:冒烟|着火|受伤|漏电)|(?:会不会|容易|容不容易|能不能|怕|避免|防止|以免|怎么会)(?:.{0,3})(?:漏电|爆炸|起火|着火|冒烟|触电|烫伤|中毒)|会(?:漏电|爆炸|起火|着火|冒烟|触电|烫伤|中毒)(?:吗|么|不)
	火花塞|(?:打|点)不(?:着|燃)火|电脑.{0,4}中毒
	\bfire ?(?:tv|stick)\b|\bexplosion[- ]?proof\b|\bspark ?plugs?\b|\bsparkling\b|\bsmoke (?:detector|alarm)\b|\bprotection against\b|\bwill it (?:explode|catch fire|spark)|\bcan it (?:explode|catch fire|spark)
`)

// Danger reports whether a normalised text tells of harm or danger: fire,
// electricity, injury, a stolen account.
func Danger(norm string) bool { return says(norm, danger, dangerAside) }

// says reports whether a clause matches re and not aside.
func says(norm string, re, aside pattern.Set) bool {
	for _, c := range clauses(norm) {
		if c = squash(c); re.Match(c) && !aside.Match(c) {
			return true
		}
	}
	return false
}
