package datadir_test

import (
	"os"
	"path/filepath"
	"testing"

	"frontdesk/cmd/internal/datadir"
)

// A folder that was there before, made by a packager or a volume, is often
// readable by everybody; what is kept in it must not be, nor stay so.
func TestFilesArePrivate(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	db := filepath.Join(dir, datadir.Database)
	for _, before := range []string{"made anew", "as an earlier version left it"} {
		s, lock, err := datadir.Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(db + "*")
		if err != nil || len(files) < 3 { // with -wal and -shm
			t.Fatalf("%s: %v, %v", before, files, err)
		}
		for _, f := range append(files, filepath.Join(dir, "frontdesk.lock")) {
			if st, err := os.Stat(f); err != nil || st.Mode().Perm() != 0o600 {
				t.Errorf("%s: %s has mode %v, %v", before, filepath.Base(f), st.Mode(), err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := lock.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(db, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// The accounts are opened beside a running server, or before there is one.
func TestStoreIsPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s, err := datadir.Store(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, f := range []string{dir, filepath.Join(dir, datadir.Database)} {
		if st, err := os.Stat(f); err != nil || st.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: mode %v, %v", f, st.Mode(), err)
		}
	}
}
