package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"frontdesk/core/llm/llmtest"
	"frontdesk/core/store/postgres/pgtest"
)

// said is what the bot said in a conversation, as g shows it.
func said(t *testing.T, g *gateway, token string) (texts []string) {
	t.Helper()
	var page struct{ Items []line }
	if _, err := call("GET", g.url+"/api/v1/web/web/messages?after=0", token, nil, &page); err != nil {
		t.Fatal(err)
	}
	for _, it := range page.Items {
		if it.Role == "bot" {
			texts = append(texts, it.Text)
		}
	}
	return texts
}

const pausedConfig = `
server: {addr: "127.0.0.1:0", shutdown_timeout: 20s}
data_dir: ./data
database: {url: %q}
embedding: {url: "none:"}
bots:
  - {id: default, dir: ./bot}
channels:
  - {id: web, type: web, bot: default, answer_time: {first_token: 20s, total: 30s}}
llm:
  providers:
    - {name: main, kind: openai, base_url: "%s/v1", api_key: sk, model: m, timeout: 30s, first_token_timeout: 20s}
`

// TestPausedReplica: a replica that is stopped in the middle of its turns, past
// its lease, and goes on later writes nothing: another answered meanwhile.
func TestPausedReplica(t *testing.T) {
	var calls atomic.Int64
	model := llmtest.NewServer(t, llmtest.OpenAI{}, func(int) llmtest.Script {
		calls.Add(1)
		return llmtest.Script{Pieces: []string{"You have 30 days ", "for it [1]."}, In: 100, Out: 12, Every: 300 * time.Millisecond}
	})
	db := pgtest.Start(t).Fresh(t)
	start := func() *gateway {
		dir := t.TempDir()
		for file, text := range map[string]string{
			"bot/bot.yaml":             "name: Momo\nlanguages: [en, zh]\n",
			"bot/knowledge/returns.md": "# Returns\n\nHeavy goods such as washing machines may be sent back within 30 days of delivery.\n",
			"frontdesk.yaml":           fmt.Sprintf(pausedConfig, db, model.URL),
		} {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		g := launch(t, filepath.Join(dir, "frontdesk.yaml"), filepath.Join(dir, "data"))
		t.Cleanup(func() { _ = g.cmd.Process.Kill() })
		return g
	}
	paused, other := start(), start()
	time.Sleep(1500 * time.Millisecond) // partitions are shared out within a renewal
	const customers = 20
	tokens := make([]string, customers)
	for i := range tokens {
		tokens[i] = session(t, other.url)
	}
	for i, token := range tokens { // each in other words: the same would be one call of the model
		if _, err := call("POST", other.url+"/api/v1/web/web/messages", token, map[string]string{"id": "0", "text": fmt.Sprintf("Within how many days may I send %d heavy goods such as washing machines back?", i+2)}, &struct{}{}); err != nil {
			t.Fatal(err)
		}
	}
	for end := time.Now().Add(10 * time.Second); calls.Load() < customers/2 && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	if err := paused.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	answers := make([]string, customers)
	for i, token := range tokens {
		for end := began.Add(30 * time.Second); answers[i] == ""; time.Sleep(50 * time.Millisecond) {
			if got := said(t, other, token); len(got) > 0 {
				answers[i] = got[0]
			} else if time.Now().After(end) {
				_ = paused.cmd.Process.Signal(syscall.SIGCONT)
				t.Fatalf("customer %d has no answer; %d calls of the model", i, calls.Load())
			}
		}
	}
	took := time.Since(began)
	if err := paused.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	twice := calls.Load() - customers
	time.Sleep(3 * time.Second) // its model has long answered: it tries to write
	for i, token := range tokens {
		for _, g := range []*gateway{paused, other} {
			if got := said(t, g, token); len(got) != 1 || got[0] != answers[i] {
				t.Errorf("customer %d was told %q and reads %q", i, answers[i], got)
			}
		}
	}
	if res, err := http.Get(paused.url + "/readyz"); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("the replica that was paused is not ready: %v", err)
	} else {
		_ = res.Body.Close()
	}
	t.Logf("%d of %d turns ran again elsewhere; all answered %v after the pause began", twice, customers, took.Round(10*time.Millisecond))
	if twice <= 0 {
		t.Error("the replica that was paused had no turn under way")
	}
	paused.stop(t)
	other.stop(t)
}
