package runfile

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// home gives the test user folders of its own.
func home(t *testing.T) (runtime, cache string) {
	t.Helper()
	runtime, cache = t.TempDir(), t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", runtime)
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	return filepath.Join(runtime, "frontdesk"), filepath.Join(cache, "frontdesk", "run")
}

func write(t *testing.T, dir string, info Info) *File {
	t.Helper()
	f, err := Write(dir, info)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestWriteFindRemove(t *testing.T) {
	runtime, _ := home(t)
	data := t.TempDir()
	info := Info{URL: "http://127.0.0.1:8080", PID: os.Getpid(), Started: time.Unix(5, 0).UTC(), Token: "fd_x", Data: data}
	f := write(t, data, info)
	if got, ok := Of(data); !ok || got != info {
		t.Errorf("Of: %+v, %v", got, ok)
	}
	if got := Find(); len(got) != 1 || got[0] != info {
		t.Errorf("Find: %+v", got)
	}
	for _, path := range f.paths {
		if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v; want 0600", path, st.Mode(), err)
		}
	}
	if err := f.Remove(); err != nil {
		t.Fatal(err)
	}
	if err := f.Remove(); err != nil {
		t.Errorf("the second time: %v", err)
	}
	if _, ok := Of(data); ok || len(Find()) > 0 {
		t.Error("found after it was removed")
	}
	if left, _ := os.ReadDir(runtime); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWithoutRuntimeFolderTheCacheIsUsed(t *testing.T) {
	_, cache := home(t)
	t.Setenv("XDG_RUNTIME_DIR", "")
	write(t, t.TempDir(), Info{URL: "http://127.0.0.1:1", PID: os.Getpid()})
	if len(copies(cache)) != 1 || len(Find()) != 1 {
		t.Errorf("copies %v, found %v", copies(cache), Find())
	}
}

func TestStaleIsIgnoredAndSwept(t *testing.T) {
	runtime, _ := home(t)
	gone := exec.Command(os.Args[0], "-test.run=^$")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	write(t, data, Info{URL: "http://127.0.0.1:1", PID: gone.Process.Pid, Token: "fd_old"})
	if _, ok := Of(data); ok || len(Find()) > 0 {
		t.Error("a process that is gone was found")
	}
	write(t, t.TempDir(), Info{URL: "http://127.0.0.1:2", PID: os.Getpid()})
	if left := copies(runtime); len(left) != 1 {
		t.Errorf("%v; the stale copy was to be swept", left)
	}
}

func TestRubbishIsIgnored(t *testing.T) {
	runtime, _ := home(t)
	if err := os.MkdirAll(runtime, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"run-1.json": "{", "run-2.json": `{"url":"","pid":1}`, "run-3.json": `{"url":"http://x","pid":-1}`, "run-4.json": `{"url":"http://x","pid":0}`} {
		if err := os.WriteFile(filepath.Join(runtime, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := Find(); len(got) > 0 {
		t.Errorf("found %+v", got)
	}
}

func TestWriteToNowhere(t *testing.T) {
	home(t)
	if _, err := Write(filepath.Join(t.TempDir(), "none"), Info{URL: "http://x", PID: 1}); err == nil {
		t.Error("no error")
	}
	if got := Find(); len(got) > 0 {
		t.Errorf("announced all the same: %+v", got)
	}
}
