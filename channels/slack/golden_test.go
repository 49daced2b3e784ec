package slack_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/core"
)

var update = flag.Bool("update", false, "rewrite the golden files' wanted half")

// file is a raw delivery and the envelope it becomes; null for none.
type goldenFile struct {
	About string          `json:"about"`
	Path  string          `json:"path,omitempty"` // "/events" if left out
	Raw   json.RawMessage `json:"raw"`
	Want  *envelope       `json:"want"`
}

// envelope is all of core.Envelope that a channel fills in.
type envelope struct {
	Native  string       `json:"native"`
	Address string       `json:"address"`
	Contact core.Contact `json:"contact"`
	Parts   []core.Part  `json:"parts"`
	SentAt  time.Time    `json:"sent_at"`
}

func (g goldenFile) path() string {
	if g.Path == "" {
		return "/events"
	}
	return g.Path
}

// body is Raw as Slack would send it to path.
func (g goldenFile) body() []byte {
	switch g.path() {
	case "/interactions":
		return []byte(url.Values{"payload": {string(g.Raw)}}.Encode())
	case "/commands":
		var m map[string]string
		_ = json.Unmarshal(g.Raw, &m)
		f := url.Values{}
		for k, v := range m {
			f.Set(k, v)
		}
		return []byte(f.Encode())
	}
	return g.Raw
}

func goldens(t testing.TB) []string {
	t.Helper()
	all, err := filepath.Glob("testdata/*.json")
	if err != nil || len(all) < 10 {
		t.Fatalf("%d golden files, %v", len(all), err)
	}
	for i, f := range all {
		all[i] = strings.TrimSuffix(filepath.Base(f), ".json")
	}
	return all
}

func golden(t testing.TB, name string) goldenFile {
	t.Helper()
	js, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var g goldenFile
	if err := json.Unmarshal(js, &g); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return g
}

func TestNormalisation(t *testing.T) {
	for _, name := range goldens(t) {
		t.Run(name, func(t *testing.T) {
			g := golden(t, name)
			h := newHouse()
			s := settings(h, conf{"bot_token": botToken, "signing_secret": secret, "api_base_url": "http://127.0.0.1:1"})
			at := time.Unix(1_700_000_000, 0).UTC()
			s.Now = func() time.Time { return at }
			if w := post(open(t, s).Hook(), g.path(), "", g.body(), at); w.Code != 200 {
				t.Fatalf("status %d %s", w.Code, w.Body)
			}
			var got *envelope
			for _, e := range h.got() {
				if got != nil {
					t.Fatal("more than one turn")
				}
				got = &envelope{e.Native, e.Address, e.Contact, e.Parts, e.SentAt}
			}
			compare(t, name, g, got)
		})
	}
}

func compare(t *testing.T, name string, g goldenFile, got *envelope) {
	t.Helper()
	a, _ := json.MarshalIndent(got, "", " ")
	b, _ := json.MarshalIndent(g.Want, "", " ")
	if bytes.Equal(a, b) {
		return
	}
	if *update {
		g.Want = got
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(g); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join("testdata", name+".json"), out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("got\n%s\nwant\n%s", a, b)
}
