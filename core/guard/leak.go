package guard

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"frontdesk/core/llm"
)

// leakWeight is how much of the instructions in a row an answer may share with
// them by chance: a Latin letter weighs 2, a character of a script that needs
// fewer 5. 60 is 30 letters, about six words, or 12 Chinese characters.
const leakWeight = 60

// sketches keeps what instructions look like: they are few, and long. Safe for
// concurrent use.
type sketches struct {
	mu    sync.Mutex
	known map[string]map[string]bool
}

// mostSketches bounds it; when it is full it starts over.
const mostSketches = 64

func (s *sketches) of(text string) map[string]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k, ok := s.known[text]; ok {
		return k
	}
	k := map[string]bool{}
	for w := range windows(bareLetters(text)) {
		k[w] = true
	}
	if len(s.known) >= mostSketches || s.known == nil {
		s.known = map[string]map[string]bool{}
	}
	s.known[text] = k
	return k
}

// bareLetters are the letters and figures of a text alone: signs and blanks put
// between them hide nothing.
func bareLetters(text string) []rune {
	var out []rune
	for _, l := range letters(text) {
		if l.r != ' ' {
			out = append(out, l.r)
		}
	}
	return out
}

// windows yields all runs of rs of leakWeight.
func windows(rs []rune) func(func(string) bool) {
	weigh := func(r rune) int {
		if latin(r) {
			return 2
		}
		return 5
	}
	return func(yield func(string) bool) {
		end, sum := 0, 0
		for from := range rs {
			for end < len(rs) && sum < leakWeight {
				sum += weigh(rs[end])
				end++
			}
			if sum < leakWeight || !yield(string(rs[from:end])) {
				return
			}
			sum -= weigh(rs[from])
		}
	}
}

// leaks reports whether said repeats a run of the request's instructions, in
// whatever spacing, or backwards. What stands in the other messages too may be
// repeated.
func (s *sketches) leaks(said string, r llm.Request) bool {
	rs := bareLetters(said)
	back := slices.Clone(rs)
	slices.Reverse(back)
	rest := ""
	for _, m := range r.Messages {
		if m.Role != llm.System {
			continue
		}
		have := s.of(m.Text)
		for _, way := range [][]rune{rs, back} {
			for w := range windows(way) {
				if !have[w] {
					continue
				}
				if rest == "" {
					rest = others(r)
				}
				if !strings.Contains(rest, w) {
					return true
				}
			}
		}
	}
	return false
}

// others are the letters of all messages but the instructions.
func others(r llm.Request) string {
	var b strings.Builder
	for _, m := range r.Messages {
		if m.Role != llm.System {
			b.WriteString(string(bareLetters(m.Text)) + " ")
		}
	}
	return b.String() + " "
}

// encoded reports whether said holds a run that no customer reads: base64, hex
// and the like may carry anything out. What stands in the support may stay.
func encoded(said string, support []string) bool {
	for _, f := range strings.FieldsFunc(said, func(r rune) bool {
		return r > unicode.MaxASCII || !(unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("+/=_-", r))
	}) {
		if len(f) >= longestToken && !slices.ContainsFunc(support, func(s string) bool { return strings.Contains(s, f) }) {
			return true
		}
	}
	return false
}

// longestToken is longer than words, order numbers and article numbers are.
const longestToken = 40
