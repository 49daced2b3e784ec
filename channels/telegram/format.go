package telegram

import (
	"html"
	"net/url"
	"regexp"
	"strings"
)

// markdown is the whole subset that is shown: fenced and inline code, bold, and
// links to http(s). Everything else stands as it is written.
var markdown = regexp.MustCompile("(?s)```(?:[a-z0-9+-]*\n)?(?P<pre>.+?)```" +
	"|`(?P<code>[^`\n]+)`" +
	`|\*\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*\*` +
	`|\[(?P<label>[^\[\]\n]+)\]\((?P<url>https?://[^\s()<>"]+)\)`)

// format is text as the Bot API's HTML. marked is false if text has no markup:
// then it is better sent plain, which nothing can fail to parse.
func format(text string) (out string, marked bool) {
	var b strings.Builder
	last := 0
	for _, m := range markdown.FindAllStringSubmatchIndex(text, -1) {
		tagged, ok := tag(text, m)
		if !ok {
			continue
		}
		b.WriteString(escape(text[last:m[0]]))
		b.WriteString(tagged)
		last, marked = m[1], true
	}
	b.WriteString(escape(text[last:]))
	return b.String(), marked
}

// tag is the HTML of one match m: pairs of offsets, the whole match first.
func tag(text string, m []int) (string, bool) {
	group := func(n int) (string, bool) {
		if m[2*n] < 0 {
			return "", false
		}
		return text[m[2*n]:m[2*n+1]], true
	}
	if s, ok := group(1); ok {
		return "<pre>" + escape(s) + "</pre>", strings.TrimSpace(s) != ""
	}
	if s, ok := group(2); ok {
		return "<code>" + escape(s) + "</code>", strings.TrimSpace(s) != ""
	}
	if s, ok := group(3); ok {
		return "<b>" + escape(s) + "</b>", true
	}
	label, _ := group(4)
	link, _ := group(5)
	if u, err := url.Parse(link); err != nil || u.Host == "" || strings.TrimSpace(label) == "" {
		return "", false
	}
	return `<a href="` + escape(link) + `">` + escape(label) + "</a>", true
}

// escape makes s safe in HTML. The Bot API knows few named entities, and all
// numeric ones; html.EscapeString writes only such.
func escape(s string) string { return html.EscapeString(s) }
