package tool_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"frontdesk/core"
	"frontdesk/core/store/sqlite"
	"frontdesk/core/tool"
)

// The process dies after a tool was called and before its turn was written: the
// turn that is run again, by another process on the same file, is given the
// same answer, and what was begun without an end is not begun again.
func TestAfterACrash(t *testing.T) {
	file := filepath.Join(t.TempDir(), "frontdesk.db")
	read, write := order(tool.Anonymous), order(tool.Anonymous)
	write.spec.Name, write.spec.Writes = "refund", true
	n := 0
	read.do = func(tool.Call) (tool.Result, error) {
		n++
		return tool.Result{Values: map[string]string{"n": fmt.Sprint(n)}}, nil
	}
	write.do = func(tool.Call) (tool.Result, error) { return tool.Result{}, tool.ErrUnavailable }
	for run := range 3 {
		st, err := sqlite.Open(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		s := set(t, st, read, write)
		got, err := s.Action("order").Call(t.Context(), turn(1, core.Anonymous), map[string]string{"order": "1234"})
		if err != nil || got["n"] != "1" {
			t.Errorf("run %d: %v, %v", run, got, err)
		}
		_, err = s.Action("refund").Call(t.Context(), turn(1, core.Anonymous), map[string]string{"order": "1234"})
		if want := map[bool]error{true: tool.ErrUnavailable, false: tool.ErrUnclear}[run == 0]; !errors.Is(err, want) {
			t.Errorf("run %d: %v, want %v", run, err, want)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if n != 1 || len(write.calls) != 1 {
		t.Errorf("asked %d times, begun %d times", n, len(write.calls))
	}
}
