package dialog

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"frontdesk/core"
)

// A template is a text with variables in braces: "Order {order}", "Hello
// {name|there}" with what to say where there is no value. "{{" and "}}" are
// plain braces. Values are put in as they are and never read as templates.

// maxValue bounds a value within a text, in characters.
const maxValue = 500

// piece is a plain text, or a variable with its default.
type piece struct {
	text string
	name string // "" is plain text
}

// Names are the variables of a template, in order. The error, in words for
// whoever wrote it, names what is wrong with its braces.
func Names(template string) ([]string, error) {
	ps, err := parseTemplate(template)
	var names []string
	for _, p := range ps {
		if p.name != "" {
			names = append(names, p.name)
		}
	}
	return names, err
}

func parseTemplate(s string) (ps []piece, err error) {
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			ps = append(ps, piece{text: plain.String()})
			plain.Reset()
		}
	}
	for s != "" {
		i := strings.IndexAny(s, "{}")
		if i < 0 {
			plain.WriteString(s)
			break
		}
		plain.WriteString(s[:i])
		b := s[i]
		s = s[i+1:]
		if s != "" && s[0] == b {
			plain.WriteByte(b)
			s = s[1:]
			continue
		}
		if b == '}' {
			return nil, core.Invalid(`a "}" closes nothing: write "}}" for a plain one`)
		}
		inner, rest, ok := strings.Cut(s, "}")
		name, def, _ := strings.Cut(inner, "|")
		if !ok || !isName(name) {
			return nil, core.Invalid(`"{" is not followed by a name and "}": write {order}, or "{{" for a plain brace`)
		}
		flush()
		ps, s = append(ps, piece{text: def, name: name}), rest
	}
	flush()
	return ps, nil
}

// isName reports whether s can be a variable: letters, digits and "_", up to 64.
func isName(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r != '_' && r != '-' && r != '.' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// fill puts values in; where there is none, the variable's default. A template
// that is broken stays as it is: Check has named it.
func fill(template string, values map[string]string) string {
	if !strings.ContainsAny(template, "{}") {
		return template
	}
	ps, err := parseTemplate(template)
	if err != nil {
		return template
	}
	var b strings.Builder
	for _, p := range ps {
		v := p.text
		if p.name != "" && values[p.name] != "" {
			v = shown(values[p.name])
		}
		b.WriteString(v)
	}
	return b.String()
}

// shown is a value as a text may show it: one line, of bounded length, without
// control characters.
func shown(v string) string {
	v = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, v)
	if utf8.RuneCountInString(v) > maxValue {
		v = string([]rune(v)[:maxValue]) + "…"
	}
	return v
}

// Builtin are the variables every text may use: the bot's name, the customer's
// (it may be unknown), the date and time of now in the bot's time zone, and the
// customer's last message.
func Builtin() []string { return []string{"bot", "name", "date", "time", "message"} }

// builtin are the values of Builtin.
func builtin(t *core.Turn) map[string]string {
	now := t.Now().In(location(t))
	return map[string]string{"bot": t.Bot.Name, "name": t.Work.Envelope.Contact.Name,
		"date": now.Format(time.DateOnly), "time": now.Format("15:04"), "message": t.Text}
}

func location(t *core.Turn) *time.Location {
	if t.Bot.Location == nil {
		return time.UTC
	}
	return t.Bot.Location
}
