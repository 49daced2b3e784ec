package slack_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	sim "frontdesk/channels/sim/slack"
)

// python runs a script with Slack's own SDK for Python and returns its output.
func python(t *testing.T, script string, stdin string, args ...string) []byte {
	t.Helper()
	exe := filepath.Join("..", "..", ".cache", "parts", "slack-sdk", "bin", "python3")
	if _, err := os.Stat(exe); err != nil {
		t.Fatal("Slack's SDK for Python is missing: run `make parts` (scripts/parts.sh slack_sdk)")
	}
	cmd := exec.CommandContext(t.Context(), exe, append([]string{filepath.Join("testdata", script)}, args...)...)
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s\n%s", script, err, errs.String(), out.String())
	}
	return out.Bytes()
}

// TestSignedByThePythonSDK has slack_sdk sign requests, which the hook takes,
// and check the simulator's signatures.
func TestSignedByThePythonSDK(t *testing.T) {
	h := newHouse()
	ch := open(t, settings(h, conf{"bot_token": botToken, "signing_secret": secret, "api_base_url": "http://127.0.0.1:1"}))
	now := strconv.FormatInt(time.Now().Unix(), 10)
	g := golden(t, "dm_entities")
	for _, path := range []string{"/events", "/interactions"} {
		body := g.body()
		if path == "/interactions" {
			body = golden(t, "press").body()
		}
		signature := strings.TrimSpace(string(python(t, "sign.py", string(body), secret, now)))
		req, _ := http.NewRequest(http.MethodPost, newHook(t, ch.Hook())+path, bytes.NewReader(body))
		req.Header.Set("X-Slack-Request-Timestamp", now)
		req.Header.Set("X-Slack-Signature", signature)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if res.StatusCode != 200 {
			t.Errorf("%s signed by slack_sdk: status %d", path, res.StatusCode)
		}
	}
	if got := h.got(); len(got) != 2 {
		t.Errorf("turns:\n%s", summary(got))
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestSimulatorSignsAsThePythonSDKChecks(t *testing.T) {
	s, err := sim.New(sim.Options{SigningSecret: secret})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	head := http.Header{}
	body := `{"text":"你好"}`
	s.Sign(head, []byte(body))
	out := python(t, "check.py", body, secret, head.Get("X-Slack-Request-Timestamp"), head.Get("X-Slack-Signature"))
	if strings.TrimSpace(string(out)) != "True" {
		t.Errorf("slack_sdk says %s", out)
	}
}

// TestPythonSDKDrivesTheSimulator has slack_sdk's WebClient call every method
// of the simulator: what it sends is read, what it gets it accepts.
func TestPythonSDKDrivesTheSimulator(t *testing.T) {
	s, err := sim.New(sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.AddPerson(sim.Person{ID: "U1", Name: "Ann", Locale: "zh-CN"})
	s.AddRoom(sim.Room{ID: "C1", Name: "general"})
	var pressed struct {
		TriggerID string `json:"trigger_id"`
	}
	hook := newHook(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		_ = json.Unmarshal([]byte(r.Form.Get("payload")), &pressed)
	}))
	s.Connect(hook)
	first := python(t, "drive.py", "", s.APIURL(), botToken, appToken, "first")
	var out struct{ TS, DM string }
	if err := json.Unmarshal(first, &out); err != nil || out.DM != "D1" {
		t.Fatalf("%v: %s", err, first)
	}
	seen := s.Thread("C1", out.TS)
	if len(seen) != 2 || seen[0].Text != "changed 你好" || !seen[0].Edited || len(seen[0].Buttons) != 1 || seen[1].Author != "Bo" ||
		len(seen[0].Reactions) != 0 || len(s.Transcript("C1")) != 1 || len(s.Whispers("U1")) != 1 {
		t.Errorf("people see %+v", seen)
	}
	if err := s.As("U1").Press("C1", out.TS, "go"); err != nil {
		t.Fatal(err)
	}
	python(t, "drive.py", "", s.APIURL(), botToken, appToken, "view", pressed.TriggerID)
	if w := s.As("U1").Windows(); len(w) != 1 || w[0].Title != "Reply" {
		t.Errorf("windows %+v", w)
	}
}
