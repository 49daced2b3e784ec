package telegram

import (
	"fmt"
	"strings"

	"frontdesk/core"
)

const (
	// maxButtons is how many buttons one message may carry.
	maxButtons = 100
	// maxSources is how many sources are shown under an answer.
	maxSources = 3
	// pointer stands above buttons that come without words: a text is required.
	pointer = "👇"
)

// rendered is an event as Telegram shows it.
type rendered struct {
	text    string
	marked  bool // text may hold the markdown of format
	buttons [][]button
}

// render turns ev into words and buttons. What people write is shown as
// written: only the bot's words may hold markup.
func render(ev core.Event) rendered {
	r := rendered{marked: ev.Role == core.BotRole}
	var lines []string
	for i, p := range ev.Parts {
		if p.Kind == core.Choice && len(r.buttons) < maxButtons {
			if b, ok := choice(ev.Seq, i, p); ok {
				r.buttons = append(r.buttons, []button{b})
			}
			continue
		}
		if l := words(p); l != "" {
			lines = append(lines, l)
		}
	}
	r.text = strings.ToValidUTF8(strings.Join(lines, "\n"), "\uFFFD")
	if strings.TrimSpace(r.text) == "" && len(r.buttons) > 0 {
		r.text = pointer
	}
	if s := sources(ev.Citations); s != "" && strings.TrimSpace(r.text) != "" {
		r.text += "\n\n" + s
	}
	return r
}

// words is p for a text-only reader.
func words(p core.Part) string {
	switch {
	case p.Kind == core.Signal:
		return ""
	case p.URL == "" || strings.Contains(p.Text, p.URL):
		return p.Text
	}
	return strings.TrimSpace(p.Text + "\n" + p.URL)
}

// sources names where an answer was drawn from, each place once.
func sources(cs []core.Citation) string {
	var lines []string
	seen := map[string]bool{}
	for _, c := range cs {
		l := source(c)
		if l == "" || seen[l] || len(lines) == maxSources {
			continue
		}
		seen[l] = true
		lines = append(lines, l)
	}
	return strings.Join(lines, "\n")
}

func source(c core.Citation) string {
	name := c.Title
	if name == "" {
		name = c.Doc
	}
	if name == "" {
		return ""
	}
	if isHTTP(c.URL) {
		name = "[" + name + "](" + c.URL + ")"
	}
	if c.Page > 0 {
		name += fmt.Sprintf(", p. %d", c.Page)
	}
	return "📄 " + strings.ToValidUTF8(name, "\uFFFD")
}
