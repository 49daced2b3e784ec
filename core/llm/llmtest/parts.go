package llmtest

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Llama starts the llama.cpp server with a small model on loopback, and returns
// its base URL, up to and including /v1. It answers slots requests at once, and
// ends with the test.
func Llama(t testing.TB, slots int) string {
	t.Helper()
	port := freePort(t)
	start(t, part(t, "llama/bin/python3"), script(t, "llama.py"), port, strconv.Itoa(slots))
	return "http://127.0.0.1:" + port + "/v1"
}

// OpenAIMock starts npm's openai-api-mock and returns its base URL.
func OpenAIMock(t testing.TB) string {
	t.Helper()
	port := freePort(t)
	start(t, node(t), script(t, "openai-api-mock.mjs"), part(t, "openai-api-mock/node_modules/openai-api-mock"), port)
	return "http://127.0.0.1:" + port + "/v1"
}

// MockLLM starts npm's @dwmkerr/mock-llm with the rules of a file in testdata
// and returns its base URL.
func MockLLM(t testing.TB, rules string) string {
	t.Helper()
	port := freePort(t)
	start(t, node(t), script(t, "mock-llm.mjs"), part(t, "mock-llm/node_modules/@dwmkerr/mock-llm"), port, "--config", script(t, rules))
	return "http://127.0.0.1:" + port + "/v1"
}

// FakeLLM starts PyPI's fakellm, which speaks as Anthropic does, with the rules
// of a file in testdata, and returns its base URL.
func FakeLLM(t testing.TB, rules string) string {
	t.Helper()
	port := freePort(t)
	start(t, part(t, "fakellm/bin/python3"), script(t, "fakellm.py"), port, script(t, rules))
	return "http://127.0.0.1:" + port
}

func node(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("Node.js is not installed: run make parts")
	}
	return path
}

// root is the module's folder.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	t.Fatalf("the module's folder was not found: %v", err)
	return ""
}

func script(t testing.TB, name string) string {
	t.Helper()
	return filepath.Join(root(t), "core/llm/llmtest/testdata", name)
}

func part(t testing.TB, path string) string {
	t.Helper()
	path = filepath.Join(root(t), ".cache/parts", path)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s is not installed: run make parts", path)
	}
	return path
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// startIn is how long a part may take to start, on a machine that is busy.
const startIn = time.Minute

// start runs a program until the test ends. It says "ready" when it is, and
// ends when its input does.
func start(t testing.TB, program string, args ...string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	var said strings.Builder
	cmd.Stderr = &said
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready, over := make(chan bool, 1), make(chan struct{})
	go func() {
		defer close(over)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if lines.Text() == "ready" {
				ready <- true
			}
		}
		_, _ = io.Copy(io.Discard, out)
	}()
	t.Cleanup(func() {
		_ = in.Close()
		kill := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		<-over
		_ = cmd.Wait()
		kill.Stop()
	})
	select {
	case <-ready:
	case <-over:
		_ = cmd.Wait()
		t.Fatalf("%s ended at once: %s", filepath.Base(program), said.String())
	case <-time.After(startIn):
		t.Fatalf("%s was not ready within %s", filepath.Base(program), startIn)
	}
}
