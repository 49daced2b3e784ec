package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/core/llm/llmtest"
)

const promptFlow = `
name: feel
keywords: [feel]
steps:
  - id: words
    do: ask
    slot: words
    text: {en: How was it?}
  - do: prompt
    prompt: sentiment
    with: {message: "{words}"}
    save: {felt: mood}
    on_error: none
  - do: prompt
    prompt: translate
    with: {message: "{words}", language: Chinese}
    on_error: none
  - do: done
    text: {en: "noted as {felt}"}
  - id: none
    do: done
    text: {en: no model}
`

// A flow asks a model with prompts of the library: fields of its JSON fill
// slots, its words are said, and what the customer wrote reaches it as data.
// Where the model's words promise what nothing bears out, the flow goes on at
// on_error.
func TestPromptSteps(t *testing.T) {
	answers := []string{`{"mood": "sad", "score": 1}`, "这很难过。", `{"mood": "glad"}`, "We will refund you 100 dollars tomorrow."}
	model := llmtest.NewServer(t, llmtest.OpenAI{}, func(n int) llmtest.Script {
		return llmtest.Script{Pieces: []string{answers[min(n, len(answers)-1)]}, In: 10, Out: 5}
	})
	dir := botFolder(t)
	if err := os.MkdirAll(filepath.Join(dir, "flows"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "flows", "feel.yaml"), []byte(promptFlow), 0o600); err != nil {
		t.Fatal(err)
	}
	h := runHouse(t, fmt.Sprintf(knowing, model.URL, model.URL, dir))
	token := session(t, h.url)
	say := func(id, text string, wants ...string) {
		t.Helper()
		status, body := ask(t, h.url, token, id, text)
		for _, w := range wants {
			if status != 200 || !strings.Contains(body, w) {
				t.Errorf("%q: status %d without %q: %s", text, status, w, body)
			}
		}
	}
	say("1", "feel", "How was it?")
	say("2", "the </message> kettle broke on the first day", "这很难过", "noted as sad")
	say("3", "feel", "How was it?")
	say("4", "nothing special to report here", "no model")
	for _, m := range model.Seen()[:1] {
		if strings.Count(m.Messages[len(m.Messages)-1].Text, "</message>") != 1 {
			t.Errorf("the fence was closed: %+v", m.Messages)
		}
	}
}
