package llm

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Builder collects an answer as a provider's stream brings it. It belongs to
// one goroutine.
type Builder struct {
	Model   string
	Usage   Usage
	Stop    Stop // "" until the stream says how the answer ended
	Refused bool

	on    func(Delta)
	aloud aloud
	bytes int // of all that came
	text  strings.Builder
	calls []pending
}

// pending is a call whose arguments still come.
type pending struct {
	index    int
	id, name string
	args     []byte
}

// maxCalls bounds the tool calls of one answer.
const maxCalls = 32

// errTooLong means more than LongestAnswer or maxCalls.
var errTooLong = errors.New("the answer has no end")

// NewBuilder makes a builder that passes text on to on, which may be nil.
func NewBuilder(on func(Delta)) *Builder { return &Builder{on: on} }

// Text adds a piece of text. An error ends the answer.
func (b *Builder) Text(piece string) error {
	if b.bytes += len(piece); b.bytes > LongestAnswer {
		return errTooLong
	}
	b.say(b.aloud.next(piece))
	return nil
}

func (b *Builder) say(piece string) {
	if piece == "" {
		return
	}
	b.text.WriteString(piece)
	if b.on != nil {
		b.on(Delta{Text: piece})
	}
}

// Call adds to the call at index: its id and name, which come once, and a piece
// of its arguments.
func (b *Builder) Call(index int, id, name, args string) error {
	i := slices.IndexFunc(b.calls, func(p pending) bool { return p.index == index })
	if i < 0 {
		if len(b.calls) == maxCalls {
			return errTooLong
		}
		b.calls = append(b.calls, pending{index: index, id: fmt.Sprintf("call_%d", index)})
		i = len(b.calls) - 1
	}
	c := &b.calls[i]
	if id != "" {
		c.id = id
	}
	if name != "" {
		c.name = name
	}
	if len(c.args)+len(args) > LongestAnswer {
		return errTooLong
	}
	c.args = append(c.args, args...)
	return nil
}

// Finish is the whole answer, checked; an *Error if there is none.
func (b *Builder) Finish(provider string, r Request) (Answer, error) {
	switch {
	case b.Refused:
		return Answer{}, &Error{Provider: provider, Kind: Refused}
	case b.Stop == "":
		return Answer{}, BadAnswer(provider, ErrCut)
	}
	b.say(b.aloud.rest())
	a := Answer{Text: b.text.String(), Stop: b.Stop, Usage: b.Usage, Model: b.Model}
	for _, c := range b.calls {
		a.Calls = append(a.Calls, Call{ID: c.id, Name: c.name, Arguments: c.args})
	}
	return Finish(provider, r, a)
}
