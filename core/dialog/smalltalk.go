package dialog

import (
	"regexp"
	"strings"

	"frontdesk/core"
)

// The built-in small talk. A bot may give intents of these names another
// answer, or more examples.
const (
	Greeting = "greeting"
	Thanks   = "thanks"
	Goodbye  = "goodbye"
	Nod      = "nod"
	Who      = "who"

	Abilities = "abilities"
	HowAreYou = "how_are_you"
	Praise    = "praise"
	Sorry     = "sorry"
	Wait      = "wait"
	Wishes    = "wishes"
	Joke      = "joke"
	Speaks    = "speaks"
)

// SmallTalkNames are the intents of the built-in small talk.
func SmallTalkNames() []string {
	return []string{Greeting, Thanks, Goodbye, Nod, Who, Abilities, HowAreYou, Praise, Sorry, Wait, Wishes, Joke, Speaks}
}

// smallTalk are whole messages, normalised and without signs: nothing is asked
// in them, so nothing is lost by answering them at once.
var smallTalk = []struct {
	name string
	key  TextKey
	re   *regexp.Regexp
}{
	{Greeting, TextGreeting, regexp.MustCompile(`^(?:(?:hi+|hello+|hey+|hiya|yo|greetings|good (?:morning|afternoon|evening|day)|hi there|hello there|hey there|anyone (?:there|here)|are you there)|(?:你好|您好|大家好|早|早上好|上午好|中午好|下午好|晚上好|哈喽|哈啰|嗨|在吗|在么|在不在|有人吗|亲|亲在吗|你好在吗|您好在吗|ni ?hao|zai ?ma)[啊呀呢哦]?|(?:hi|hello) ?(?:你好|您好))$`)},
	{Thanks, TextThanks, regexp.MustCompile(`^(?:(?:ok(?:ay)? |great |perfect |cool |good |nice |got it )?(?:thanks?|thank you|thx|ty|cheers|much appreciated|that helps|that solved it|thanks that solved it)(?: (?:a lot|so much|very much|you|for your help|again|bye))*|(?:好的?|嗯|行|明白了?|知道了|哦|没事了|懂了)*(?:谢谢|多谢|谢了|感谢|谢谢你|谢谢您|非常感谢|辛苦了|xiexie|hao de xiexie|3q|thank you|thanks)(?:你|您|啦|了|哈|啊|呀|客服|问题解决了|帮忙)*|(?:谢谢)?问题解决了(?:谢谢)?)$`)},
	{Goodbye, TextGoodbye, regexp.MustCompile(`^(?:bye+|bye ?bye|goodbye|good ?night|see you(?: later)?|have a (?:nice|good) day|再见|拜拜|拜|回见|晚安|88|没事了|没有了|没别的了|不用了谢谢|不用了|没了|nothing else|that'?s all|no that'?s all)(?:吧|啦|了|哈|thanks|谢谢)?$`)},
	{Nod, TextNod, regexp.MustCompile(`^(?:ok+|okay|okey|k|fine|great|cool|nice|perfect|good|alright|all right|sure|got it|i see|understood|makes sense|noted|ha+|haha+|lol|ok got it|ok great|oh i see|(?:嗯+|哦+|噢+|好+|好的|好吧|好嘞|好哒|行|行吧|可以|可以可以|知道了|知道啦|懂了|明白|明白了|了解|收到|没问题|哈+|呵+|是的|对|对的|ok|原来如此|好的我知道了|我知道了)(?:啊|呀|哈|了|啦|吧|的)?)$`)},
	{Who, TextWho, regexp.MustCompile(`^(?:(?:are you|is this|am i talking to|r u) (?:a |an |the )?(?:real )?(?:bot|robot|human|person|machine|ai|chatbot|real)(?: or (?:a )?(?:bot|robot|human|person|machine))?|(?:who|what) are you|what'?s your name|你(?:是|们是)(?:不是)?(?:一个|个)?(?:谁|机器人|人工智能|ai|真人|人|什么|机器|智能客服)(?:还是(?:机器人|真人|人|机器))?(?:呀|啊|吗|么|呢)?|你叫什么(?:名字)?)$`)},
	{Abilities, TextAbilities, regexp.MustCompile(`^(?:(?:what|which things) (?:can|could|do) you (?:do|help (?:me )?with|know)(?: for me)?|how can you help(?: me)?|what are you (?:able to do|good at|for)|help(?: me)?(?: please)?|menu|(?:你|您)?(?:能|可以|会)(?:帮我|为我)?(?:做|干|办|帮)(?:什么|啥|些什么|哪些事)(?:呢|啊|呀|吗)?|你有(?:什么|哪些|啥)功能(?:呢|啊|呀)?|你会(?:什么|啥|些什么)(?:呢|啊|呀)?|(?:怎么用你|怎么使用)|帮助|帮帮我|菜单|功能)$`)},
	{HowAreYou, TextHowAreYou, regexp.MustCompile(`^(?:(?:hi |hello |hey )?how(?: are|'re|'s) (?:you|things|it going|everything)(?: doing)?(?: today)?|how do you do|how'?s it going|what'?s up|sup|你(?:今天|最近)?(?:好吗|怎么样|过得好吗|还好吗)|最近(?:怎么样|好吗)|(?:你)?吃(?:饭)?了(?:吗|没|么)|忙(?:吗|不忙)|你忙吗)$`)},
	{Praise, TextPraise, regexp.MustCompile(`^(?:(?:you(?: are|'re)|that(?: is|'s| was)) (?:so |very |really |pretty |quite )?(?:great|good|smart|clever|awesome|amazing|helpful|nice|the best|brilliant|cool|cute|funny)|good (?:bot|job|work)|well done|nice work|(?:i )?(?:love|like) (?:you|this bot)|(?:你|您|你们)?(?:真|好|太|很|非常|挺)(?:棒|厉害|聪明|好|能干|贴心|专业|可爱|智能|热心|细心)(?:了|啊|呀|哦|的)?|(?:给你|为你)?点(?:个)?赞|好评|赞|(?:我)?喜欢你|我爱你|爱你|服务(?:真|很|太)?(?:好|棒)(?:了|啊)?)$`)},
	{Sorry, TextSorry, regexp.MustCompile(`^(?:(?:oh |i am |i'?m |so |very )*(?:sorry|my (?:bad|fault|mistake)|apologies|pardon me|excuse me)(?: about that| for that| my fault)?|(?:真|很|非常)?(?:对不起|抱歉|不好意思|打扰了|麻烦你了|打扰一下)(?:啊|了|哈|呀)?)$`)},
	{Wait, TextWait, regexp.MustCompile(`^(?:(?:please |just )?(?:wait|hold on|hang on|one (?:moment|second|sec|minute)|(?:just )?a (?:moment|second|sec|minute)|give me a (?:moment|second|sec|minute)|brb|let me (?:check|see|look))(?: please)?|(?:请|你|您|麻烦)?(?:稍等|等等|等一下|等一等|等我一下|等会儿?|稍候)(?:一下|片刻|啊|哈|哦)?|我(?:看看|找找|查查|看一下|找一下)|马上|待会(?:儿)?)$`)},
	{Wishes, TextWishes, regexp.MustCompile(`^(?:(?:(?:a )?(?:very )?(?:happy|merry) (?:new year|christmas|xmas|holidays?|easter|thanksgiving|chinese new year|lunar new year|spring festival|birthday|weekend|friday)|season'?s greetings|have a (?:nice|good|great|lovely) (?:weekend|evening|holiday|one|trip))(?: to you| too)?|(?:祝你|祝您|祝)?(?:新年|春节|元旦|圣诞|中秋|国庆|端午|元宵|五一|节日|周末|生日|七夕|情人节|双十一)(?:节)?(?:快乐|愉快|好)(?:啊|呀|哦)?|恭喜发财|过年好|万事如意|龙马精神)$`)},
	{Joke, TextJoke, regexp.MustCompile(`^(?:(?:please |can you |could you )?(?:tell|give) (?:me )?(?:a|another|one more) joke(?: please)?|make me laugh|sing (?:me )?a song|i'?m (?:so )?bored|(?:请|你能|你会|给我|能不能)?(?:讲|说|来)(?:一)?个?(?:笑话|段子|故事)(?:吧|吗|听听|给我听)?|唱(?:一)?(?:首|个)歌(?:吧|吗)?|(?:好|我好|我很)?无聊(?:啊|呀|了)?|陪我聊(?:天|聊)(?:吧|吗)?)$`)},
	{Speaks, TextSpeaks, regexp.MustCompile(`^(?:(?:do|can|could) you (?:speak|understand|talk|write)(?: in)? (?:english|chinese|mandarin)|(?:english|chinese)(?: please)?|你?(?:会|能|可以|懂)(?:说|讲|用)?(?:中文|英文|英语|普通话|汉语)(?:吗|么)?|(?:说|讲|用)(?:中文|英文|英语)(?:吧|可以吗|行吗)?|(?:支持|能用)(?:中文|英文|英语)吗)$`)},
}

// bare is a normalised text without signs, spaces between Han characters kept
// simple: what is compared when whole messages are.
func bare(norm string) string {
	return strings.Join(strings.FieldsFunc(norm, notWordRune), " ")
}

func notWordRune(r rune) bool {
	return r != '\'' && r != '+' && !isWordRune(r)
}

// chat returns the small talk that the whole message is, if it is any.
func chat(norm string) (name string, key TextKey) {
	if len(norm) > 80 { // bytes: longer than any of them
		return "", ""
	}
	b := bare(norm)
	for _, form := range []string{b, strings.ReplaceAll(b, " ", "")} {
		for _, s := range smallTalk {
			if s.re.MatchString(form) {
				return s.name, s.key
			}
		}
	}
	return "", ""
}

// smallTalkAnswer is what the bot says to in, if in is small talk.
func (s *Script) smallTalkAnswer(t *core.Turn, name string) string {
	if tp, ok := s.topic(name); ok && tp.SmallTalk {
		if a := in(t, tp.Answer); a != "" {
			return a
		}
	}
	for _, st := range smallTalk {
		if st.name == name {
			return s.line(t, st.key)
		}
	}
	return ""
}
