package answer_test

import (
	"encoding/json"
	"testing"

	"frontdesk/core/llm"
	"frontdesk/core/llm/answer"
	"frontdesk/core/llm/anthropic"
	"frontdesk/core/llm/llmtest"
	"frontdesk/core/llm/openai"
)

// Calls and results go over both wires as their APIs want them, and back.
func TestToolsOnTheWire(t *testing.T) {
	for name, c := range map[string]struct {
		dialect llmtest.Dialect
		open    func(url string) llm.Provider
	}{
		"openai": {llmtest.OpenAI{}, func(url string) llm.Provider {
			return openai.New(openai.Options{Name: "main", BaseURL: url + "/v1", Key: "k", Model: "m"})
		}},
		"anthropic": {llmtest.Anthropic{}, func(url string) llm.Provider {
			return anthropic.New(anthropic.Options{Name: "main", BaseURL: url, Key: "k", Model: "m"})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			srv := llmtest.NewServer(t, c.dialect, func(n int) llmtest.Script {
				if n == 0 {
					return llmtest.Script{Calls: []llm.Call{{ID: "a", Name: "order", Arguments: json.RawMessage(`{"n":"4711"}`)}, {ID: "b", Name: "order", Arguments: json.RawMessage(`{"n":"1"}`)}}}
				}
				return llmtest.Script{Pieces: []string{"Order 4711 arrives ", "on 2026-11-06."}}
			})
			s := &shelf{answers: map[string]string{`{"n":"4711"}`: "arrives on 2026-11-06"}}
			d, err := doer(t, c.open(srv.URL), s, generous).Generate(t.Context(), asking("where are orders 4711 and 1?"))
			if err != nil || d == nil || d.By != answer.ByTool {
				t.Fatalf("%+v, %v", d, err)
			}
			seen := srv.Seen()
			if len(seen) != 2 || len(seen[0].Tools) != 1 || len(seen[1].Tools) != 1 {
				t.Fatalf("seen %+v", seen)
			}
			results := map[string]string{}
			for _, m := range seen[1].Messages {
				if m.Role == llm.Tool {
					results[m.CallID] = m.Text
				}
			}
			if len(results) != 2 || results["a"] != "<result>\narrives on 2026-11-06\n</result>" {
				t.Errorf("results %q", results)
			}
		})
	}
}
