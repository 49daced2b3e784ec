// Package mrkdwn speaks Slack's own text format: what people type comes in
// with entities, what the gateway says goes out from standard Markdown. Texts
// of strangers pass through Escape: they can neither mention nor forge links.
package mrkdwn

import (
	"strings"
	"unicode"
)

// Limit is how many characters one message holds here. Slack asks for at most
// 4,000 in a message and takes at most 3,000 in a section block; the rest is
// room for what splitting adds.
const Limit = 2900

// Escape makes s plain: Slack gives a meaning to &, < and > only.
func Escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// Name makes s fit to be shown as an author: one line without control or
// invisible characters and without markup, at most max runes.
func Name(s string, max int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.C, r), r == '<', r == '>', r == '&':
			return -1
		}
		return r
	}, s)
	return Cut(strings.Join(strings.Fields(s), " "), max)
}

// Cut shortens s to at most max runes, the last of them an ellipsis if
// anything was lost.
func Cut(s string, max int) string {
	n := 0
	for i := range s {
		if n == max-1 && len([]rune(s[i:])) > 1 {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// Quote escapes s and shows it as a quotation.
func Quote(s string) string {
	return "> " + strings.ReplaceAll(Escape(s), "\n", "\n> ")
}

// Plain turns text as Slack delivers it into what the person typed: entities
// become the words they show, links show their label and, where it differs,
// their address.
func Plain(s string) string {
	var b strings.Builder
	for s != "" {
		before, rest, found := strings.Cut(s, "<")
		b.WriteString(unescape(before))
		if !found {
			break
		}
		inner, after, closed := strings.Cut(rest, ">")
		if !closed { // not Slack's: it escapes what people type
			b.WriteString("<" + unescape(rest))
			break
		}
		b.WriteString(entity(inner))
		s = after
	}
	return b.String()
}

func unescape(s string) string {
	return strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(s)
}

// entity is what people see of <inner>.
func entity(inner string) string {
	target, label, labelled := strings.Cut(inner, "|")
	target, label = unescape(target), unescape(label)
	switch {
	case target == "":
		return label
	case target[0] == '@':
		return "@" + pick(label, target[1:])
	case target[0] == '#':
		return "#" + pick(label, target[1:])
	case target[0] == '!':
		return special(target[1:], label)
	case !labelled || label == target:
		return strings.TrimPrefix(target, "mailto:")
	}
	if bare(target) == label {
		return label // Slack made a link of what was typed
	}
	return label + " (" + target + ")"
}

func special(word, label string) string {
	if label != "" { // <!date^…|fallback>, <!subteam^S1|@team>
		return label
	}
	word, _, _ = strings.Cut(word, "^")
	return "@" + word
}

func bare(url string) string {
	for _, p := range []string{"https://", "http://", "mailto:", "tel:"} {
		if s, ok := strings.CutPrefix(url, p); ok {
			return s
		}
	}
	return url
}

func pick(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
