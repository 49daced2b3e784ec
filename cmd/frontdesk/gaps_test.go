package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/cmd/internal/datadir"
	"frontdesk/core"
	"frontdesk/core/store"
)

func TestGapsCommand(t *testing.T) {
	dir := t.TempDir()
	conf := filepath.Join(dir, "frontdesk.yaml")
	if err := os.WriteFile(conf, []byte("server: {public_url: \"https://desk.example\"}\ndata_dir: ./data\nbots: [{id: default}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	do := func(args ...string) (string, string, int) {
		var out, errs bytes.Buffer
		code := run(t.Context(), append([]string{"gaps", "--config", conf}, args...), streams{in: strings.NewReader(""), out: &out, err: &errs})
		return out.String(), errs.String(), code
	}
	if out, errs, code := do(); code != 0 || !strings.Contains(out, "No question") {
		t.Errorf("%d %s %s", code, out, errs)
	}
	abstain(t, filepath.Join(dir, "data"), "Ship to\x1b[31m the moon?")
	if out, errs, code := do("--since", "1d"); code != 0 || !strings.Contains(out, "Ship to [31m the moon?") || !strings.Contains(out, "https://desk.example/admin/#/c/") {
		t.Errorf("%d %q %s", code, out, errs)
	}
	if out, errs, code := do("--json", "--bot", "default"); code != 0 || !strings.Contains(out, `"count": 1`) || !strings.Contains(out, `"complete": true`) {
		t.Errorf("%d %s %s", code, out, errs)
	}
	for _, args := range [][]string{{"--since", "soon"}, {"--limit", "0"}} {
		if _, _, code := do(args...); code != exitMisuse {
			t.Errorf("%v exits %d", args, code)
		}
	}
}

// abstain stores a question that the bot has no answer to.
func abstain(t *testing.T, data, question string) {
	t.Helper()
	st, err := datadir.Store(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	l := store.New(st.Store, store.Options{Now: time.Now})
	if _, err := l.Lease(t.Context(), time.Hour, core.Partitions); err != nil {
		t.Fatal(err)
	}
	_, err = l.Accept(t.Context(), core.Envelope{Workspace: core.DefaultWorkspace, Channel: "web", Address: "a", Native: "1", Bot: "default",
		Parts: []core.Part{{Text: question}}, Pull: true})
	if err != nil {
		t.Fatal(err)
	}
	work, err := l.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = l.Commit(t.Context(), work, core.Outcome{At: time.Now(), Events: []core.Event{{Role: core.BotRole, At: time.Now(),
		Parts: []core.Part{{Text: "I do not know"}}, Verdict: core.VerdictAbstained}}})
	if err != nil {
		t.Fatal(err)
	}
}
