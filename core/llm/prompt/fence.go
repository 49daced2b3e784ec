package prompt

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// Limits of one value, in characters.
const (
	maxText = 4000
	maxData = 8000
)

// maxPassages bounds a list.
const maxPassages = 20

// show is how a value of v's type stands in the prompt.
func (v Var) show(value any) (string, error) {
	switch x := value.(type) {
	case nil:
		if v.Optional {
			return "", nil
		}
		return "", errors.New("it is missing")
	case string:
		return v.one(x)
	case []string:
		if v.Type != Passages {
			return "", fmt.Errorf("it is a list, want %s", v.Type)
		}
		return list(x)
	}
	return "", fmt.Errorf("it is a %T, want %s", value, v.Type)
}

func (v Var) one(s string) (string, error) {
	blank := strings.TrimSpace(s) == ""
	switch {
	case blank && v.Optional:
		return "", nil
	case blank:
		return "", errors.New("it is empty")
	case v.Type == Text:
		return cut(clean(s), maxText), nil
	case v.Type == Data:
		return Fence(v.Name, s), nil
	}
	return "", fmt.Errorf("it is one text, want %s", v.Type)
}

func list(texts []string) (string, error) {
	if len(texts) == 0 || len(texts) > maxPassages {
		return "", fmt.Errorf("there are %d, want 1 to %d", len(texts), maxPassages)
	}
	out := make([]string, len(texts))
	for i, s := range texts {
		out[i] = fmt.Sprintf("[%d]\n%s", i+1, Fence("passage", s))
	}
	return strings.Join(out, "\n"), nil
}

// tag is what might be taken for a fence, or for the marks chat templates put
// between turns.
var tag = regexp.MustCompile(`(?i)[<＜](\s*[/／]?\s*[a-z_|｜])|\[(/?(?:INST|SYS)\b)`)

// Fence puts data into a fence of name, which nothing within can close.
func Fence(name, data string) string {
	data = cut(strings.TrimSpace(clean(data)), maxData)
	data = tag.ReplaceAllString(data, "‹$1$2")
	return "<" + name + ">\n" + data + "\n</" + name + ">"
}

// clean takes out what no reader sees: control and formatting characters can
// hide instructions.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r)) || r >= 0xE0000 && r <= 0xE007F {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// cut bounds s to n characters.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n]) + "…"
}
