package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// try runs a command in this process.
func try(in string, args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(context.Background(), args, streams{strings.NewReader(in), &o, &e})
	return code, o.String(), e.String()
}

// Every command has a --help with an example.
func TestHelp(t *testing.T) {
	var walk func(c *cobra.Command, path []string)
	walk = func(c *cobra.Command, path []string) {
		for _, sub := range c.Commands() {
			if sub.Hidden || sub.Name() == "help" || sub.Name() == "completion" {
				continue
			}
			p := append(append([]string{}, path...), sub.Name())
			code, out, _ := try("", append(p, "--help")...)
			if code != exitDone || !strings.Contains(out, "Usage:") || len(path) == 0 && !strings.Contains(out, "Examples:") {
				t.Errorf("%v --help: exit %d, %q", p, code, out)
			}
			walk(sub, p)
		}
	}
	walk(commands(streams{}), nil)
}

func TestExitCodes(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.yaml")
	if err := os.WriteFile(bad, []byte("serverr: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := filepath.Join(dir, "good.yaml")
	if err := os.WriteFile(good, []byte("data_dir: "+filepath.Join(dir, "data")+"\nbots:\n  - {id: default}\nchannels:\n  - {id: web, type: web, bot: default}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		args []string
		code int
		want string // in what is printed
	}{
		{[]string{"version"}, exitDone, "frontdesk"},
		{[]string{"nonsense"}, exitMisuse, "nonsense"},
		{[]string{"serve", "--no-such-flag"}, exitMisuse, "--help"},
		{[]string{"serve", "--log-level", "loud"}, exitMisuse, "debug, info, warn or error"},
		{[]string{"backup"}, exitMisuse, "--help"},
		{[]string{"bench", "--users", "0"}, exitMisuse, "--users"},
		{[]string{"bench", "--channel", "fax"}, exitMisuse, "web only"},
		{[]string{"serve", "--config", bad}, exitFailed, "server"},
		{[]string{"check", "--config", bad}, exitFailed, "bad.yaml:1"},
		{[]string{"check", "--config", filepath.Join(dir, "none.yaml")}, exitFailed, "none.yaml"},
		{[]string{"check", "--config", good, "--offline"}, exitDone, "channel web"},
		{[]string{"health", "http://127.0.0.1:1"}, exitFailed, "does not answer"},
		{[]string{"restore", filepath.Join(dir, "none"), "--config", good}, exitFailed, "none"},
		{[]string{"init", dir}, exitFailed, "exists already"},
		{[]string{"chat", "--bot", "nobody", "--config", good}, exitFailed, "nobody"},
		{[]string{"test", filepath.Join(dir, "nothing")}, exitFailed, "nothing"},
	} {
		code, out, errs := try("", tc.args...)
		if code != tc.code || !strings.Contains(out+errs, tc.want) {
			t.Errorf("%v: exit %d, want %d\n%s%s", tc.args, code, tc.code, out, errs)
		}
		if code != exitDone && out == "" && strings.Count(strings.TrimSpace(errs), "\n") > 0 && !strings.Contains(errs, ".yaml") {
			t.Errorf("%v: more than a line: %q", tc.args, errs)
		}
	}
}

// A folder made by init is a bot whose tests pass.
func TestInitAndTest(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bots", "mine")
	if code, _, errs := try("", "init", dir); code != exitDone {
		t.Fatal(errs)
	}
	cmd := program("test", dir)
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), " 0 failed") {
		t.Fatalf("%v\n%s", err, out)
	}
	flow := filepath.Join(dir, "tests", "wrong.yaml")
	if err := os.WriteFile(flow, []byte("name: a wrong expectation\nturns:\n  - {user: 你好, contains: 天气预报}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := program("test", dir).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "天气预报") {
		t.Fatalf("a wrong expectation passed: %s", out)
	}
}

// People and tokens are managed on the host, also while a server runs.
func TestPeople(t *testing.T) {
	config, data := shop(t, "")
	g := launch(t, config, data)
	defer g.stop(t)
	code, out, errs := try("correct-horse-battery\n", "user", "add", "ann", "--role", "agent", "--password-file", "-", "--config", config)
	if code != exitDone || strings.Contains(out, "correct-horse") {
		t.Fatalf("add: %d %q %q", code, out, errs)
	}
	if code, _, errs := try("", "user", "add", "ann", "--config", config); code != exitFailed || !strings.Contains(errs, "ann") {
		t.Errorf("ann twice: %d %q", code, errs)
	}
	var who struct{ CSRF string }
	if _, err := call("POST", g.url+"/api/v1/admin/session", "", map[string]string{"user": "ann", "password": "correct-horse-battery"}, &who); err != nil || who.CSRF == "" {
		t.Errorf("ann cannot sign in: %v", err)
	}
	code, secret, errs := try("", "token", "create", "ci", "--role", "viewer", "--config", config)
	if code != exitDone {
		t.Fatal(errs)
	}
	var page struct{ Items []any }
	if _, err := call("GET", g.url+"/api/v1/admin/conversations", strings.TrimSpace(secret), nil, &page); err != nil {
		t.Errorf("the token does not work: %v", err)
	}
	_, list, _ := try("", "token", "list", "--config", config)
	id := strings.Fields(strings.Split(list, "\n")[1])[0]
	if strings.Contains(list, strings.TrimSpace(secret)) {
		t.Error("the list shows the secret")
	}
	if code, _, errs := try("", "token", "revoke", id, "--config", config); code != exitDone {
		t.Fatal(errs)
	}
	if status, err := call("GET", g.url+"/api/v1/admin/conversations", strings.TrimSpace(secret), nil, &page); err == nil || status != 401 {
		t.Errorf("a revoked token: status %d, %v", status, err)
	}
	if code, _, errs := try("", "user", "disable", "ann", "--config", config); code != exitDone {
		t.Fatal(errs)
	}
	if status, err := call("POST", g.url+"/api/v1/admin/session", "", map[string]string{"user": "ann", "password": "correct-horse-battery"}, &who); err == nil {
		t.Errorf("disabled ann signs in: status %d", status)
	}
}

// A question typed in the terminal is answered, with its trace, by a server of
// its own and by the one that runs.
func TestChat(t *testing.T) {
	config, data := shop(t, "")
	talk := func() string {
		cmd := program("chat", "--trace", "--config", config)
		cmd.Stdin = strings.NewReader("运费多少钱？\n")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	alone := talk()
	g := launch(t, config, data)
	defer g.stop(t)
	for _, out := range []string{alone, talk()} {
		if !strings.Contains(out, "包邮") || !strings.Contains(out, "source: faq.csv") || !strings.Contains(out, "knowledge") {
			t.Errorf("got %s", out)
		}
	}
}
