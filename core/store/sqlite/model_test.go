package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"

	"frontdesk/core/store"
	"frontdesk/core/store/modeltest"
	"frontdesk/core/store/sqlite"
)

// TestModel: replicas see what they would see on the store in memory.
func TestModel(t *testing.T) {
	modeltest.Run(t, model, func(t *testing.T) store.Backend {
		dir, err := filepath.Abs(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		s, err := sqlite.Open(context.Background(), filepath.Join(dir, "desk.db"))
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}
