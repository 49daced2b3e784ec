// Package canned is a language model that always speaks: what it says is
// computed here, at once and for nothing.
package canned

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"frontdesk/core/llm"
)

var _ llm.Provider = (*Provider)(nil)

// Provider is safe for concurrent use if its words are.
type Provider struct {
	name  string
	words func(llm.Request) string
}

// New makes a provider that answers what words makes of a request.
func New(name string, words func(llm.Request) string) *Provider {
	return &Provider{name: name, words: words}
}

// Name implements llm.Provider.
func (p *Provider) Name() string { return p.name }

// Generate implements llm.Provider: it says its words one by one. Usage counts
// characters, there being no tokens.
func (p *Provider) Generate(ctx context.Context, r llm.Request, on func(llm.Delta)) (llm.Answer, error) {
	if err := context.Cause(ctx); err != nil {
		return llm.Answer{}, fmt.Errorf("language model %s: %w", p.name, err)
	}
	text := p.words(r)
	if on != nil {
		for piece := range strings.SplitAfterSeq(text, " ") {
			on(llm.Delta{Text: piece})
		}
	}
	in := 0
	for _, m := range r.Messages {
		in += utf8.RuneCountInString(m.Text)
	}
	return llm.Finish(p.name, r, llm.Answer{Text: text, Model: "canned", Stop: llm.StopEnd,
		Usage: llm.Usage{In: in, Out: utf8.RuneCountInString(text), Known: true}})
}
