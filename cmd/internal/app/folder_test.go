package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A bot's folder fills what is empty and follows its own changes; what people
// uploaded under the same name stays, also after a restore forgot what was
// taken in.
func TestFolderDocuments(t *testing.T) {
	dir := t.TempDir()
	bot, data := filepath.Join(dir, "bot"), filepath.Join(dir, "data")
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(bot, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config := "server: {addr: \"127.0.0.1:0\"}\ndata_dir: " + data + "\nbots: [{id: default, dir: " + bot + "}]\nchannels: [{id: web, type: web, bot: default}]\n"
	write("bot.yaml", "name: Test\nlanguages: [en]\n")
	found := func(q string) bool {
		t.Helper()
		h := runHouse(t, config)
		defer h.stop()
		_, body := get(t, h.url+"/api/v1/admin/bots/default/search?q="+q, h.AgentToken())
		return strings.Contains(body, q)
	}
	write("knowledge/hours.md", "# Hours\n\nThe shop opens at eight, zebra.\n")
	if !found("zebra") {
		t.Fatal("the folder's document is not there")
	}
	write("knowledge/hours.md", "# Hours\n\nThe shop opens at nine, giraffe.\n")
	if !found("giraffe") || found("zebra") {
		t.Fatal("a change in the folder is not followed")
	}
	if err := os.Remove(filepath.Join(data, "folders.json")); err != nil { // as after a restore
		t.Fatal(err)
	}
	write("knowledge/hours.md", "# Hours\n\nThe shop opens at ten, elephant.\n")
	if !found("giraffe") {
		t.Fatal("what was there is gone")
	}
	write("knowledge/hours.md", "# Hours\n\nThe shop opens at noon, leopard.\n")
	if !found("leopard") {
		t.Fatal("the folder's next change is not followed")
	}
}
