package nlu

import (
	"regexp"
	"strings"
)

// The emoji that tell a mood; others say too little. Their weights follow the
// signs of Kralj Novak et al., "Sentiment of Emojis", PLoS ONE 10(12), 2015,
// rounded to half steps.
const (
	happyEmoji = "😀😃😄😁😊🙂😍🥰😘🤗👍👏🙏❤💕💯🎉🌹😋😎✨🥳💪"
	sadEmoji   = "😞😔😟🙁☹😢😭😩😫😣😖😤😠😡🤬👎💔🙄😒😑😰😱🤮💩🖕"
)

// emojiWeight is what one emoji says, wordWeight one word.
const (
	emojiWeight = 0.5
	wordWeight  = 0.5
)

// mostMood is how much of a text is looked at, in bytes.
const mostMood = 2000

var (
	happyWords = regexp.MustCompile(`太好了|好评|太棒|很棒|真棒|满意|好用|喜欢|谢谢|感谢|多谢|辛苦了|给力|点赞|完美|厉害|不错|\b(?:thanks?|thank you|thx|great|awesome|perfect|excellent|love|lovely|wonderful|amazing|brilliant|helpful|happy|nice)\b`)
	sadWords   = regexp.MustCompile(`失望|生气|气死|垃圾|太差|很差|差劲|糟糕|坑人|骗子|无语|难用|不满|烦死|郁闷|后悔|投诉|差评|受不了|\b(?:disappoint(?:ed|ing)|angry|terrible|awful|horrible|useless|worst|bad|hate|annoy(?:ed|ing)|frustrat(?:ed|ing)|unacceptable|ridiculous|rubbish|scam|sucks?|upset)\b`)
	// negated words mean the reverse, or nothing.
	negated = regexp.MustCompile(`(?:不|没|没有|不太|不是很|不怎么|not|never|isn't|don't|wasn't|no|hardly) ?(?:(?:very|really|so|that|at all|很|太|是|觉得) ?){0,2}$`)
	urgent  = regexp.MustCompile(`紧急|加急|马上|立刻|立即|赶紧|赶快|尽快|急用|急死|很急|着急|十万火急|今天(?:就)?(?:必须|一定|要)|等着用|快点|来不及|\b(?:urgent(?:ly)?|asap|a\.s\.a\.p|immediately|right (?:now|away)|emergency|as soon as possible|at once|hurry|quickly|time[- ]sensitive|running out of time|can(?:'|no)t wait)\b`)
	leisure = regexp.MustCompile(`不急|不着急|不用急|不紧急|慢慢来|no (?:rush|hurry)|not urgent|take your time`)
)

// Sentiment is how a text as it was written sounds, from -1, bad, to 1, good; 0
// where it tells neither. It is a hint from words and emoji, in Chinese and
// English: sarcasm is beyond it.
func Sentiment(text string) float64 {
	text = text[:min(len(text), mostMood)]
	norm := Normalize(text)
	sum := 0.0
	for _, r := range text {
		switch {
		case r < 0x2000:
		case strings.ContainsRune(happyEmoji, r):
			sum += emojiWeight
		case strings.ContainsRune(sadEmoji, r):
			sum -= emojiWeight
		}
	}
	sum += wordWeight * (signs(happyWords, norm) - signs(sadWords, norm))
	return max(-1, min(1, sum))
}

// signs is how often re matches; what is negated counts against it.
func signs(re *regexp.Regexp, norm string) (n float64) {
	for _, at := range re.FindAllStringIndex(norm, -1) {
		if negated.MatchString(norm[max(0, at[0]-negatedWithin):at[0]]) {
			n--
		} else {
			n++
		}
	}
	return n
}

// negatedWithin is how far before a word what negates it stands, in bytes.
const negatedWithin = 24

// Urgency is how pressing a normalised text sounds, in [0,1]: each sign counts a
// half of what is missing to 1. A text that says there is time is not urgent.
func Urgency(norm string) float64 {
	norm = norm[:min(len(norm), mostMood)]
	if leisure.MatchString(norm) {
		return 0
	}
	calm := 1.0
	for range urgent.FindAllStringIndex(norm, 4) {
		calm /= 2
	}
	return 1 - calm
}
