package openai_test

import (
	"testing"

	"frontdesk/core/llm"
	"frontdesk/core/llm/llmtest"
	"frontdesk/core/llm/openai"
)

func TestContract(t *testing.T) {
	llmtest.Run(t, llmtest.Target{Dialect: llmtest.OpenAI{}, RateLimit: "rate_limit_exceeded", New: func(url, key string) llm.Provider {
		return openai.New(openai.Options{Name: "tested", BaseURL: url + "/v1", Key: key, Model: "model-1"})
	}})
}
