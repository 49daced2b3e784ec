package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/cmd/internal/app"
	"frontdesk/cmd/internal/runfile"
	"frontdesk/core"
)

func get(t *testing.T, url, token string) (int, string) {
	t.Helper()
	req, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// ask sends a message and waits for the answer.
func ask(t *testing.T, url, token, id, text string) (status int, body string) {
	t.Helper()
	b, err := json.Marshal(map[string]string{"id": id, "text": text})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest("POST", url+"/api/v1/web/web/messages?wait=30s", bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	out, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(out)
}

func TestPagesAndMetrics(t *testing.T) {
	h := runHouse(t, fourChannels)
	if status, body := ask(t, h.url, session(t, h.url), "1", "转人工"); status != 200 || !strings.Contains(body, "handed_over") {
		t.Fatalf("status %d: %s", status, body)
	}
	for path, want := range map[string]string{
		"/healthz": "ok", "/readyz": "ready", "/": "<html", "/widget.js": "shadow", "/admin/": "<html", "/api/v1/openapi.yaml": "openapi:",
		"/metrics": `frontdesk_messages_total{channel="web",outcome="handed_over"} 1`,
	} {
		if status, body := get(t, h.url+path, ""); status != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: status %d without %q", path, status, want)
		}
	}
	_, body := get(t, h.url+"/metrics", "")
	for _, want := range []string{"frontdesk_stage_seconds_bucket", "frontdesk_queue_depth 0", "frontdesk_queue_age_seconds 0",
		`frontdesk_handoffs_total{reason="asked"} 1`, "frontdesk_outbox_depth", "process_cpu_seconds_total"} {
		if !strings.Contains(body, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}

func TestRunFile(t *testing.T) {
	h := runHouse(t, fourChannels)
	dir := filepath.Join(t.TempDir(), "..") // the configuration's folder is a neighbour
	files, err := filepath.Glob(filepath.Join(dir, "*", "data", runfile.Name))
	if err != nil || len(files) != 1 {
		t.Fatalf("run files %v, %v", files, err)
	}
	info, ok := runfile.Of(filepath.Dir(files[0]))
	if !ok || info.URL != h.url || info.Token != h.AgentToken() {
		t.Fatalf("run file %+v", info)
	}
	if st, err := os.Stat(files[0]); err != nil || st.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", st.Mode(), err)
	}
	h.stop()
	if _, err := os.Stat(files[0]); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("the run file stays: %v", err)
	}
}

// A bad configuration changes nothing; a good one is taken.
func TestReload(t *testing.T) {
	h := runHouse(t, fourChannels)
	files, err := filepath.Glob(filepath.Join(t.TempDir(), "..", "*", "frontdesk.yaml"))
	if err != nil || len(files) != 1 {
		t.Fatalf("configurations %v, %v", files, err)
	}
	write := func(text string) {
		if err := os.WriteFile(files[0], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{
		"no YAML": "channels: [", "an unknown key": fourChannels + "\nno_such: 1\n", "another folder": strings.Replace(fourChannels, "./data", "./other", 1),
		"a channel that cannot be": strings.Replace(fourChannels, `token: "1:abc"`, `token: ""`, 1),
	} {
		write(text)
		if err := h.Reload(t.Context()); err == nil {
			t.Errorf("%s was taken", name)
		}
		if status, _ := get(t, h.url+"/api/v1/web/web/messages", session(t, h.url)); status != 200 {
			t.Errorf("after %s the web channel answers %d", name, status)
		}
	}
	write(strings.Replace(fourChannels, "- {id: web, ", "- {id: chat, ", 1))
	if err := h.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if status := send(t, "POST", h.url+"/api/v1/web/web/sessions", "{}", unsigned, time.Now()); status != 404 {
		t.Errorf("the channel that is gone answers %d", status)
	}
	if status := send(t, "POST", h.url+"/api/v1/web/chat/sessions", "{}", unsigned, time.Now()); status != 201 {
		t.Errorf("the new channel answers %d", status)
	}
	write(strings.Replace(fourChannels, "  - {id: web, type: web, bot: default, allowed_origins: [\"*\"]}\n", "", 1))
	if err := h.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if status, _ := get(t, h.url+"/", ""); status != 404 {
		t.Errorf("the chat page of a channel that is gone answers %d", status)
	}
}

// A backup made while serving holds what was acknowledged; restored on an
// empty folder, conversation and token go on.
func TestBackupRestore(t *testing.T) {
	h := runHouse(t, fourChannels)
	token := session(t, h.url)
	if status, _ := ask(t, h.url, token, "1", "hello"); status != 200 {
		t.Fatalf("status %d", status)
	}
	datas, err := filepath.Glob(filepath.Join(t.TempDir(), "..", "*", "data"))
	if err != nil || len(datas) != 1 {
		t.Fatalf("data folders %v, %v", datas, err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "backup.tar.gz")
	ctx := context.Background()
	if _, err := app.Backup(ctx, datas[0], file, "test", time.Now()); err != nil {
		t.Fatal(err)
	}
	var in *core.InputError
	if _, err := app.Backup(ctx, datas[0], file, "test", time.Now()); !errors.As(err, &in) {
		t.Errorf("a backup over another: %v", err)
	}
	if _, err := app.Restore(ctx, file, datas[0]); !errors.As(err, &in) {
		t.Errorf("a restore over data: %v", err)
	}
	h.stop()

	again := filepath.Join(dir, "restored")
	if m, err := app.Restore(ctx, file, again); err != nil || m.Version != "test" {
		t.Fatalf("restore: %+v, %v", m, err)
	}
	h = runHouse(t, strings.Replace(fourChannels, "./data", again, 1))
	if status, body := get(t, h.url+"/api/v1/web/web/messages?after=0", token); status != 200 || !strings.Contains(body, "hello") {
		t.Errorf("after the restore: status %d, %s", status, body)
	}
	h.stop()

	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"cut": whole[:len(whole)/2], "empty": {}, "no archive": []byte("hello"),
		"flipped": append(append(bytes.Clone(whole[:len(whole)/2]), whole[len(whole)/2]^0xff), whole[len(whole)/2+1:]...)} {
		bad := filepath.Join(dir, "bad.tar.gz")
		if err := os.WriteFile(bad, b, 0o600); err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, "into-"+fmt.Sprint(len(name)))
		if _, err := app.Restore(ctx, bad, to); err == nil {
			t.Errorf("%s backup was restored", name)
		}
		left, err := filepath.Glob(filepath.Join(to, "frontdesk.db*"))
		if err != nil || len(left) > 0 {
			t.Errorf("%s backup left %v, %v", name, left, err)
		}
	}
}
