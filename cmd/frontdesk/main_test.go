package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"frontdesk/cmd/internal/datadir"
	"frontdesk/cmd/internal/runfile"
)

// asProgram makes the test binary be the program: children of tests are real
// processes that can be killed.
const asProgram = "FRONTDESK_TEST_PROGRAM"

func TestMain(m *testing.M) {
	// The worker that parses documents gets no environment.
	if os.Getenv(asProgram) != "" || len(os.Args) == 2 && os.Args[1] == datadir.Worker {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		code := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
		stop()
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// program is a command of the program under test.
func program(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// gateway is a running `serve`.
type gateway struct {
	cmd  *exec.Cmd
	url  string
	info runfile.Info
}

// launch starts `serve` on a configuration and waits until it says it is ready.
func launch(t *testing.T, config, data string) *gateway {
	t.Helper()
	g := &gateway{cmd: program("serve", "--config", config, "--log-level", "error")}
	g.cmd.Stderr = os.Stderr
	if err := g.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for start := time.Now(); ; time.Sleep(2 * time.Millisecond) {
		if info, ok := runfile.Of(data); ok && info.PID == g.cmd.Process.Pid {
			g.info, g.url = info, info.URL
			return g
		}
		if time.Since(start) > time.Minute {
			_ = g.cmd.Process.Kill()
			t.Fatal("the gateway did not become ready")
		}
	}
}

func (g *gateway) kill() {
	_ = g.cmd.Process.Kill()
	_ = g.cmd.Wait()
}

// stop drains g and wants exit 0.
func (g *gateway) stop(t *testing.T) {
	t.Helper()
	if err := g.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := g.cmd.Wait(); err != nil {
		t.Fatalf("drain: %v", err)
	}
}

// shop writes a configuration for the sample shop in a new folder.
func shop(t *testing.T, more string) (config, data string) {
	t.Helper()
	dir := t.TempDir()
	bot, err := filepath.Abs("../../configs/bots/shop")
	if err != nil {
		t.Fatal(err)
	}
	config, data = filepath.Join(dir, "frontdesk.yaml"), filepath.Join(dir, "data")
	text := fmt.Sprintf("server: {addr: \"127.0.0.1:0\", shutdown_timeout: 20s}\ndata_dir: ./data\n"+
		"bots:\n  - {id: default, dir: %q}\nchannels:\n  - {id: web, type: web, bot: default}\n%s", bot, more)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config, data
}

// call sends JSON and reads it; a status of 300 or more is an error.
func call(method, url, token string, body, into any) (status int, err error) {
	b, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequest(method, url, nil)
	if body != nil && err == nil {
		req, err = http.NewRequest(method, url, bytes.NewReader(b))
	}
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode >= 300 {
		return res.StatusCode, fmt.Errorf("%s %s: status %d", method, url, res.StatusCode)
	}
	return res.StatusCode, json.NewDecoder(res.Body).Decode(into)
}
