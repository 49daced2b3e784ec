package llm

import "strings"

// Open models think aloud before they answer, between these marks; the customer
// is told the answer alone.
const (
	thinkBegins = "<think>"
	thinkEnds   = "</think>"
)

// aloud takes a model's thoughts off the beginning of its text, piece by piece.
// The zero value is ready.
type aloud struct {
	held     string // may still become a mark
	thinking bool
	thought  bool // it did; the blank after is no part of the answer
	speaking bool // what comes now is the answer
}

// next returns what of piece is the answer, as far as that is known.
func (a *aloud) next(piece string) string {
	if a.speaking {
		return piece
	}
	a.held += piece
	if !a.thinking {
		start := strings.TrimLeft(a.held, " \t\r\n")
		switch {
		case strings.HasPrefix(start, thinkBegins):
			a.thinking, a.held = true, start[len(thinkBegins):]
		case strings.HasPrefix(thinkBegins, start):
			return "" // not enough yet
		case a.thought:
			return a.speak(start)
		default:
			return a.speak(a.held)
		}
	}
	if _, rest, ok := strings.Cut(a.held, thinkEnds); ok {
		a.thinking, a.thought = false, true
		if rest = strings.TrimLeft(rest, " \t\r\n"); rest == "" {
			a.held = "" // the answer comes with a later piece
			return ""
		}
		return a.speak(rest)
	}
	a.held = a.held[max(0, len(a.held)-len(thinkEnds)+1):]
	return ""
}

func (a *aloud) speak(s string) string {
	a.speaking, a.held = true, ""
	return s
}

// rest is what was held back and turned out to be the answer.
func (a *aloud) rest() string {
	if a.speaking || a.thinking {
		return ""
	}
	return a.speak(a.held)
}
