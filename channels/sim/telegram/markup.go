package telegram

import (
	"errors"
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"
)

// tags are those the Bot API knows.
var tags = []string{"a", "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre",
	"span", "tg-spoiler", "tg-emoji", "blockquote"}

// visible is what is left of the Bot API's HTML when its markup is taken away,
// or an error in the words the Bot API has for it.
func visible(s string) (string, error) {
	var out strings.Builder
	var open []string
	for i := 0; i < len(s); {
		switch s[i] {
		case '<':
			end := strings.IndexByte(s[i:], '>')
			if end < 0 {
				return "", fmt.Errorf("Unclosed start tag at byte offset %d", i) //nolint:staticcheck // the Bot API's words
			}
			var err error
			if open, err = step(open, s[i+1:i+end], i); err != nil {
				return "", err
			}
			i += end + 1
		case '&':
			shown, n := character(s[i:])
			out.WriteString(shown)
			i += n
		default:
			out.WriteByte(s[i])
			i++
		}
	}
	if len(open) > 0 {
		return "", errors.New("Can't find end tag corresponding to start tag " + open[len(open)-1])
	}
	return out.String(), nil
}

// step opens or closes a tag, whose inside is given.
func step(open []string, inside string, at int) ([]string, error) {
	if name, closing := strings.CutPrefix(inside, "/"); closing {
		name = strings.ToLower(strings.TrimSpace(name))
		if len(open) == 0 {
			return nil, fmt.Errorf("Unexpected end tag at byte offset %d", at) //nolint:staticcheck // the Bot API's words
		}
		if last := open[len(open)-1]; last != name {
			return nil, fmt.Errorf("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", at, last, name) //nolint:staticcheck // the Bot API's words
		}
		return open[:len(open)-1], nil
	}
	name, _, _ := strings.Cut(inside, " ")
	name = strings.ToLower(strings.TrimSuffix(name, "/"))
	if !slices.Contains(tags, name) {
		return nil, fmt.Errorf("Unsupported start tag \"%s\" at byte offset %d", name, at) //nolint:staticcheck // the Bot API's words
	}
	return append(open, name), nil
}

// named are the named entities the Bot API knows.
var named = map[string]string{"&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": `"`}

// character decodes the entity s begins with; what is none is shown as it is.
func character(s string) (shown string, length int) {
	end := strings.IndexByte(s, ';')
	if end < 0 || end > 10 {
		return "&", 1
	}
	e := s[:end+1]
	if strings.HasPrefix(e, "&#") {
		if d := html.UnescapeString(e); d != e {
			return d, len(e)
		}
	}
	if d, ok := named[e]; ok {
		return d, len(e)
	}
	return "&", 1
}

// Button is what can be pressed under a message.
type Button struct {
	Text string `json:"text"`
	Data string `json:"callback_data,omitempty"`
	URL  string `json:"url,omitempty"`
}

// keyboard reads and checks an inline keyboard.
func keyboard(p fields) ([][]Button, error) {
	var in struct {
		Rows [][]Button `json:"inline_keyboard"`
	}
	if err := p.json("reply_markup", &in); err != nil {
		return nil, err
	}
	total := 0
	for _, row := range in.Rows {
		total += len(row)
		for _, b := range row {
			if err := b.check(); err != nil {
				return nil, err
			}
		}
	}
	if total > 100 {
		return nil, bad("reply markup is too long")
	}
	return in.Rows, nil
}

func (b Button) check() error {
	switch {
	case strings.TrimSpace(b.Text) == "":
		return bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	case b.Data == "" && b.URL == "":
		return bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	case len(b.Data) > maxData:
		return bad("BUTTON_DATA_INVALID")
	case b.URL != "" && !strings.Contains(b.URL, "://"):
		return bad("BUTTON_URL_INVALID")
	}
	return nil
}

// units is the length of s in UTF-16 units.
func units(s string) int {
	n := 0
	for _, r := range s {
		if n++; r > 0xFFFF {
			n++
		}
	}
	return n
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
