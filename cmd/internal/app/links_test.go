package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/cmd/internal/app"
	"frontdesk/configs"
)

// A link inside a bot's folder is followed, as a mounted ConfigMap needs; one
// that leads out of it would tell customers what is elsewhere on the host.
func TestBotFolderLinks(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "passwd.md")
	bot := filepath.Join(dir, "bot")
	for name, text := range map[string]string{secret: "# Keys\n\nThe safe's code is 4711.\n", filepath.Join(bot, "knowledge", "a.md"): "# Tea\n\nTea is green.\n",
		filepath.Join(bot, ".data", "bot.yaml"): "name: Linked\n"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := func() (string, error) {
		cfg := &configs.Config{DataDir: t.TempDir(), Bots: []configs.BotSettings{{ID: "default", Dir: bot}}}
		cfg.Limits.File = 1 << 20
		f := app.Check(t.Context(), app.Options{Config: cfg, Now: time.Now, Log: quiet()}, t.TempDir(), true)
		last := f[len(f)-1]
		return last.OK, last.Err
	}
	if err := os.Symlink(filepath.Join(".data", "bot.yaml"), filepath.Join(bot, "bot.yaml")); err != nil {
		t.Fatal(err)
	}
	if ok, err := build(); err != nil || !strings.Contains(ok, "Linked") {
		t.Fatalf("a link inside: %q, %v", ok, err)
	}
	out := filepath.Join(bot, "knowledge", "b.md")
	if err := os.Symlink(secret, out); err != nil {
		t.Fatal(err)
	}
	if ok, err := build(); err == nil {
		t.Errorf("a link out of the folder was followed: %q", ok)
	}
}
