package wechat

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/channels"
	"frontdesk/core"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// seen is an envelope as the golden files show it.
type seen struct {
	Native  string
	Address string
	Contact core.Contact
	Parts   []core.Part
	SentAt  time.Time
	Window  string
	Expires time.Time
}

// marker divides a golden file: the platform's document above, the envelope,
// or why there is none, below.
const marker = "\n--- becomes ---\n"

func TestNormalise(t *testing.T) {
	files, err := filepath.Glob("testdata/golden/*.txt")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d golden files, %v", len(files), err)
	}
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	ch := &Channel{Settings: channels.Settings{ID: "wx", Bot: "default", Workspace: core.DefaultWorkspace,
		MaxText: 40, Now: func() time.Time { return now }}, cfg: config{Mode: modeAuto}}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			in, want, _ := strings.Cut(string(b), marker)
			got := normalise(t, ch, in)
			if *update {
				if err := os.WriteFile(f, []byte(strings.TrimSpace(in)+marker+got), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func normalise(t *testing.T, ch *Channel, doc string) string {
	t.Helper()
	in, err := decode([]byte(doc))
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	e, ok := ch.envelope(in)
	if !ok {
		return "nothing\n"
	}
	if e.Channel != "wx" || e.Bot != "default" || e.Workspace != core.DefaultWorkspace {
		t.Errorf("envelope %+v", e)
	}
	b, err := json.MarshalIndent(seen{e.Native, e.Address, e.Contact, e.Parts, e.SentAt, e.Window.String(), e.Expires}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}
