package wechat

import (
	"regexp"
	"strings"
)

// The platform shows texts as they are: Markdown would show its marks.
var (
	fence   = regexp.MustCompile("^\\s{0,3}(```|~~~)")
	heading = regexp.MustCompile(`^\s{0,3}#{1,6}\s+(.*?)\s*#*$`)
	quote   = regexp.MustCompile(`^\s{0,3}(>\s?)+`)
	bullet  = regexp.MustCompile(`^(\s*)[-*+]\s+`)
	rule    = regexp.MustCompile(`^\s{0,3}([-*_]\s*){3,}$`)
	columns = regexp.MustCompile(`^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)+\|?\s*$`)
	cells   = regexp.MustCompile(`^\s*\|(.*)\|\s*$`)

	link     = regexp.MustCompile(`!?\[([^\]\n]*)\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"\n]*")?\s*\)`)
	autolink = regexp.MustCompile(`<((?:https?|mailto):[^\s<>]+)>`)
	strong   = regexp.MustCompile(`\*\*(\S(?:[^\n]*?\S)?)\*\*`)
	under    = regexp.MustCompile(`(^|[^\p{L}\p{N}_])__(\S(?:[^\n]*?\S)?)__`)
	struck   = regexp.MustCompile(`~~(\S(?:[^\n]*?\S)?)~~`)
	star     = regexp.MustCompile(`(^|[^\p{L}\p{N}*\\])\*([^\s*](?:[^*\n]*[^\s*\\])?)\*`)
	line     = regexp.MustCompile(`(^|[^\p{L}\p{N}_/\\])_([^\s_](?:[^_\n]*[^\s_\\])?)_([^\p{L}\p{N}_]|$)`)
	code     = regexp.MustCompile("`+([^`\n]+)`+")
	escaped  = regexp.MustCompile("\\\\([\\\\`*_{}\\[\\]()#+\\-.!>~|])")
	blank    = regexp.MustCompile(`\n{3,}`)
)

// plain turns Markdown into what a reader would copy out of it. Links stay.
func plain(md string) string {
	var out []string
	fenced := false
	for l := range strings.SplitSeq(strings.ReplaceAll(md, "\r\n", "\n"), "\n") {
		switch {
		case fence.MatchString(l):
			fenced = !fenced
		case fenced:
			out = append(out, l)
		case rule.MatchString(l), columns.MatchString(l):
		default:
			out = append(out, inline(block(l)))
		}
	}
	return strings.TrimSpace(blank.ReplaceAllString(strings.Join(out, "\n"), "\n\n"))
}

// block removes what marks a whole line.
func block(l string) string {
	l = quote.ReplaceAllString(l, "")
	l = heading.ReplaceAllString(l, "$1")
	l = bullet.ReplaceAllString(l, "$1• ")
	if m := cells.FindStringSubmatch(l); m != nil {
		cs := strings.Split(m[1], "|")
		for i := range cs {
			cs[i] = strings.TrimSpace(cs[i])
		}
		l = strings.Join(cs, " | ")
	}
	return l
}

// inline removes what marks words. Code is taken as it is.
func inline(l string) string {
	var out strings.Builder
	for {
		m := code.FindStringSubmatchIndex(l)
		if m == nil {
			break
		}
		out.WriteString(emphasis(l[:m[0]]))
		out.WriteString(l[m[2]:m[3]])
		l = l[m[1]:]
	}
	out.WriteString(emphasis(l))
	return out.String()
}

func emphasis(s string) string {
	s = link.ReplaceAllStringFunc(s, func(l string) string {
		m := link.FindStringSubmatch(l)
		if m[1] == "" || m[1] == m[2] {
			return m[2]
		}
		return m[1] + " (" + m[2] + ")"
	})
	s = autolink.ReplaceAllString(s, "$1")
	s = strong.ReplaceAllString(s, "$1")
	s = under.ReplaceAllString(s, "$1$2")
	s = struck.ReplaceAllString(s, "$1")
	s = star.ReplaceAllString(s, "$1$2")
	s = line.ReplaceAllString(s, "$1$2$3")
	return escaped.ReplaceAllString(s, "$1")
}
