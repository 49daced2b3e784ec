package guard

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Secrets are the personal data of one request, by placeholder. It belongs to
// one goroutine.
type Secrets struct {
	r      *Redactor
	values map[string]string // placeholder, without brackets → as written
	names  map[string]string // kind and value → placeholder
	counts map[string]int
	taken  string // texts in which what looks like a placeholder stood already
}

// Begin starts the placeholders of one request. texts is all that it will say:
// no placeholder is made that stands in it already.
func (r *Redactor) Begin(texts ...string) *Secrets {
	s := &Secrets{r: r, values: map[string]string{}, names: map[string]string{}, counts: map[string]int{}}
	for _, t := range texts {
		if placeholder.MatchString(t) {
			s.taken += t
		}
	}
	return s
}

// placeholder is one in an answer: models change brackets and add blanks.
var placeholder = regexp.MustCompile(`[\[【〔［]\s*(PHONE|ID_CARD|BANK_CARD|EMAIL|ADDRESS)[_ -]?(\d{1,3})\s*[\]】〕］]`)

// Hide puts placeholders for the personal data in text: the same value gets the
// same one throughout the request.
func (s *Secrets) Hide(text string) string {
	var b strings.Builder
	last := 0
	for _, sp := range s.r.spans(text) {
		b.WriteString(text[last:sp.from])
		b.WriteString("[" + s.name(sp.kind, text[sp.from:sp.to]) + "]")
		last = sp.to
	}
	if last == 0 {
		return text
	}
	b.WriteString(text[last:])
	return b.String()
}

func (s *Secrets) name(kind, value string) string {
	key := kind + "\x00" + value
	if n := s.names[key]; n != "" {
		return n
	}
	for {
		s.counts[kind]++
		n := fmt.Sprintf("%s_%d", strings.ToUpper(kind), s.counts[kind])
		if strings.Contains(s.taken, n) {
			continue
		}
		s.names[key], s.values[n] = n, value
		return n
	}
}

// Empty reports whether nothing was hidden.
func (s *Secrets) Empty() bool { return len(s.values) == 0 }

// unknown stands where a model made a placeholder up.
const unknown = "***"

// Restore puts the values back. In JSON they are written as JSON wants them.
func (s *Secrets) Restore(text string, asJSON bool) string {
	if s.Empty() {
		return text
	}
	return placeholder.ReplaceAllStringFunc(text, func(m string) string {
		sub := placeholder.FindStringSubmatch(m)
		v, ok := s.values[sub[1]+"_"+sub[2]]
		switch {
		case strings.Contains(s.taken, m):
			return m // the customer's own words
		case !ok:
			return unknown
		case asJSON:
			b, _ := json.Marshal(v) // a string: it cannot fail
			return string(b[1 : len(b)-1])
		}
		return v
	})
}
