package anthropic_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"frontdesk/core/llm"
	"frontdesk/core/llm/anthropic"
	"frontdesk/core/llm/llmtest"
)

// The wire format is what fakellm takes and sends.
func TestFakeLLM(t *testing.T) {
	p := anthropic.New(anthropic.Options{Name: "tested", BaseURL: llmtest.FakeLLM(t, "fakellm.yaml"), Key: "sk-secret", Model: "claude-sonnet-4-5"})
	ask := func(text string) (llm.Answer, []string, error) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var pieces []string
		a, err := p.Generate(ctx, llm.Request{Messages: []llm.Message{{Role: llm.System, Text: "Be brief."}, {Role: llm.User, Text: text}}},
			func(d llm.Delta) { pieces = append(pieces, d.Text) })
		return a, pieces, err
	}
	a, pieces, err := ask("hello")
	if err != nil || a.Text != "Hi there! 您好。" || strings.Join(pieces, "") != a.Text || len(pieces) < 2 || a.Stop != llm.StopEnd || a.Model != "claude-sonnet-4-5" || !a.Usage.Known || a.Usage.Out == 0 {
		t.Errorf("%+v in %q, %v", a, pieces, err)
	}
	// Another rule knows these words: they arrived as they were written.
	if a, _, err := ask("退货运费 <谁> 付？"); err != nil || a.Text != "The words arrived." {
		t.Errorf("%+v, %v", a, err)
	}
}
