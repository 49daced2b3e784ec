package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"

	"frontdesk/core/store"
	"frontdesk/core/store/sqlite"
	"frontdesk/core/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) func() store.Backend {
		file := filepath.Join(t.TempDir(), "desk.db")
		return func() store.Backend {
			s, err := sqlite.Open(context.Background(), file)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			return s
		}
	})
}

func TestLock(t *testing.T) {
	file := filepath.Join(t.TempDir(), "desk.lock")
	first, err := sqlite.Lock(context.Background(), file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Lock(context.Background(), file); err == nil {
		t.Fatal("locked twice")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := sqlite.Lock(context.Background(), file)
	if err != nil {
		t.Fatal(err)
	}
	_ = again.Close()
}
