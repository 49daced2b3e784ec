package openai_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"frontdesk/core/llm"
	"frontdesk/core/llm/llmtest"
	"frontdesk/core/llm/openai"
)

// ask asks the model of a server once, within a time that holds on a busy
// machine. It returns the pieces too.
func ask(t *testing.T, url, model string, r llm.Request) (llm.Answer, []string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var pieces []string
	a, err := openai.New(openai.Options{Name: "tested", BaseURL: url, Key: "sk-secret", Model: model}).
		Generate(ctx, r, func(d llm.Delta) { pieces = append(pieces, d.Text) })
	return a, pieces, err
}

func user(text string) llm.Request {
	return llm.Request{Messages: []llm.Message{{Role: llm.System, Text: "You are a shop's assistant."}, {Role: llm.User, Text: text}}}
}

// The wire format is what openai-api-mock takes and sends: it streams without a
// reason for the end, and without usage.
func TestOpenAIAPIMock(t *testing.T) {
	url := llmtest.OpenAIMock(t)
	a, pieces, err := ask(t, url, "gpt-4o-mini", user("hello"))
	if err != nil || a.Text == "" || strings.Join(pieces, "") != a.Text || len(pieces) < 2 || a.Model != "gpt-4o-mini-mock" || a.Stop != llm.StopEnd || a.Usage.Known {
		t.Errorf("%+v in %d pieces, %v", a, len(pieces), err)
	}
	if _, _, err := ask(t, url, "gpt-4o-mini", llm.Request{}); llm.KindOf(err) != llm.Invalid {
		t.Errorf("without messages: %v", err)
	}
}

// And what mock-llm takes and sends: its errors come within a stream of status 200.
func TestMockLLM(t *testing.T) {
	url := llmtest.MockLLM(t, "mock-llm.yaml")
	a, pieces, err := ask(t, url, "gpt-4o-mini", user("退货怎么办？"))
	if err == nil && (a.Text != "You said: 退货怎么办？" || len(pieces) < 3 || strings.Join(pieces, "") != a.Text || a.Stop != llm.StopEnd || a.Model != "gpt-4o-mini") {
		t.Errorf("%+v, pieces %q", a, pieces)
	}
	if err != nil {
		t.Error(err)
	}
	for text, want := range map[string]llm.Kind{"error-401": llm.Denied, "error-429": llm.RateLimited} {
		if _, _, err := ask(t, url, "m", user(text)); llm.KindOf(err) != want || strings.Contains(err.Error(), "Incorrect") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Real inference: the llama.cpp server with a small model. It is asked what the
// API promises, not whether it is clever.
func TestLlama(t *testing.T) {
	url := llmtest.Llama(t, 2)
	t.Run("contract", func(t *testing.T) { realAnswers(t, url) })
	t.Run("faults", func(t *testing.T) { faultsBeforeLlama(t, url) })
}

func realAnswers(t *testing.T, url string) {
	r := user("Say hello to a customer.")
	r.MaxTokens = 8
	a, pieces, err := ask(t, url, "smollm2", r)
	if err != nil || strings.TrimSpace(a.Text) == "" || strings.Join(pieces, "") != a.Text || len(pieces) < 3 {
		t.Fatalf("%+v in %d pieces, %v", a, len(pieces), err)
	}
	if !a.Usage.Known || a.Usage.In < 10 || a.Usage.Out < 1 || a.Usage.Out > 8 || a.Model != "smollm2-135m" {
		t.Errorf("%+v", a)
	}
	r.MaxTokens = 2
	if a, _, err := ask(t, url, "smollm2", r); err != nil || a.Stop != llm.StopLength || a.Usage.Out != 2 {
		t.Errorf("cut: %+v, %v", a, err)
	}
	r.JSON, r.MaxTokens = true, 12
	if a, _, err := ask(t, url, "smollm2", r); err == nil && !json.Valid([]byte(a.Text)) || err != nil && llm.KindOf(err) != llm.Malformed {
		t.Errorf("JSON: %+v, %v", a, err)
	}
	if _, _, err := ask(t, url, "smollm2", llm.Request{Messages: []llm.Message{{Role: llm.User, Text: strings.Repeat("long ", 5000)}}}); llm.KindOf(err) != llm.Invalid {
		t.Errorf("a question longer than the context: %v", err)
	}
}
