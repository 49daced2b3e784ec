package nlu

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// longestSplit is the longest text that Split cuts, in bytes: what is longer
// tells a story.
const longestSplit = 2000

// Split cuts a message that asks for several things into these: "我要退货，另外
// 发票怎么开？" is two. It cuts at the ends of sentences and before words such as
// 另外, "also" or "and what"; what asks for nothing by itself, and what leans on
// the words before ("is it free?"), stays with its neighbour. The parts are
// pieces of text, in order, without the words that join them; a message that
// asks for one thing is one part. It is pure, and linear in text.
func Split(text string) []string {
	text = strings.TrimSpace(text)
	if len(text) > longestSplit {
		return []string{text}
	}
	var parts []string
	js := joints(text)
	from, asks := 0, requests.MatchString(text[:js[0].at]) // the part under way: where it begins, whether it asks
	for i, j := range js[:len(js)-1] {
		if j.at < from {
			continue // inside a joining word
		}
		next := text[j.next:max(j.next, js[i+1].at)]
		switch wants := requests.MatchString(next); {
		case wants && asks && !leaning.MatchString(next):
			parts = append(parts, trimmed(text[from:j.at]))
			from = j.next
		case wants:
			asks = true
		}
	}
	return append(parts, trimmed(text[from:]))
}

// trimmed is a part without what joins it to others.
func trimmed(part string) string { return strings.Trim(part, " \t\r\n,，、;；") }

// joint is where a text may be cut: a part ends at at, and the next begins at
// next, after the word that joins them.
type joint struct{ at, next int }

// joints are the places where text may be cut, in order, and its end.
func joints(text string) []joint {
	var out []joint
	for _, re := range []*regexp.Regexp{sentenceEnds, joining} {
		for _, m := range re.FindAllStringSubmatchIndex(text, -1) {
			if m[1] < len(text) {
				out = append(out, joint{m[2], m[1]})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b joint) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(b.next, a.next)) })
	return append(out, joint{len(text), len(text)})
}

const (
	joinZH = `另外(?:再?(?:问|请问)(?:一下)?)?|还有(?:就是|一个问题)?|顺便(?:问(?:一下|下)?)?|对了|再问(?:一下|下)?|以及`
	joinEN = `(?:and )?(?:also|by the way|btw|one more thing|additionally|secondly|plus)\b[,:]?`
)

var (
	// sentenceEnds has in its group nothing, standing after the mark; a full stop
	// ends a sentence only before a space.
	sentenceEnds = regexp.MustCompile(`(?i)(?:[。！？!?；;\n]+|\.\s)()[\s，,]*(?:(?:` + joinZH + `)[，,：:]?|(?:` + joinEN + `|and\b))?\s*`)
	joining      = regexp.MustCompile(`(?i)()(?:[，,、\s]+(?:` + joinZH + `)[，,：:\s]*|[,\s]+(?:` + joinEN + `|and\b(?: then\b)?)\s+)`)
	// requests are the signs that a clause asks for something.
	requests = regexp.MustCompile(`(?i)[?？]|怎么|怎样|什么|多少|多久|哪|几[天号点个]|吗|能不能|可不可以|可以.+么|如何|是否|有没有|为何|为啥|我要|我想|想要|需要|帮我|帮忙|麻烦|请|取消|查一?下|查询` +
		`|^\W*(?:what|how|when|where|which|who|why|can|could|would|will|do|does|did|is|are|may|should|please|cancel|return|refund|track|change|send|give|show|tell|find|check|book|order|exchange|update|help|i want|i need|i would|i wish)\b` +
		`|^\W*(?:what|how|when|where|who|i)['’](?:s|re|d|m)\b|\bplease\b|\b(?:i|we) (?:want|need|would like|wish)\b|\bi['’]d like\b|\b(?:can|could) (?:you|i|we)\b`)
	// leaning is a clause that says nothing without the one before it.
	leaning = regexp.MustCompile(`(?i)^\W*(?:[\w'’]+\s+){0,3}(?:it|its|they|them|that|this|those|these|one)\b|^\W*\S{0,12}(?:它|这个|那个|这些|那些)|^\W*(?:那|这样)|^\W*(?:why|how come|when|where|how much|how long)\W*$`)
)
