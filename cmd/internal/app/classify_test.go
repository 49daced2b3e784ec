package app_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"frontdesk/core/llm/llmtest"
)

// A bot without one example understands its customers by a language model, and
// by nothing while that is away: then it says so, and goes on.
func TestIntentsByModel(t *testing.T) {
	var down atomic.Bool
	model := llmtest.NewServer(t, llmtest.OpenAI{}, func(int) llmtest.Script {
		if down.Load() {
			return llmtest.Script{Status: http.StatusServiceUnavailable}
		}
		return llmtest.Script{Pieces: []string{`{"intent":"invoice","certainty":"sure","second":"none"}`}, In: 90, Out: 12}
	})
	dir := t.TempDir()
	for name, text := range map[string]string{
		"bot.yaml":       "name: Ada\nlanguages: [en]\nnlu: {recognizer: llm}\n",
		"intents/a.yaml": "- {name: invoice, title: {en: Invoices}, answer: {en: The invoice is in your mail.}}\n- {name: hours, title: {en: Opening hours}, answer: {en: We open at nine.}}\n",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h := runHouse(t, `
server: {addr: "127.0.0.1:0", public_url: "https://desk.example"}
data_dir: ./data
llm: {providers: [{name: main, kind: openai, base_url: "`+model.URL+`/v1", api_key: sk-secret, model: m, timeout: 5s}]}
channels: [{id: web, type: web, bot: default, allowed_origins: ["*"]}]
bots: [{id: default, dir: "`+dir+`"}]
`)
	token := session(t, h.url)
	if status, body := ask(t, h.url, token, "1", "the paper for my accountant, where is it"); status != 200 || !strings.Contains(body, "The invoice is in your mail.") {
		t.Errorf("status %d, %s", status, body)
	}
	seen := model.Seen()
	if len(seen) == 0 || !seen[0].JSON || !strings.Contains(seen[0].Messages[0].Text, "invoice: Invoices\nhours: Opening hours") {
		t.Errorf("the model was asked %+v", seen)
	}
	down.Store(true)
	if status, body := ask(t, h.url, token, "2", "the other paper please"); status != 200 || strings.Contains(body, "in your mail") || !strings.Contains(body, `"role":"bot"`) {
		t.Errorf("without its model: status %d, %s", status, body)
	}
}
