package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every command that the user page shows is run, in its order, and works.
func TestTheUserPage(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<title>Help</title><body><h1>Help</h1><p>We are happy to help with all our machines.</p>"))
	}))
	t.Cleanup(site.Close)
	for _, name := range []string{"knowledge.md", "knowledge.zh-CN.md"} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile("../../docs/" + name)
			if err != nil {
				t.Fatal(err)
			}
			config, _ := folder(t)
			c := command(t)
			c.dataDir, c.openLocal, c.vars["FRONTDESK_CONFIG"] = dataDir, openLocal, config
			t.Chdir(t.TempDir())
			for file, text := range map[string]string{
				"latest_product_specs.pdf": pdf("The kettle keeps water warm for four hours."), "specs/more.md": "# Fan\n\nThe fan is quiet.\n",
				"prices_2026.csv": priceList, "prices_2027.csv": strings.Replace(strings.Replace(priceList, "499", "459", 1), "C3,fan,159\n", "", 1),
				"faq.csv": "question,answer\nCan I pay by card?,Yes.\n", "questions.csv": "question,document,contains\nHow long does the kettle keep warm?,latest_product_specs.pdf,four\n",
			} {
				if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			ran := 0
			for _, line := range commands(string(text)) {
				args := words(line)
				for i, a := range args {
					if rest, ok := strings.CutPrefix(a, "https://shop.example"); ok {
						args[i] = site.URL + rest
						args = append(args, "-allow=127.0.0.1", "-wait=0")
					}
				}
				if code := c.do(t, args...); code != 0 {
					t.Errorf("%s: exit code %d: %s", line, code, c.err)
				}
				ran++
			}
			if ran < 15 {
				t.Errorf("only %d commands were found", ran)
			}
		})
	}
}

// commands are the lines of a page's shell blocks that call this program.
func commands(page string) (out []string) {
	for _, block := range strings.Split(page, "```sh\n")[1:] {
		block, _, _ = strings.Cut(block, "```")
		for line := range strings.Lines(block) {
			if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "knowledge-cli "); ok {
				out = append(out, rest)
			}
		}
	}
	return out
}

// words parts a line as a shell does, as far as the page needs it.
func words(line string) (out []string) {
	var b strings.Builder
	quoted := false
	for _, r := range line + " " {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ' ' && !quoted:
			if b.Len() > 0 {
				out = append(out, b.String())
			}
			b.Reset()
		default:
			b.WriteRune(r)
		}
	}
	return out
}
