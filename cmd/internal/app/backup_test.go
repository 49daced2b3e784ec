package app_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"frontdesk/cmd/internal/app"
	"frontdesk/cmd/internal/datadir"
	"frontdesk/core"
)

// backedUp is a data folder's backup, and the bytes of it.
func backedUp(t *testing.T) (file string, whole []byte) {
	t.Helper()
	dir := t.TempDir()
	s, err := datadir.Store(t.Context(), filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(dir, "backup.tar.gz")
	if _, err := app.Backup(t.Context(), filepath.Join(dir, "data"), file, "test", time.Now()); err != nil {
		t.Fatal(err)
	}
	if whole, err = os.ReadFile(file); err != nil {
		t.Fatal(err)
	}
	return file, whole
}

// A log that a crash left beside a database that was then deleted would be
// played into the restored one.
func TestRestoreBesideALog(t *testing.T) {
	file, _ := backedUp(t)
	for _, left := range []string{"-wal", "-shm", "-journal"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, datadir.Database+left), []byte("left by a crash"), 0o600); err != nil {
			t.Fatal(err)
		}
		var in *core.InputError
		if _, err := app.Restore(t.Context(), file, dir); !errors.As(err, &in) {
			t.Errorf("restored beside %s: %v", left, err)
		}
		if _, err := os.Stat(filepath.Join(dir, datadir.Database)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("beside %s there is a database: %v", left, err)
		}
	}
}

// A file that unpacks to far more than it says is given up at once, and one
// whose checksum is wrong or missing is no backup.
func TestRestoreOfABadArchive(t *testing.T) {
	_, whole := backedUp(t)
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	w := tar.NewWriter(z)
	manifest := `{"product":"frontdesk","bytes":4096}`
	for _, f := range []struct {
		name string
		size int64
		from io.Reader
	}{{"manifest.json", int64(len(manifest)), bytes.NewBufferString(manifest)}, {datadir.Database, 64 << 20, zeroes{}}} {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: 0o600, Size: f.size}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(w, f.from, f.size); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	sum := bytes.Clone(whole)
	sum[len(sum)-8] ^= 0xff // of CRC-32, which comes before the length
	for name, b := range map[string][]byte{"a bomb": bomb.Bytes(), "a wrong checksum": sum, "no checksum": whole[:len(whole)-8]} {
		file := filepath.Join(t.TempDir(), "bad.tar.gz")
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "into")
		peak := largest(t, dir, func() {
			if _, err := app.Restore(t.Context(), file, dir); err == nil {
				t.Errorf("%s was restored", name)
			}
		})
		if peak > 8<<20 {
			t.Errorf("%s took %d bytes of disk", name, peak)
		}
		if left, err := filepath.Glob(filepath.Join(dir, datadir.Database+"*")); err != nil || len(left) > 0 {
			t.Errorf("%s left %v, %v", name, left, err)
		}
	}
}

// largest is the most that the file being restored into dir grew to during f.
func largest(t *testing.T, dir string, f func()) (most int64) {
	t.Helper()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			if st, err := os.Stat(filepath.Join(dir, datadir.Database+".restoring")); err == nil {
				most = max(most, st.Size())
			}
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	f()
	close(stop)
	<-done
	return most
}

type zeroes struct{}

func (zeroes) Read(b []byte) (int, error) { clear(b); return len(b), nil }
