package dialog

import (
	"maps"

	"frontdesk/core"
)

// TextKey names a sentence of the bot.
type TextKey string

// The sentences. Names in braces are filled in.
const (
	TextWelcome   TextKey = "welcome"     // to a new follower; {bot} is the bot's name
	TextGreeting  TextKey = "greeting"    // to "hello"; {bot}
	TextThanks    TextKey = "thanks"      // to "thank you"
	TextGoodbye   TextKey = "goodbye"     // to "bye"
	TextNod       TextKey = "nod"         // to "ok", "I see"
	TextWho       TextKey = "who"         // to "are you a robot?"; {bot}
	TextAbilities TextKey = "abilities"   // to "what can you do?"; {bot}
	TextHowAreYou TextKey = "how_are_you" // to "how are you?"
	TextPraise    TextKey = "praise"      // to "you are great"
	TextSorry     TextKey = "sorry"       // to "sorry"
	TextWait      TextKey = "wait"        // to "one moment"
	TextWishes    TextKey = "wishes"      // to "happy new year"
	TextJoke      TextKey = "joke"        // to "tell me a joke"
	TextSpeaks    TextKey = "speaks"      // to "do you speak English?"
	TextEmpty     TextKey = "empty"       // to nothing, or only signs
	TextClarify   TextKey = "clarify"     // before the readings offered
	TextNone      TextKey = "none"        // the last reading: none of these
	TextUnknown   TextKey = "unknown"     // no answer and no reading
	TextHandoff   TextKey = "handoff"     // a person was asked for, or a flow or rule wants one
	TextApology   TextKey = "apology"     // handed over because the bot failed
	TextSafety    TextKey = "safety"      // handed over because of danger
	TextRetry     TextKey = "retry"       // an answer in a flow did not do
	TextCancelled TextKey = "cancelled"   // a flow was given up
	TextResume    TextKey = "resume"      // after a digression, before the flow's question
	TextCorrected TextKey = "corrected"   // an earlier answer in a flow was changed to {value}
	TextGoOn      TextKey = "go_on"       // whether to go on with the flow {title} that was interrupted
	TextThat      TextKey = "that"        // {title} of a flow that has none
	TextDropped   TextKey = "dropped"     // it is given up
	TextYes       TextKey = "yes"         // the buttons
	TextNo        TextKey = "no"
	TextImage     TextKey = "image" // the bot cannot see it
	TextVoice     TextKey = "voice" // and did not understand this
	TextVideo     TextKey = "video"
	TextFile      TextKey = "file"
	TextLocation  TextKey = "location"
	TextLink      TextKey = "link"
)

// Texts are the bot's sentences by key, then by language.
type Texts map[TextKey]Wording

// Over returns t with what o says differently; neither is altered.
func (t Texts) Over(o Texts) Texts {
	all := maps.Clone(o)
	if all == nil {
		all = Texts{}
	}
	for k, w := range t {
		both := maps.Clone(w)
		maps.Copy(both, o[k])
		all[k] = both
	}
	return all
}

// MediaDo is what to do with a message without words.
type MediaDo string

// The two ways.
const (
	MediaLine   MediaDo = "line"   // an honest line: the bot cannot read it
	MediaPerson MediaDo = "person" // a person is wanted
)

// Media says what to do by kind of part; a kind not named gets a line.
type Media map[core.PartKind]MediaDo
