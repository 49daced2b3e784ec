package anthropic_test

import (
	"testing"

	"frontdesk/core/llm"
	"frontdesk/core/llm/anthropic"
	"frontdesk/core/llm/llmtest"
)

func TestContract(t *testing.T) {
	llmtest.Run(t, llmtest.Target{Dialect: llmtest.Anthropic{}, RateLimit: "rate_limit_error", New: func(url, key string) llm.Provider {
		return anthropic.New(anthropic.Options{Name: "tested", BaseURL: url, Key: key, Model: "model-1"})
	}})
}
