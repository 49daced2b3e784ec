package telegram

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/channels"
	"frontdesk/core"
)

var updateGolden = flag.Bool("update", false, "rewrite what the golden files want")

// golden is a raw update and the envelope it becomes, in one file; Want is
// null for what is acknowledged and dropped.
type golden struct {
	Raw  json.RawMessage `json:"raw"`
	Want *seenAs         `json:"want"`
}

type seenAs struct {
	Native  string            `json:"native"`
	Address string            `json:"address"`
	Contact core.Contact      `json:"contact"`
	Parts   []core.Part       `json:"parts"`
	SentAt  time.Time         `json:"sent_at,omitzero"`
	Meta    map[string]string `json:"meta,omitempty"`
}

func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/golden/*.json")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d golden files, %v", len(files), err)
	}
	c := offline(t)
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) { checkGolden(t, c, f) })
	}
}

func offline(t testing.TB) *Channel {
	t.Helper()
	ch, err := Open(channels.Settings{ID: "tg", Bot: "default", Workspace: "w", MaxText: 16 << 10,
		Decode: func(into any) error { into.(*config).Token = testToken; return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return ch.(*Channel)
}

func checkGolden(t *testing.T, c *Channel, file string) {
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	u, err := parseUpdate(g.Raw)
	if err != nil {
		t.Fatal(err)
	}
	var got *seenAs
	if e, ok := c.envelope(u, "Shop_Bot"); ok {
		if e.Workspace != "w" || e.Channel != "tg" || e.Bot != "default" {
			t.Errorf("envelope %+v is not this channel's", e)
		}
		got = &seenAs{e.Native, e.Address, e.Contact, e.Parts, e.SentAt, e.Meta}
	}
	if *updateGolden {
		rewrite(t, file, golden{g.Raw, got})
		return
	}
	if d := cmp.Diff(g.Want, got); d != "" {
		t.Error(d)
	}
}

func rewrite(t *testing.T, file string, g golden) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(g); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// fuzzSeeds are the golden updates and a few that are none.
func fuzzSeeds(t testing.TB) [][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/golden/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files", err)
	}
	seeds := [][]byte{nil, []byte("[[["), []byte(`{"update_id":1e3}`), []byte("{\"a\":\"\xff\"}")}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var g golden
		if err := json.Unmarshal(b, &g); err != nil {
			t.Fatal(err)
		}
		seeds = append(seeds, g.Raw)
	}
	return seeds
}
