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
)

// SmallTalkNames are the intents of the built-in small talk.
func SmallTalkNames() []string { return []string{Greeting, Thanks, Goodbye, Nod, Who} }

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
