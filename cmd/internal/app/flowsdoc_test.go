package app_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/cmd/internal/app"
	"frontdesk/configs"
)

// block is a file within a page: ```yaml, a comment with its name, its text.
var block = regexp.MustCompile("(?ms)^```(?:yaml|csv)\n# ([a-z_]+(?:/[a-z_]+)?\\.(?:yaml|csv))\n(.*?)^```$")

// unpack writes the files of a page to a folder.
func unpack(t *testing.T, page string) (dir string, files int) {
	t.Helper()
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	for _, m := range block.FindAllStringSubmatch(string(b), -1) {
		file := filepath.Join(dir, m[1])
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(m[2]), 0o600); err != nil {
			t.Fatal(err)
		}
		files++
	}
	return dir, files
}

// testBot runs the tests of a bot's folder, with a clock that they may move.
func testBot(t *testing.T, dir string) []app.TestResult {
	t.Helper()
	b, err := configs.LoadBot(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	var ahead atomic.Int64
	cfg, err := configs.Load("", func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	cfg.DataDir, cfg.Channels, cfg.Bots = t.TempDir(), nil, []configs.BotSettings{{ID: "default", Dir: dir}}
	a, err := app.New(t.Context(), app.Options{Config: cfg, Version: "test", Log: quiet(),
		Now:    func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) },
		SetNow: func(at time.Time) { ahead.Store(int64(time.Until(at))) }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	rs, err := a.Converse(t.Context(), "default", b.Tests, nil)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

// What docs/flows.md says is run, in both languages: every file of its example
// loads, and its conversations go as they are told.
func TestFlowsDocs(t *testing.T) {
	for _, page := range []string{"flows.md", "flows.zh-CN.md"} {
		t.Run(page, func(t *testing.T) {
			dir, files := unpack(t, filepath.Join("..", "..", "..", "docs", page))
			if files < 9 {
				t.Fatalf("%d files", files)
			}
			rs := testBot(t, dir)
			if len(rs) < 7 {
				t.Errorf("%d conversations", len(rs))
			}
			for _, r := range rs {
				for _, f := range r.Failures {
					t.Errorf("%s (%s): %s", r.Name, r.Place, strings.TrimSpace(f))
				}
			}
		})
	}
}
