package llm

import (
	"encoding/json"
	"strings"
)

// Finish checks what a provider made of r: an answer says or calls something,
// arguments are JSON, and so is the text if r wants it. The error is an *Error.
func Finish(provider string, r Request, a Answer) (Answer, error) {
	a.Provider = provider
	for i, c := range a.Calls {
		if len(c.Arguments) == 0 {
			a.Calls[i].Arguments = json.RawMessage("{}")
		} else if !json.Valid(c.Arguments) {
			return a, BadAnswer(provider, ErrNoJSON)
		}
	}
	if len(a.Calls) > 0 {
		a.Stop = StopCalls
		return a, nil
	}
	if strings.TrimSpace(a.Text) == "" {
		return a, BadAnswer(provider, ErrEmpty)
	}
	if r.JSON {
		a.Text = unfence(a.Text)
		var object map[string]json.RawMessage
		if json.Unmarshal([]byte(a.Text), &object) != nil || object == nil {
			return a, BadAnswer(provider, ErrNoJSON)
		}
	}
	return a, nil
}

// unfence takes the code fence off that models like to put around JSON.
func unfence(s string) string {
	s = strings.TrimSpace(s)
	if rest, ok := strings.CutPrefix(s, "```"); ok {
		rest = strings.TrimSuffix(strings.TrimSpace(rest), "```")
		if _, body, ok := strings.Cut(rest, "\n"); ok {
			return strings.TrimSpace(body)
		}
	}
	return s
}
