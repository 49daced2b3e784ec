//go:build long

package milvus

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"frontdesk/knowledge"
	"frontdesk/knowledge/vectortest"
)

// server starts Milvus itself, installed by scripts/parts.sh, and returns its URL.
func server(t *testing.T) string {
	t.Helper()
	bin, err := filepath.Abs("../../../.cache/parts/milvus/bin")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(bin, "milvus-server")); err != nil {
		t.Fatal("Milvus is missing: run make parts")
	}
	port := free(t)
	cmd := exec.Command(filepath.Join(bin, "python3"), filepath.Join(bin, "milvus-server"), "--data", t.TempDir(), "--proxy-port", fmt.Sprint(port))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		ended := make(chan struct{})
		go func() { _ = cmd.Wait(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-ended
		}
	})
	return fmt.Sprintf("milvus://127.0.0.1:%d", port)
}

func free(t *testing.T) int {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	return ln.Addr().(*net.TCPAddr).Port
}

// TestRealMilvus is the contract against the real server.
func TestRealMilvus(t *testing.T) {
	url := server(t)
	first, err := Open(Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(3 * time.Minute); ; {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		_, err = first.Open("w", "b", "wait/4", 4).Mean(ctx)
		cancel()
		if err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the server does not come up: %v", err)
		}
		time.Sleep(time.Second)
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	n := 0
	vectortest.Run(t, vectortest.Kit{Open: func(t *testing.T) knowledge.VectorStore {
		n++
		s, err := Open(Options{URL: url, Prefix: fmt.Sprint("test", n)})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}})
}
