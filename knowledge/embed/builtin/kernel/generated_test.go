package kernel

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The assembly is what its generator writes: nobody has edited it by hand. The
// generator is a module of its own, fetched when this first runs.
func TestGenerated(t *testing.T) {
	dir := t.TempDir()
	for _, sub := range []string{"asm", "kernel"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(dir, "asm"), os.DirFS("../asm")); err != nil {
		t.Fatal(err)
	}
	// The same arguments as in go:generate, since they are in the files.
	cmd := exec.Command("go", "run", ".", "-out", "../kernel/asm_amd64.s", "-stubs", "../kernel/stubs_amd64.go", "-pkg", "kernel")
	cmd.Dir = filepath.Join(dir, "asm")
	cmd.Env = append(os.Environ(), "GOOS=", "GOARCH=", "GOFLAGS=-mod=readonly", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s\nif its modules cannot be fetched, run: go -C knowledge/embed/builtin/asm mod download", err, out)
	}
	for _, name := range []string{"asm_amd64.s", "stubs_amd64.go"} {
		want, err := os.ReadFile(filepath.Join(dir, "kernel", name))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s (%v) is not what the generator writes: run go generate ./knowledge/embed/builtin/kernel", name, err)
		}
	}
}
