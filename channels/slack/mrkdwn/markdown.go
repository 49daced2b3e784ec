package mrkdwn

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// From turns standard Markdown into mrkdwn. What Slack cannot show becomes
// the nearest thing it can; nothing of md can mention anybody.
func From(md string) string {
	lines := strings.Split(md, "\n")
	code := false
	for i, l := range lines {
		if t := strings.TrimSpace(l); strings.HasPrefix(t, fence) && !strings.Contains(t[3:], fence) {
			code = !code
			lines[i] = fence // Slack would show the language's name
			continue
		}
		if code {
			lines[i] = Escape(l)
			continue
		}
		lines[i] = fromLine(l)
	}
	if code {
		lines = append(lines, fence)
	}
	return strings.Join(lines, "\n")
}

func fromLine(l string) string {
	body := strings.TrimLeft(l, " \t")
	indent := l[:len(l)-len(body)]
	if h := strings.TrimLeft(body, "#"); h != body && strings.HasPrefix(h, " ") {
		h = strings.Trim(strings.TrimSpace(h), "#*_ ")
		return "*" + inline(h) + "*"
	}
	if t := strings.ReplaceAll(body, " ", ""); len(t) > 2 && strings.Trim(t, t[:1]) == "" && strings.ContainsAny(t[:1], "-*_") {
		return "———"
	}
	if len(body) > 1 && strings.ContainsRune("-*+", rune(body[0])) && body[1] == ' ' {
		return indent + "• " + inline(strings.TrimLeft(body[2:], " "))
	}
	if q, ok := strings.CutPrefix(body, ">"); ok {
		return "> " + fromLine(strings.TrimPrefix(q, " "))
	}
	return indent + inline(body)
}

// marks are Markdown's emphases, longest first, and Slack's.
func marks() [][2]string {
	return [][2]string{{"***", "*_"}, {"**", "*"}, {"__", "*"}, {"~~", "~"}, {"*", "_"}, {"_", "_"}}
}

// inline converts what may stand within a line.
func inline(s string) string {
	var b strings.Builder
	prev := ' '
	for s != "" {
		out, rest := span(s, prev)
		b.WriteString(out)
		prev, _ = utf8.DecodeLastRuneInString(s[:len(s)-len(rest)])
		s = rest
	}
	return b.String()
}

// span converts the construct s begins with, or its first rune.
func span(s string, prev rune) (out, rest string) {
	switch {
	case s[0] == '\\' && len(s) > 1 && strings.ContainsRune("\\`*_{}[]()#+-.!~>|<&", rune(s[1])):
		return Escape(s[1:2]), s[2:]
	case s[0] == '`':
		if code, rest, ok := strings.Cut(s[1:], "`"); ok && code != "" {
			return "`" + Escape(code) + "`", rest
		}
	case s[0] == '[', strings.HasPrefix(s, "!["):
		if out, rest, ok := link(strings.TrimPrefix(s, "!")); ok {
			return out, rest
		}
	case s[0] == '<':
		if u, rest, ok := strings.Cut(s[1:], ">"); ok && safe(u) {
			return "<" + address(u) + ">", rest
		}
	case strings.HasPrefix(s, "http://"), strings.HasPrefix(s, "https://"):
		n := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r > 0x2E80 || r == ')' || r == '<' })
		if n < 0 {
			n = len(s)
		}
		return Escape(s[:n]), s[n:] // underscores in it are no emphasis
	}
	if out, rest, ok := emphasis(s, prev); ok {
		return out, rest
	}
	_, n := utf8.DecodeRuneInString(s)
	return Escape(s[:n]), s[n:]
}

// link reads [label](address).
func link(s string) (out, rest string, ok bool) {
	label, after, ok := strings.Cut(s[1:], "](")
	if !ok || strings.Contains(label, "\n") {
		return "", "", false
	}
	target, rest, ok := strings.Cut(after, ")")
	target, _, _ = strings.Cut(target, " ") // a title
	if !ok || !safe(target) {
		return "", "", false
	}
	label = strings.ReplaceAll(Escape(label), "|", "¦")
	if label == "" {
		return "<" + address(target) + ">", rest, true
	}
	return "<" + address(target) + "|" + label + ">", rest, true
}

func safe(target string) bool {
	u, err := url.Parse(target)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "http", "https":
		return u.Host != ""
	case "mailto", "tel":
		return u.Opaque != ""
	}
	return false
}

func address(u string) string {
	return strings.NewReplacer("&", "&amp;", "<", "%3C", ">", "%3E", "|", "%7C").Replace(u)
}

// emphasis reads a marked span. Slack shows marks only at the edge of a word;
// between letters, as in Chinese, an invisible space makes the edge.
func emphasis(s string, prev rune) (out, rest string, ok bool) {
	for _, m := range marks() {
		open, mark := m[0], m[1]
		body, after, found := "", "", false
		if strings.HasPrefix(s, open) {
			body, after, found = strings.Cut(s[len(open):], open)
		}
		if !found || body == "" || unicode.IsSpace(rune(body[0])) || unicode.IsSpace(rune(body[len(body)-1])) {
			continue
		}
		next, _ := utf8.DecodeRuneInString(after)
		if open[0] == '_' && (wordy(prev) || wordy(next)) {
			continue // snake_case
		}
		return edge(prev) + mark + inline(body) + reverse(mark) + edge(next), after, true
	}
	return "", "", false
}

func wordy(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func edge(r rune) string {
	if r != utf8.RuneError && wordy(r) {
		return "\u200b"
	}
	return ""
}

func reverse(mark string) string {
	if len(mark) == 2 {
		return mark[1:] + mark[:1]
	}
	return mark
}
