package dialog

import (
	"regexp"

	"frontdesk/core"
)

// Remarks are messages that ask nothing and need no answer: thanks with a word
// about what helped, the news that it works now. They are longer than small
// talk, so only what was said around them tells; a question, a wish or a
// complaint in them comes first.
var (
	thankful = regexp.MustCompile(`谢谢|谢啦|多谢|感谢|辛苦|\b(?:thanks?|thank you|thx|cheers)\b`)
	leaving  = regexp.MustCompile(`再见|拜拜|回见|\b(?:bye|goodbye|see you)\b`)
	settled  = regexp.MustCompile(`(?:解决|搞定|弄好|修好|连上|收到|明白|知道|清楚|懂)了|(?:好|可以|行)了(?:$|[，,。.!！~ ])|没(?:问题|事)|只是(?:好奇|问问|随便)|随便问问|先这样|不用了|` +
		`\b(?:just curious|just asking|works? (?:now|again|fine)|that works|worked|that helps|solved|fixed it|all good|never ?mind|no worries|makes sense|got it|good to know)\b`)
	unsettled = regexp.MustCompile(`还是|仍|没(?:有)?(?:解决|好|用|修好|连上|收到|明白)|不(?:好|行|可以|明白|知道|清楚|懂|对)|又|但是|可是|\b(?:still|but|not|n't|never got|again\?)|n't\b`)
)

// remark is the small talk that answers a normalised message which asks nothing;
// "" if it asks, complains, or says something new.
func remark(norm string) string {
	if len(norm) >= longStory || questioning(norm) || unsettled.MatchString(norm) {
		return ""
	}
	switch {
	case thankful.MatchString(norm):
		return Thanks
	case leaving.MatchString(norm):
		return Goodbye
	case settled.MatchString(norm):
		return Nod
	}
	return ""
}

// remarked answers t as a remark if it is one and nothing surer is at hand.
func (s *Script) remarked(t *core.Turn, c float64) bool {
	name := remark(t.Norm)
	if name == "" || c >= t.Bot.Threshold {
		return false
	}
	t.Trace.Add("small talk", name)
	say(t, "", text(s.smallTalkAnswer(t, name)))
	t.Settle("small talk: " + name)
	return true
}
