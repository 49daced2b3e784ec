package configs

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"
)

// slow is far beyond what any file within the bounds takes, on a machine that
// is busy with other things too.
const slow = 20 * time.Second

// FuzzLoad ensures that no file makes Load panic, take long, or return
// neither or both of a configuration and an error.
func FuzzLoad(f *testing.F) {
	files, _ := filepath.Glob("testdata/conf.*.yaml")
	for _, name := range append(files, "frontdesk.yaml") {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	path := filepath.Join(f.TempDir(), "fuzz.yaml")
	f.Fuzz(func(t *testing.T, src []byte) {
		if err := os.WriteFile(path, src, 0o600); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		cfg, err := Load(path, lookup("A", "b"), kinds...)
		if (cfg == nil) == (err == nil) {
			t.Errorf("config %v, error %v", cfg, err)
		}
		if took := time.Since(start); took > slow {
			t.Errorf("took %v for %d bytes", took, len(src))
		}
		if cfg == nil {
			return
		}
		for _, c := range cfg.Channels {
			var into own
			_ = c.Decode(&into) // must not panic
			_ = c.String()
		}
	})
}

// FuzzLoadBot does the same for a bot's folder, the same text in every place.
func FuzzLoadBot(f *testing.F) {
	f.Add([]byte("name: x\n"))
	f.Add([]byte("- {name: a, examples: {en: [b]}}\n"))
	f.Add([]byte("- {name: a, pattern: 'x'}\n"))
	f.Add([]byte("name: f\nsteps: [{do: ask, slot: s, text: {en: t}}]\n"))
	f.Add([]byte("name: c\nturns: [{user: x, contains: y}]\n"))
	f.Add([]byte("question,answer\na,b\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		fsys := fstest.MapFS{}
		for _, name := range []string{"bot.yaml", "intents/a.yaml", "entities/a.yaml", "flows/a.yaml", "tests/a.yaml", "faq.csv"} {
			fsys[name] = &fstest.MapFile{Data: src}
			bot, err := LoadBot(fstest.MapFS{name: fsys[name]})
			if (bot == nil) == (err == nil) {
				t.Errorf("%s: bot %v, error %v", name, bot, err)
			}
		}
		_, _ = LoadBot(fsys) // must not panic
	})
}
