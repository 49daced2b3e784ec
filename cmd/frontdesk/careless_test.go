package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"frontdesk/cmd/internal/datadir"
)

// A first start that fails, or a chat before it, must not use up the password
// that is shown once.
func TestFirstPasswordIsNotLost(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	config, data := shop(t, "")
	good, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(strings.Replace(string(good), "127.0.0.1:0", taken.Addr().String(), 1))
	if code, out, _ := try("", "serve", "--config", config); code != exitFailed || out != "" {
		t.Fatalf("on a taken port: exit %d, %q", code, out)
	}
	write(string(good) + "  - {id: tg, type: telegram, bot: default, token: \"\"}\n")
	if code, out, _ := try("", "serve", "--config", config); code != exitFailed || out != "" {
		t.Fatalf("with a channel that cannot be: exit %d, %q", code, out)
	}
	write(string(good))
	if code, _, errs := try("hello\n", "chat", "--config", config); code != exitDone {
		t.Fatalf("chat: exit %d, %s", code, errs)
	}
	var out strings.Builder
	g := &gateway{cmd: program("serve", "--config", config, "--log-level", "error")}
	g.cmd.Stdout = &out
	if err := g.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(data, "run.json")); err == nil {
			break
		}
	}
	g.stop(t)
	if !regexp.MustCompile(`first user admin, password shown once: \S{20,}`).MatchString(out.String()) {
		t.Errorf("the password was never shown: %q", out.String())
	}
}

// A server that cannot begin ends the chat, with its reason.
func TestChatWithoutServer(t *testing.T) {
	config, data := shop(t, "")
	if err := os.MkdirAll(filepath.Join(data, "run.json", "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	ended := make(chan string, 1)
	go func() {
		_, _, errs := try("hello\n", "chat", "--config", config)
		ended <- errs
	}()
	select {
	case errs := <-ended:
		if !strings.Contains(errs, "run.json") {
			t.Errorf("said %q", errs)
		}
	case <-time.After(time.Minute):
		t.Fatal("chat hangs")
	}
}

// --fresh takes nothing from a demo that runs, and a demo nothing from a
// gateway whose folder was named by mistake.
func TestDemoSparesOthers(t *testing.T) {
	demo := t.TempDir()
	for name, text := range map[string]string{demoFile: demoConfig, datadir.Database: "of a demo"} {
		if err := os.WriteFile(filepath.Join(demo, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lock, err := datadir.Lock(t.Context(), demo)
	if err != nil {
		t.Fatal(err)
	}
	own := t.TempDir()
	for name, text := range map[string]string{demoFile: "data_dir: .\n", datadir.Database: "of a gateway"} {
		if err := os.WriteFile(filepath.Join(own, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, datadir.Database), []byte("of a gateway configured elsewhere"), 0o600); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{demo: "in use", own: "no demo's", data: "no demo's"} {
		before := contents(t, dir)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // what gets as far as serving must end
		f := demoFlags{addr: "127.0.0.1:0", data: dir, fresh: true}
		f.logs.level = "error"
		if err := f.run(ctx, streams{strings.NewReader(""), &strings.Builder{}, &strings.Builder{}}, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", dir, err, want)
		}
		cancel()
		if after := contents(t, dir); after != before {
			t.Errorf("changed from %s to %s", before, after)
		}
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	if err := clearDemo(t.Context(), demo); err != nil {
		t.Errorf("a demo that ended: %v", err)
	}
	if _, err := os.Stat(filepath.Join(demo, datadir.Database)); err == nil {
		t.Error("--fresh left the database")
	}
}

// contents are the configuration and the database in dir.
func contents(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	for _, name := range []string{demoFile, datadir.Database} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		b.WriteString(name + "=" + string(text) + ";")
	}
	return b.String()
}

// "A few words", as the rules advise, are one password.
func TestPasswordOfSeveralWords(t *testing.T) {
	for in, want := range map[string]string{"correct horse battery\n": "correct horse battery", "one line, no end": "one line, no end", "windows\r\nmore": "windows"} {
		if got, err := firstLine(streams{in: strings.NewReader(in)}); err != nil || got != want {
			t.Errorf("%q is read as %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "\n", "\nsecond line\n"} {
		if got, err := firstLine(streams{in: strings.NewReader(in)}); err == nil {
			t.Errorf("%q is read as %q", in, got)
		}
	}
}
