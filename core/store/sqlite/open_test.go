package sqlite_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"frontdesk/core/store/sqlite"
)

// A folder may be named anything: none of it is read as an option or an escape.
func TestOddNames(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "100%41 a#b?c&mode=ro")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	file, to, lock := filepath.Join(dir, "desk.db"), filepath.Join(dir, "copy.db"), filepath.Join(dir, "lock")
	held, err := sqlite.Lock(t.Context(), lock)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Close() }()
	s, err := sqlite.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if _, err := sqlite.Copy(t.Context(), file, to); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Check(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{file, to, lock} {
		if _, err := os.Stat(f); err != nil {
			t.Error(err)
		}
	}
}

// To look at a file that is not there makes none.
func TestCheckMakesNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "none.db")
	if err := sqlite.Check(t.Context(), file); err == nil {
		t.Error("nothing passed")
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file came to be: %v", err)
	}
}

// Replicas that begin a file at once all find it whole.
func TestOpenTogether(t *testing.T) {
	file := filepath.Join(t.TempDir(), "desk.db")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := sqlite.Open(t.Context(), file)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
