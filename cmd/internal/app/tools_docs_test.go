package app_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"frontdesk/channels/builtin"
	"frontdesk/cmd/internal/app"
	"frontdesk/configs"
)

// toolExample is an example of the documentation: a file, named in its first line.
var toolExample = regexp.MustCompile("(?s)```(?:yaml|csv)\n# ([a-z_./]+)\n(.*?)```")

const erpDescription = `openapi: 3.0.3
paths: {"/orders": {get: {operationId: listOrders, parameters: [{name: user, in: query, required: true, schema: {type: string}}]}}}
`

// The examples of docs/tools.md are taken as they stand, section by section, in
// both languages.
func TestToolDocs(t *testing.T) {
	for _, page := range []string{"tools.md", "tools.zh-CN.md"} {
		text, err := os.ReadFile(filepath.Join("../../../docs", page))
		if err != nil {
			t.Fatal(err)
		}
		sections := 0
		for _, s := range strings.Split(string(text), "\n## ") {
			files := toolExample.FindAllStringSubmatch(s, -1)
			if len(files) == 0 {
				continue
			}
			sections++
			title, _, _ := strings.Cut(s, "\n")
			t.Run(page+"/"+title, func(t *testing.T) { documented(t, files) })
		}
		if sections < 5 {
			t.Errorf("%s: only %d sections with examples", page, sections)
		}
	}
}

func documented(t *testing.T, files [][]string) {
	dir := t.TempDir()
	all := map[string]string{"erp.openapi.yaml": erpDescription, "bot/bot.yaml": "name: Momo\nlanguages: [en, zh]\n",
		"frontdesk.yaml": "bots: [{id: default, dir: ./bot}]\n"}
	for _, f := range files {
		if f[1] == "frontdesk.yaml" {
			all[f[1]] = f[2]
		} else {
			all["bot/"+f[1]] = f[2]
		}
	}
	all["frontdesk.yaml"] += "channels: [{id: web, type: web, bot: default}]\n"
	for name, text := range all {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var kinds []string
	for k := range builtin.Kinds() {
		kinds = append(kinds, k)
	}
	cfg, err := configs.Load(filepath.Join(dir, "frontdesk.yaml"), func(string) (string, bool) { return "", false }, kinds...)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range app.Check(t.Context(), app.Options{Config: cfg, Now: time.Now, Log: quiet()}, t.TempDir(), true) {
		if f.Err != nil {
			t.Errorf("%s: %v", f.Part, f.Err)
		}
	}
}
