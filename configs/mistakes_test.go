package configs

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the wanted errors in testdata")

// kinds are the channel types the tests know.
var kinds = []string{"wechat", "telegram", "slack", "web"}

// lookup makes an Environment of pairs.
func lookup(pairs ...string) Environment {
	return func(name string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

// TestMistakes loads every file of testdata that has a mistake, the one it is
// named for, and compares the error with the first line of the file: place,
// cause and cure, and no secret.
func TestMistakes(t *testing.T) {
	files, err := filepath.Glob("testdata/conf.*.yaml")
	if err != nil || len(files) < 40 {
		t.Fatalf("only %d files with mistakes: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "conf."), ".yaml"), func(t *testing.T) {
			got := mistake(t, file)
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			first, rest, _ := strings.Cut(string(src), "\n")
			if *update {
				if err := os.WriteFile(file, []byte("# want: "+got+"\n"+rest), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := strings.TrimPrefix(first, "# want: "); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// mistake is the one error of file, without the file's name.
func mistake(t *testing.T, file string) string {
	t.Helper()
	cfg, err := Load(file, lookup("HOME", "/home/me"), kinds...)
	if err == nil {
		t.Fatalf("loads: %+v", cfg)
	}
	var all Errors
	if !errors.As(err, &all) || len(all) != 1 {
		t.Fatalf("not one mistake: %v", err)
	}
	if strings.Contains(err.Error(), "secret-of-mine") {
		t.Fatalf("the error shows a secret: %v", err)
	}
	if all[0].Pos.File != file || all[0].Pos.Line == 0 {
		t.Errorf("the error has no place: %v", err)
	}
	return strings.TrimPrefix(all[0].Error(), file+":")
}
