package anthropic_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/core/llm"
	"frontdesk/core/llm/anthropic"
)

// recorded is a stream as the SDK's own tests keep it.
func recorded(t *testing.T, name string) []byte {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/anthropics/anthropic-sdk-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "lib/betafallback/testdata/fallbackstream", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The streams the SDK's authors recorded are understood: words, a tool call,
// and a refusal after thoughts.
func TestRecorded(t *testing.T) {
	for name, check := range map[string]func(a llm.Answer, said string, err error) bool{
		"fallback-end.sse": func(a llm.Answer, said string, err error) bool {
			return err == nil && a.Text == " there! Happy to help with that." && said == a.Text && a.Stop == llm.StopEnd && a.Usage == llm.Usage{In: 31, Out: 547, Known: true} && a.Model == "fallback-model"
		},
		"fallback-tooluse.sse": func(a llm.Answer, _ string, err error) bool {
			return err == nil && a.Stop == llm.StopCalls && len(a.Calls) == 1 && a.Calls[0].ID == "toolu_echo_1" && a.Calls[0].Name == "echo" && string(a.Calls[0].Arguments) == `{"text": "hello"}`
		},
		"refusal.sse": func(_ llm.Answer, said string, err error) bool {
			return llm.KindOf(err) == llm.Refused && said == "Hi"
		},
	} {
		t.Run(name, func(t *testing.T) {
			stream := recorded(t, name)
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
				_, _ = w.Write(stream)
			}))
			defer srv.Close()
			said := ""
			a, err := anthropic.New(anthropic.Options{Name: "tested", BaseURL: srv.URL, Key: "k", Model: "m"}).
				Generate(t.Context(), llm.Request{Messages: []llm.Message{{Role: llm.User, Text: "hello"}}}, func(d llm.Delta) { said += d.Text })
			if !check(a, said, err) {
				t.Errorf("%+v, said %q, %v", a, said, err)
			}
		})
	}
}
