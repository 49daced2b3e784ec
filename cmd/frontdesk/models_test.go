package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A model is listed, pulled from the second mirror after the first is gone,
// checked against what the hub announces, and served as told.
func TestModels(t *testing.T) {
	file := bytes.Repeat([]byte("model"), 1000)
	sum := sha256.Sum256(file)
	const repo = "/Qwen/Qwen2.5-0.5B-Instruct-GGUF/"
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case repo + "raw/main/qwen2.5-0.5b-instruct-q4_k_m.gguf":
			fmt.Fprintf(w, "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n", hex.EncodeToString(sum[:]), len(file))
		case repo + "resolve/main/qwen2.5-0.5b-instruct-q4_k_m.gguf":
			_, _ = w.Write(file)
		default:
			w.WriteHeader(404)
		}
	}))
	defer hub.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	defer gone.Close()
	dir := t.TempDir()
	conf := filepath.Join(dir, "frontdesk.yaml")
	if err := os.WriteFile(conf, fmt.Appendf(nil, "data_dir: ./data\nmodels: {mirrors: [%q, %q]}\nbots: [{id: default}]\n", gone.URL, hub.URL), 0o600); err != nil {
		t.Fatal(err)
	}
	do := func(args ...string) (string, string, int) {
		var out, errs bytes.Buffer
		code := run(t.Context(), append(args, "--config", conf), streams{in: strings.NewReader(""), out: &out, err: &errs})
		return out.String(), errs.String(), code
	}
	if out, errs, code := do("models", "pull", "qwen2.5-0.5b"); code != 0 || !strings.Contains(out, "serve-hint") || !strings.Contains(errs, "status 404") {
		t.Fatalf("%d %s %s", code, out, errs)
	}
	got, err := os.ReadFile(filepath.Join(dir, "data", "models", "qwen2.5-0.5b-instruct-q4_k_m.gguf"))
	if err != nil || !bytes.Equal(got, file) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	out, _, code := do("models", "list", "--json")
	var all []listed
	if err := json.Unmarshal([]byte(out), &all); err != nil || code != 0 || !all[0].Pulled || all[1].Pulled {
		t.Errorf("%d %v %s", code, err, out)
	}
	if out, _, code := do("models", "serve-hint", "qwen2.5-0.5b"); code != 0 || !strings.Contains(out, "llama-server -m") || strings.Contains(out, "not here yet") {
		t.Errorf("%d %s", code, out)
	}
	if out, errs, code := do("models", "pull", "qwen2.5-1.5b", "--json"); code != 1 || !strings.Contains(errs, "--sha256") {
		t.Errorf("%d %s %s", code, out, errs)
	}
	if _, errs, code := do("models", "pull", "nothing"); code != 2 || !strings.Contains(errs, "choose one of") {
		t.Errorf("%d %s", code, errs)
	}
	if out, errs, code := do("models", "pull", "qwen2.5-0.5b", "--json", "--sha256", strings.Repeat("0", 64)); code != 1 || !strings.Contains(errs, "another checksum") {
		t.Errorf("%d %s %s", code, out, errs)
	}
}

// What was spent is shown, and an empty store says so.
func TestCost(t *testing.T) {
	dir := t.TempDir()
	conf := filepath.Join(dir, "frontdesk.yaml")
	if err := os.WriteFile(conf, []byte("data_dir: ./data\nbots: [{id: default, spend: {currency: USD, day: 5}}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"cost", "--config", conf}, streams{in: strings.NewReader(""), out: &out, err: &errs}); code != 0 || !strings.Contains(out.String(), "No language model was asked") || !strings.Contains(out.String(), "of 5.00 USD") {
		t.Errorf("%d %s %s", code, out.String(), errs.String())
	}
	out.Reset()
	if code := run(t.Context(), []string{"cost", "--json", "--config", conf}, streams{in: strings.NewReader(""), out: &out, err: &errs}); code != 0 || !json.Valid(out.Bytes()) || !strings.Contains(out.String(), `"usage": []`) {
		t.Errorf("%d %s", code, out.String())
	}
	if code := run(t.Context(), []string{"cost", "--from", "May", "--config", conf}, streams{in: strings.NewReader(""), out: &out, err: &errs}); code != 2 {
		t.Errorf("a wrong day exits %d", code)
	}
}
