package handoff

import "frontdesk/core/pattern"

// The wish for a person, on normalised text (lower case, simplified Chinese).

// otherSense are words that hold 人工, 真人 or the like and mean no person.
var otherSense = pattern.MustCompile(`
	人工(?:智能|服务费|费|成本|合成|养殖|培育|湖|草|皮|林|岛|降雨|授精|呼吸|耳蜗|关节|心脏|瓣膜|牛黄|色素|香精|安装|搬运|送货|清洗|费用)
	(?:安装|维修|上门|搬运|拆装|清洗|手工|纯|靠|用)的?人工
	真人(?:同款|秀|比例|版|照|大小|拍摄|模特|演示|手办|配音|cs|快打)
	(?:经理|客服|主管|总监|店长)(?:套装|椅|桌|衬衫|系统|软件|培训|岗位|招聘|电话|微信|邮箱|热线|时间)
`)

// notNow are clauses that speak about people without wanting one.
var notNow = pattern.MustCompile(`
	(?:不用|不要|不需要|不必|无需|别|先不|勿|不想|不是要|没必要|没想|甭|不愿)(?:再|给我|帮我|你|麻烦|老|去|要)?.{0,4}(?:人工|真人|活人|客服|agent|human|专员|经理|转接|转人)
	(?:上次|之前|以前|昨天|前天|那天|上回|朋友|同事|他说|她说|听说|别人|我妈|我爸|我老公|我老婆).{0,12}(?:人工|真人|客服|agent)
	(?:人工|真人|客服|agent|专员).{0,8}(?:几点|上班|下班|上线时间|工作时间|服务时间|营业|值班|多少钱|怎么算|怎么收|收费)
	(?:几点|什么时候|什么时间|多久|哪个时间段|周末|周六|周日|晚上|24小时).{0,8}(?:人工|真人|客服|专员)
	(?:快递|师傅|骗子|有人|卖家|司机|小哥|物流).{0,8}(?:打|回)(?:个|了|过)?电话给我
	(?:do not|don'?t|no need|not need|needn'?t|without|rather not|never|no more|not looking|stop)\b.{0,24}\b(?:human|person|agent|representative|operator|transfer|someone|somebody|supervisor|manager)
	(?:don'?t|do not|no need to) (?:transfer|escalate|connect|forward)
	(?:last time|yesterday|last week|earlier|my friend|he said|she said|already (?:spoke|talked)).{0,40}\b(?:agent|human|person|representative|someone)
	\b(?:hours|what time|when (?:is|are|does|do|can)|opening|how late|how early)\b
`)

var wishZh = pattern.MustCompile(`
	^(?:请|麻烦|快|赶紧|帮我|给我|我要|要|那|还是|就|直接|马上)*(?:转|接|找|叫|换|上|喊|来)?(?:一下|个|位|到|至)?(?:人工|真人|活人)+(?:客服|服务|坐席|座席|台)?(?:啊|吧|呢|谢谢|一下|在吗|在不在|有吗|来|快)*$
	(?:转|转接|接入|接通|接|切换?|换|升级)(?:到|至|给|成|个|位|一下|入|去|我到|我去)*(?:你们的?)?(?:一个|个|位)?(?:人工|真人|活人|客服|专员|同事|agent|human|ren ?gong)
	(?:人工|真人)(?:客服|服务|坐席|座席|台)
	(?:找|叫|要|喊|请|派|联系|需要|想要|给我|帮我|安排|让).{0,6}(?:人工|真人|活人|专员|客服人员|负责人|(?:你们)?(?:的)?(?:经理|主管|领导|老板|店长))
	(?:找|叫|喊|派|安排|请).{0,4}(?:个|位|一下)?客服
	(?:找|叫|喊|联系|安排).{0,4}工作人员
	(?:找|叫|换|派|喊|让|接|来)(?:一)?(?:个|位)(?:大?活|真)?人(?:来|跟|和|给|帮|处理|接|吧|说|聊|啊|$)
	(?:跟|和|与|同)(?:一个|个)?(?:你们的?|你们那边的?|真的?|活)?(?:人工|真人|活人|客服|专员|经理|主管|人)(?:客服)?(?:说话?|聊|讲|谈|沟通|对话|通话|联系)
	(?:有没有|有|还有)(?:没有)?(?:个|一个)?(?:活|真)人(?:在|啊|吗|呀|么|没|客服|能|可以|$)
	有没有人工
	^(?:请|麻烦)?(?:你们)?(?:给我|跟我)?(?:打|回)(?:个|一个)?(?:电话)(?:给我|过来)
	(?:给我|帮我)(?:打|回)(?:个|一个|一通)?电话
	(?:打|回)(?:个|一个)?电话给我
	(?:不想|不要|别|不|拒绝|受够)(?:再)?(?:跟|和|用|找)(?:你这|这|你们的?)?(?:个|破|什么|种)*(?:机器人?|ai|人工智能|bot|智能客服)
	投诉(?:到|给|找|去)(?:真|活)?人
	(?:transfer|转|接|叫|找|要|换).{0,6}(?:human|agent|operator)
	(?:zhuan|zhao|jiao|huan|jie|转|找|接|要|yao) ?(?:ge |yi ?xia )?(?:ren ?gong|人工|zhen ?ren|huo ?ren)
	\bren ?gong ?(?:ke ?fu|fu ?wu|客服)
	^ren ?gong$
`)

// person is who an English wish is for; after it the clause ends, or goes on
// with one of after: "human resources" and "agent discount" are none.
const (
	adjectives = `(?:(?:real|live|human|actual|different|another|senior|support|service|customer|customer service|customer support|your|proper|living|breathing|qualified)(?: |-))*`
	person     = `(?:human(?: being)?s?|people|person|agents?|representatives?|reps?|operators?|supervisors?|manager|advisor|adviser|specialist|csr|someone(?: real| else| human)?|somebody|customer (?:service|support|care)|support(?: team)?|staff(?: member)?|tech support)`
	after      = `(?: (?:please|pls|plz|now|here|right|asap|to|who|about|on|for|in|instead|and|at|from|so|because|then|or|if|today|via|immediately|directly|over|with|that|rather|thanks|thank|urgently|again|available|by|already|cause|cuz|as|this|regarding|ok|there)\b|$|')`
	article    = `(?:a |an |the |any |some |one of your |your |to )*`
)

var wishEn = pattern.MustCompile(`
	^(?:please |pls |hey |hi |ok |just |i said |give me |get me |i want |i need )*(?:a |an |the )?(?:human|agent|operator|representative|rep|real person|human agent|live agent|live person|live chat|live support|customer service|customer support|support agent|person|supervisor)(?: please| pls| plz| now| asap| agent| here)*$
	\b(?:talk|speak|chat|connect|connected|transfer|transferred|put|get|switch|escalate|pass|forward|hand|bring|give|call|want|need|reach|contact|find|see|hear|deal)(?:ing)?(?: (?:me|us|it|this|through|over|in touch|my|case|directly|back|off))*(?: (?:to|with|from|on))? ` + article + adjectives + person + after + `
	^(?:a |an |the )?(?:(?:real|live|actual|living) )+` + person + `(?: please| pls| now| here)*$
	\b(?:is|are) there ` + article + adjectives + `(?:human|person|people|agent|representative|someone|somebody|anyone|anybody)s?(?: (?:real|human|else))*(?: (?:i can|to talk|that can|who can|available|here|there|on)\b|$)
	\b(?:can|could|may|would|will|please have|have|let|get) (?:you have |i have |i get )?(?:someone|somebody|a person|a human|an agent|anyone)(?: real| else| from .{1,20})? (?:please )?(?:call|phone|ring|contact|help|assist|talk|speak|reach)
	\b(?:call|phone|ring) me(?: back)?(?: please| now| asap| on | at |$)
	\bgive me a (?:call|ring)\b
	\b(?:don'?t|do not|won'?t|refuse to|stop|tired of|sick of|hate|no more|not) (?:want |wanna )?(?:to )?(?:be )?(?:talk|speak|chat|deal|talking|speaking|chatting|dealing)? ?(?:to |with )?(?:a |an |the |this |these |your )?(?:stupid |dumb )?(?:bot|bots|robot|robots|chatbot|ai)\b
	\b(?:talk|speak|chat|deal)(?:ing)? (?:to|with) (?:a |the |this )?(?:stupid |dumb )?machine\b
	\b(?:transfer|escalate) (?:me|this|my (?:case|chat|call))(?: please| now| to .{0,20}(?:human|agent|person|supervisor|manager))?$
`)

// Wish reports whether a normalised text asks for a person, in Chinese, in
// English, in pinyin or in a mix of them.
func Wish(norm string) bool {
	for _, c := range clauses(norm) {
		c = otherSense.Replace(c, "□")
		c = squash(c)
		if (wishZh.Match(c) || wishEn.Match(c)) && !denied(c) {
			return true
		}
	}
	return false
}

// denied reports whether a clause only speaks of people. Not wanting the bot is
// a wish, though it is a negation.
func denied(c string) bool {
	return notNow.Match(c) && !insists.Match(c)
}

var insists = pattern.MustCompile(`
	(?:不想|不要|别|不|拒绝|受够)(?:再)?(?:跟|和|用|找)(?:你这|这|你们的?)?(?:个|破|什么|种)*(?:机器人?|ai|bot|智能客服)
	\b(?:bot|robot|machine|chatbot)s?\b
	(?:怎么|为什么|为啥)(?:还)?(?:不|没)(?:给我)?(?:转|接|有)
`)
