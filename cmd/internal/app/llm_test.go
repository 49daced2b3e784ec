package app_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/core/llm/llmtest"
)

// knowing is a gateway whose bot knows one document and has two providers.
const knowing = `
server: {addr: "127.0.0.1:0", public_url: "https://desk.example", shutdown_timeout: 10s}
data_dir: ./data
llm:
  providers:
    - {name: main, kind: openai, base_url: "%s/v1", api_key: sk-secret, model: model-1, timeout: 8s, first_token_timeout: 300ms}
    - {name: claude, kind: anthropic, base_url: "%s", api_key: sk-secret, model: model-2, timeout: 8s, first_token_timeout: 300ms}
channels:
  - {id: web, type: web, bot: default, allowed_origins: ["*"]}
bots:
  - {id: default, dir: "%s"}
`

func botFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for file, text := range map[string]string{
		"bot.yaml": "name: Momo\nlanguages: [en, zh]\n",
		"knowledge/returns.md": "# Returns\n\nHeavy goods such as washing machines may be sent back within 30 days of delivery.\n\n" +
			"# Warranty\n\nThe K3 kettle has a warranty of two years from the day of delivery.\n",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A model answers from the documents with its source; when it falls silent the
// next does; when that fails too, the documents are quoted. The customer reads
// no provider's words at any time.
func TestModelsDegrade(t *testing.T) {
	var mainDown, claudeDown atomic.Bool
	main := llmtest.NewServer(t, llmtest.OpenAI{}, func(int) llmtest.Script {
		if mainDown.Load() {
			return llmtest.Script{Fault: llmtest.Hang}
		}
		return llmtest.Script{Pieces: []string{"Yes, you can return them: ", "there are 30 days for it [1]."}, In: 100, Out: 12}
	})
	claude := llmtest.NewServer(t, llmtest.Anthropic{}, func(int) llmtest.Script {
		if claudeDown.Load() {
			return llmtest.Script{Status: http.StatusServiceUnavailable, Words: "We are overloaded, sk-secret", Code: "overloaded_error"}
		}
		return llmtest.Script{Pieces: []string{"Claude says 30 days [1]."}, In: 100, Out: 12}
	})
	h := runHouse(t, fmt.Sprintf(knowing, main.URL, claude.URL, botFolder(t)))
	question := "Within how many days may I send heavy goods such as washing machines back?"
	one := func(id, want string, more ...string) {
		t.Helper()
		start := time.Now()
		status, body := ask(t, h.url, session(t, h.url), id, question)
		for _, w := range append(more, want, "returns.md", `"outcome":"answered"`) {
			if status != 200 || !strings.Contains(body, w) {
				t.Errorf("status %d without %q: %s", status, w, body)
			}
		}
		if strings.Contains(body, "overloaded") || strings.Contains(body, "sk-secret") || strings.Contains(body, "[1]") || strings.Count(body, `"role":"bot"`) != 1 {
			t.Errorf("the customer reads %s", body)
		}
		if took := time.Since(start); took > 15*time.Second {
			t.Errorf("it took %s", took)
		}
	}
	one("1", "there are 30 days for it.")
	mainDown.Store(true)
	one("2", "Claude says 30 days.")
	claudeDown.Store(true)
	one("3", "may be sent back within 30 days of delivery")
	if len(main.Seen()) < 2 || len(claude.Seen()) < 2 {
		t.Fatalf("asked %d and %d times", len(main.Seen()), len(claude.Seen()))
	}
	if m := main.Seen()[0].Messages; !strings.Contains(m[0].Text, "Momo") || !strings.Contains(m[1].Text, "<question>\n"+question+"\n</question>") || !strings.Contains(m[1].Text, "30 days of delivery") {
		t.Errorf("the model was asked %+v", m)
	}
}
