package guard

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"frontdesk/core/llm"
)

var _ llm.Provider = (*Models)(nil)

// Models is a provider that tells another nothing personal: phone numbers, cards,
// addresses become placeholders before the request, and themselves again in the
// answer, in its stream, and in the arguments of calls. Passages of the
// business's own documents stand as they are. Safe for concurrent use.
type Models struct {
	next     llm.Provider
	of       func(bot string) *Redactor
	sketches sketches
}

// NewModels wraps next. of gives a bot's redactor and never nil: for an unknown
// bot the strictest.
func NewModels(next llm.Provider, of func(bot string) *Redactor) *Models {
	return &Models{next: next, of: of}
}

// Name implements llm.Provider.
func (m *Models) Name() string { return m.next.Name() }

// published is what the prompt library fences as a passage: everybody may read
// it. Nothing within can open or close such a fence.
var published = regexp.MustCompile(`(?s)<passage>\n.*?\n</passage>`)

// Generate implements llm.Provider. An answer that repeats the instructions is
// an *llm.Error of kind Refused; a stream ends before
// it has told more of them than chance would.
func (m *Models) Generate(ctx context.Context, r llm.Request, on func(llm.Delta)) (llm.Answer, error) {
	s := hide(m.of(r.For.Bot), &r)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	v := &voice{m: m, s: s, asked: r, on: on}
	show := on
	if on != nil {
		show = func(d llm.Delta) {
			if !v.hear(d) {
				stop() // it has no more to say
			}
		}
	}
	a, err := m.next.Generate(ctx, r, show)
	if v.leaked || err == nil && m.sketches.leaks(a.Text, r) {
		return llm.Answer{Provider: a.Provider, Model: a.Model, Usage: a.Usage, Tries: a.Tries}, &llm.Error{Provider: m.Name(), Kind: llm.Refused, Err: errLeak}
	}
	if err != nil {
		return a, err
	}
	if on != nil {
		v.finish()
	}
	a.Text = s.Restore(a.Text, r.JSON)
	calls := append([]llm.Call(nil), a.Calls...)
	for i := range calls {
		calls[i].Arguments = []byte(s.Restore(string(calls[i].Arguments), true))
	}
	a.Calls = calls
	return a, nil
}

var errLeak = errors.New("the answer repeats the instructions")

// voice passes a stream on as it comes: only what may become a placeholder waits
// until it is one or is not.
type voice struct {
	m      *Models
	s      *Secrets
	asked  llm.Request
	on     func(llm.Delta)
	rev    int
	said   string // by the model in this rev, placeholders and all
	shown  int    // bytes of it
	leaked bool
}

// hear takes a piece in. It reports whether the model may go on.
func (v *voice) hear(d llm.Delta) bool {
	if v.leaked {
		return false
	}
	if d.Rev != v.rev {
		v.rev, v.said, v.shown = d.Rev, "", 0 // another model took the turn
	}
	v.said += d.Text
	if v.leaked = v.m.sketches.leaks(v.said[tail(v.said):], v.asked); v.leaked {
		return false
	}
	v.pass(max(v.shown, opened(v.said)))
	return true
}

// tail is where the end of a text begins that holds the longest run of letters
// that must be looked at again: the rest was.
func tail(text string) int {
	const looked = 400 // bytes: more than leakWeight with blanks between letters
	i := max(0, len(text)-looked)
	for i > 0 && !utf8.RuneStart(text[i]) {
		i--
	}
	return i
}

// longestName bounds, in bytes, what may still become a placeholder.
const longestName = 40

// opened is where a bracket of text opened that may become a placeholder, its
// end if there is none.
func opened(text string) int {
	cut := len(text)
	for _, open := range []string{"[", "【", "〔", "［"} {
		i := strings.LastIndex(text, open)
		if i >= 0 && len(text)-i < longestName && !strings.ContainsAny(text[i:], "]】〕］") {
			cut = min(cut, i)
		}
	}
	return cut
}

// pass shows said up to a byte.
func (v *voice) pass(upTo int) {
	if text := v.s.Restore(v.said[v.shown:upTo], v.asked.JSON); text != "" {
		v.on(llm.Delta{Rev: v.rev, Text: text})
	}
	v.shown = upTo
}

// finish shows what is left of an answer that ended well.
func (v *voice) finish() { v.pass(len(v.said)) }

// hide puts placeholders into a copy of r's messages.
func hide(red *Redactor, r *llm.Request) *Secrets {
	var texts []string
	for _, m := range r.Messages {
		texts = append(texts, m.Text)
	}
	s := red.Begin(texts...)
	messages := slices.Clone(r.Messages)
	for i := range messages {
		messages[i].Text = outside(messages[i].Text, s.Hide)
		calls := slices.Clone(messages[i].Calls)
		for j := range calls {
			calls[j].Arguments = s.hideJSON(calls[j].Arguments)
		}
		messages[i].Calls = calls
	}
	r.Messages = messages
	return s
}

// hideJSON hides what strings and numbers of a JSON value hold.
func (s *Secrets) hideJSON(raw json.RawMessage) json.RawMessage {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return json.RawMessage("{}") // it was checked when it came; what is none says nothing
	}
	out, err := json.Marshal(s.hideIn(v))
	if err != nil {
		return json.RawMessage("{}")
	}
	return out
}

func (s *Secrets) hideIn(v any) any {
	switch x := v.(type) {
	case string:
		return s.Hide(x)
	case json.Number:
		if h := s.Hide(x.String()); h != x.String() {
			return h
		}
	case []any:
		for i := range x {
			x[i] = s.hideIn(x[i])
		}
	case map[string]any:
		for k := range x {
			x[k] = s.hideIn(x[k])
		}
	}
	return v
}

// outside applies f to what of text is no passage.
func outside(text string, f func(string) string) string {
	var out string
	last := 0
	for _, at := range published.FindAllStringIndex(text, -1) {
		out += f(text[last:at[0]]) + text[at[0]:at[1]]
		last = at[1]
	}
	return out + f(text[last:])
}
