package app_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/core/nlu/remote/bertserver"
)

// A model of one's own, swapped in by configuration alone. It knows words that
// are in no example of the bot; while it is away the examples answer.
func TestSwapRecognizerByConfiguration(t *testing.T) {
	model := httptest.NewServer(bertserver.Learn(map[string][]string{
		"invoice": {"quittance for the books", "quittance"}, "hours": {"horaire of the shop", "horaire"},
	}))
	dir := t.TempDir()
	for name, text := range map[string]string{
		"bot.yaml": "name: Ada\nlanguages: [en]\n",
		"intents/a.yaml": `
- name: invoice
  examples: {en: [send me an invoice, i need an invoice, where is my invoice, invoice please]}
  answer: {en: The invoice is in your mail.}
- name: hours
  examples: {en: [when do you open, what are your opening hours, are you open on sunday, opening times]}
  answer: {en: We open at nine.}
`,
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h := runHouse(t, `
server: {addr: "127.0.0.1:0", public_url: "https://desk.example"}
data_dir: ./data
channels: [{id: web, type: web, bot: default, allowed_origins: ["*"]}]
bots: [{id: default, dir: "`+dir+`", nlu: {recognizer: remote, url: "`+model.URL+`"}}]
`)
	token := session(t, h.url)
	check := func(id, text, want string) {
		t.Helper()
		if status, body := ask(t, h.url, token, id, text); status != 200 || !strings.Contains(body, want) {
			t.Errorf("%q: status %d, %s; want %q", text, status, body, want)
		}
	}
	check("1", "the quittance", "The invoice is in your mail.")
	check("2", "horaire of shop", "We open at nine.")
	model.Close()
	check("3", "send me an invoice", "The invoice is in your mail.")
}
