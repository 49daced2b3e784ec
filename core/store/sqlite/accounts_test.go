package sqlite

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"frontdesk/core"
	"frontdesk/core/store/storetest"
)

func TestAccounts(t *testing.T) {
	storetest.RunAccounts(t, func(t *testing.T) core.Accounts {
		return openFile(t, filepath.Join(t.TempDir(), "frontdesk.db"))
	})
}

// TestSecretSurvivesRestart: what web tokens are signed with is in the file.
func TestSecretSurvivesRestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "frontdesk.db")
	s := openFile(t, file)
	before, err := s.Secret(context.Background(), "web", 32)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	after, err := openFile(t, file).Secret(context.Background(), "web", 32)
	if err != nil || !bytes.Equal(before, after) {
		t.Fatalf("secret changed over a restart, %v", err)
	}
}

func openFile(t *testing.T, file string) *Store {
	t.Helper()
	s, err := Open(context.Background(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // a second Close is harmless
	return s
}
