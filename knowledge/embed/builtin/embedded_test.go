//go:build !noembed

package builtin

import (
	"os/exec"
	"strings"
	"testing"
	"unsafe"
)

// The model in the program is used where it lies.
func TestNotCopied(t *testing.T) {
	e := opened(t, Options{})
	if !e.e.InPlace(unsafe.Slice(unsafe.StringData(file), len(file))) {
		t.Error("the model was copied: it does not lie on a boundary of 4 bytes in the program")
	}
}

// The same package, built without the model.
func TestNoembed(t *testing.T) {
	cmd := exec.Command("go", "test", "-tags", "noembed", "-count=1", "-run", "^TestWithoutModel$", "-v", ".")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestWithoutModel") {
		t.Errorf("%v: %s", err, out)
	}
}
