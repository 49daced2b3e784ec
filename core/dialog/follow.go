package dialog

import (
	"regexp"
	"strings"

	"frontdesk/core"
)

// follow marks short questions that lean on the one before.
var follow = struct{ prefixes, suffixes []string }{
	prefixes: []string{"那", "what about", "how about", "and ", "and for", "what if", "也", "还有", "同样"},
	suffixes: []string{"呢", "呢?", "也是吗", "一样吗", "too?", "as well?"},
}

// shortQuestion is how long, in bytes, a question that leans may be.
const shortQuestion = 40

// followsUp reports whether t is a short question that leans on the one before.
func followsUp(t *core.Turn) bool {
	last := t.Work.State.Last
	return last != "" && len(t.Norm) <= shortQuestion && last != bare(t.Norm) && leans(t.Norm)
}

func leans(norm string) bool {
	for _, p := range follow.prefixes {
		if strings.HasPrefix(norm, p) {
			return true
		}
	}
	for _, s := range follow.suffixes {
		if strings.HasSuffix(norm, s) {
			return true
		}
	}
	return refers.MatchString(norm)
}

// refers are words that stand for something said before.
var refers = regexp.MustCompile(`这个数|这么多|这个价|这种情况|这样的?话|那样的?话|它|\b(?:it|its|that one|those|these|them)\b`)

const prepositions = `for|to|in|from|on|with|by|of|at`

var (
	followEn = regexp.MustCompile(`^(?:and |what about |how about |ok and |and what about )+(?:(` + prepositions + `) )?(.+?)(?: too| as well)?$`)
	tailEn   = regexp.MustCompile(`^(.*) (` + prepositions + `) [^ ]+(?: [^ ]+){0,3}$`)
	followZh = regexp.MustCompile(`^(?:那|那么|还有)?(?:寄到|寄|发到|发|送到|送|到|去)?(\p{Han}{1,8}?|[a-z0-9]+)(?:也是|也|的|呢)*呢$`)
	placeZh  = regexp.MustCompile(`^(.*?(?:寄到|发到|送到|运到|寄往|发往|寄去))(\p{Han}{1,8}?)(吗|么|要多久|多久|要几天|几天|多少钱|要多少钱|怎么收费|怎么算|收费.*|包邮.*|运费.*)$`)
)

// rewritten puts what a short question asks about in the place of what the last
// one did: "do you ship to canada", "and to the us" is "do you ship to the us".
// ok is false where no rule sees that place.
func rewritten(last, short string) (whole string, ok bool) {
	if m := followEn.FindStringSubmatch(short); m != nil {
		tail := tailEn.FindStringSubmatch(last)
		if tail == nil || m[1] != "" && m[1] != tail[2] {
			return "", false
		}
		return tail[1] + " " + tail[2] + " " + m[2], true
	}
	m, place := followZh.FindStringSubmatch(short), placeZh.FindStringSubmatch(last)
	if m == nil || place == nil {
		return "", false
	}
	return place[1] + m[1] + place[3], true
}
