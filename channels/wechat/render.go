package wechat

import (
	"fmt"
	"strconv"
	"strings"

	"frontdesk/core"
)

// maxSources is how many citations a text names.
const maxSources = 3

// render is what ev looks like in a text: no Markdown, choices as numbered
// lines (typing counts as a message, five answers in 48 hours; tapping a menu
// only as three in a minute), files as their links.
func render(ev core.Event) string {
	var out []string
	choices := 0
	for _, p := range ev.Parts {
		switch p.Kind {
		case core.Signal:
		case core.Choice:
			choices++
			out = append(out, strconv.Itoa(choices)+". "+words(ev, p.Text))
		default:
			out = append(out, withURL(words(ev, p.Text), p))
		}
	}
	return printable(lines(append(out, sources(ev.Citations)...)...))
}

// words is what was said; people write as they mean it, the bot in Markdown.
func words(ev core.Event, text string) string {
	if ev.Role == core.BotRole {
		return plain(text)
	}
	return text
}

func withURL(text string, p core.Part) string {
	if p.URL == "" || strings.Contains(text, p.URL) {
		return text
	}
	return lines(text, p.URL)
}

// sources are the documents an answer was drawn from, each once.
func sources(cs []core.Citation) []string {
	var out []string
	seen := map[string]bool{}
	for _, c := range cs {
		s := "— " + c.Doc
		if c.Page > 0 {
			s += fmt.Sprintf(", p. %d", c.Page)
		}
		if c.Doc == "" || seen[s] || len(out) == maxSources {
			continue
		}
		seen[s] = true
		out = append(out, s)
	}
	return out
}

// printable drops what may not stand in XML, however it came into a text.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r < ' ', r == 0x7f, r == 0xfffe, r == 0xffff:
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "�"))
}
