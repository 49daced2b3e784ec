package sqlstore_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"frontdesk/core"
	"frontdesk/core/store/sqlite"
	"frontdesk/core/store/sqlstore"
	"frontdesk/knowledge/knowledgetest"
)

// shelf is a store with a file of its own.
type shelf struct{ *sqlite.Store }

func openLibrary(t *testing.T) shelf {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "desk.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return shelf{s}
}

func TestLibrary(t *testing.T) {
	knowledgetest.RunLibrary(t, func(t *testing.T) core.Library { return openLibrary(t) })
}

func (s shelf) count(t *testing.T, query string) (n int) {
	t.Helper()
	if err := s.Store.Store.Look(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestArchive(t *testing.T) {
	knowledgetest.RunArchive(t, func(t *testing.T) core.Archive { return openLibrary(t) })
}

func TestVersionsBeyondTheBoundAreSwept(t *testing.T) {
	s := openLibrary(t)
	for i := range core.KeptVersions + 2 {
		d, chunks := knowledgetest.Document("a.txt", fmt.Sprint(i), 600)
		if _, err := s.PutDocument(t.Context(), d, chunks); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.count(t, `SELECT count(*) FROM documents`); n != core.KeptVersions {
		t.Errorf("%d versions are kept, want %d", n, core.KeptVersions)
	}
	if n := s.count(t, `SELECT count(*) FROM chunks`); n != 600*core.KeptVersions {
		t.Errorf("%d passages are kept, want %d", n, 600*core.KeptVersions)
	}
}

func TestAFailedPutLeavesNothing(t *testing.T) {
	s := openLibrary(t)
	d, chunks := knowledgetest.Document("a.txt", "x", 1200)
	chunks[1100].Ordinal = 7
	if _, err := s.PutDocument(t.Context(), d, chunks); err == nil {
		t.Fatal("no error")
	}
	s.Store.Store.Sweep(t.Context())
	if n := s.count(t, `SELECT (SELECT count(*) FROM documents)+(SELECT count(*) FROM chunks)`); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

func TestWhatACrashLeftIsSwept(t *testing.T) {
	s := openLibrary(t)
	d, chunks := knowledgetest.Document("a.txt", "x", 600)
	if _, err := s.Store.Store.Stage(t.Context(), d, chunks); err != nil { // and the process dies
		t.Fatal(err)
	}
	s.Store.Store.Sweep(t.Context())
	if n := s.count(t, `SELECT count(*) FROM chunks`); n != 600 {
		t.Fatalf("%d passages; a version under way was swept", n)
	}
	if err := s.Store.Store.Change(t.Context(), `UPDATE documents SET begun=begun-?`, 2*sqlstore.Abandoned.Microseconds()); err != nil {
		t.Fatal(err)
	}
	s.Store.Store.Sweep(t.Context())
	if n := s.count(t, `SELECT (SELECT count(*) FROM documents)+(SELECT count(*) FROM chunks)`); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}
