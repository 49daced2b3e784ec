package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// demo is a running `demo --sim`, by what it printed.
type demo struct {
	cmd                        *exec.Cmd
	url, user, password, token string
}

func startDemo(t *testing.T) demo {
	t.Helper()
	d := demo{cmd: program("demo", "--sim", "--addr", "127.0.0.1:0", "--data", filepath.Join(t.TempDir(), "demo"))}
	d.cmd.Stderr = os.Stderr
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	hang := time.AfterFunc(2*time.Minute, func() { _ = d.cmd.Process.Kill() })
	defer hang.Stop()
	t.Cleanup(func() {
		_ = d.cmd.Process.Signal(syscall.SIGTERM)
		if err := d.cmd.Wait(); err != nil {
			t.Errorf("the demo ended with %v", err)
		}
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		f := strings.Fields(lines.Text())
		switch {
		case len(f) == 2 && f[0] == "chat":
			d.url = strings.TrimSuffix(f[1], "/")
		case len(f) == 6 && f[0] == "admin":
			d.user, d.password = f[3], f[5]
		case len(f) == 2 && f[0] == "token":
			d.token = f[1]
			return d
		}
	}
	t.Fatal("the demo did not start")
	return d
}

// TestMainJob is the product in one test: see testdata/house.mjs.
// FRONTDESK_SHOTS=DIR keeps screenshots.
func TestMainJob(t *testing.T) {
	parts, err := filepath.Abs("../../.cache/parts/playwright")
	if err != nil {
		t.Fatal(err)
	}
	chromium, err := exec.LookPath("chromium")
	if _, serr := os.Stat(filepath.Join(parts, "node_modules", "playwright-core")); err != nil || serr != nil {
		t.Fatal("playwright-core or chromium is missing; run: make parts")
	}
	d := startDemo(t)
	node := exec.Command("node", "testdata/house.mjs")
	node.Env = append(os.Environ(), "PARTS="+parts, "CHROMIUM="+chromium, "BASE="+d.url, "TOKEN="+d.token,
		"USER="+d.user, "PASSWORD="+d.password, "SHOTS="+os.Getenv("FRONTDESK_SHOTS"))
	var out bytes.Buffer
	node.Stdout, node.Stderr = &out, &out
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	hang := time.AfterFunc(3*time.Minute, func() { _ = node.Process.Kill() })
	defer hang.Stop()
	if err := node.Wait(); err != nil || !strings.Contains(out.String(), "the main job is done") {
		t.Fatalf("%v\n%s", err, out.String())
	}
}
