package dialog

import (
	"regexp"
	"strings"

	"frontdesk/core"
)

// The values of the two buttons of a question for yes or no.
const (
	valueYes = "yes"
	valueNo  = "no"
)

var (
	yesWords = regexp.MustCompile(`^(?:(?:是|是的|是啊|对|对的|对呀|对啊|嗯|嗯嗯|没错|不错|正确|好|好的|好啊|行|可以|确认|确定|要|要的|需要|继续|继续吧|接着来|没问题)(?:谢谢|吧|啊|哦|了)?|(?:yes|yep|yup|yeah|ya|y|ok|okay|sure|right|correct|exactly|that'?s (?:right|it|correct|the one)|that is (?:right|correct)|go on|go ahead|continue|please do|of course|absolutely|confirm(?:ed)?|it is)(?: (?:please|thanks|thank you|it is|it's right|go on|that's right|that is right))?)$`)
	noWords  = regexp.MustCompile(`^(?:(?:不|不是|不对|不是的|不用|不用了|不要|不要了|不必|不需要|否|算了|错了|没有|取消|不继续|不继续了|别)(?:谢谢|了|吧|啊)?|(?:no|nope|nah|n|not really|wrong|that'?s wrong|no need|don'?t|never ?mind|not now|forget (?:it|about it)|leave it|cancel)(?: (?:thanks|thank you|it's not|that's wrong|it isn't))?)$`)
)

// agreed reads t as yes or no; ok is false if it is neither.
func agreed(t *core.Turn) (yes, ok bool) {
	switch choice(t) {
	case valueYes:
		return true, true
	case valueNo:
		return false, true
	}
	b := bare(t.Norm)
	for _, form := range []string{b, strings.ReplaceAll(b, " ", "")} {
		switch {
		case noWords.MatchString(form):
			return false, true
		case yesWords.MatchString(form):
			return true, true
		}
	}
	n, numbered := ordinal(b)
	return n == 1, numbered && n <= 2
}

// yesNo are the two buttons.
func (s *Script) yesNo(t *core.Turn) []core.Part {
	return []core.Part{
		{Kind: core.Choice, Text: s.line(t, TextYes), Value: valueYes},
		{Kind: core.Choice, Text: s.line(t, TextNo), Value: valueNo},
	}
}
