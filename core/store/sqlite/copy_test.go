package sqlite_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/core/store/sqlite"
)

func TestCopyAndCheck(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	file, to := filepath.Join(dir, "a.db"), filepath.Join(dir, "b.db")
	s, err := sqlite.Open(ctx, file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }() // open while it is copied
	secret, err := s.Secret(ctx, "x", 16)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Copy(ctx, file, to); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Check(ctx, to); err != nil {
		t.Fatal(err)
	}
	c, err := sqlite.Open(ctx, to)
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.Secret(ctx, "x", 16)
	if err != nil || string(again) != string(secret) {
		t.Fatalf("the copy has another secret: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestCheckRefuses(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	junk := filepath.Join(dir, "junk.db")
	if err := os.WriteFile(junk, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Check(ctx, junk); err == nil {
		t.Error("junk passed")
	}
	empty := filepath.Join(dir, "empty.db")
	if err := sqlite.Check(ctx, empty); err == nil {
		t.Error("an empty database passed")
	}
	future := filepath.Join(dir, "future.db")
	db, err := sql.Open("sqlite", future)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("PRAGMA user_version=999"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{"check": sqlite.Check(ctx, future), "open": openErr(ctx, future)} {
		if err == nil || !strings.Contains(err.Error(), "999") {
			t.Errorf("%s of a newer database: %v", name, err)
		}
	}
	if _, err := sqlite.Copy(ctx, filepath.Join(dir, "none.db"), filepath.Join(dir, "x.db")); err == nil {
		t.Error("a copy of nothing")
	}
}

func openErr(ctx context.Context, file string) error {
	s, err := sqlite.Open(ctx, file)
	if err == nil {
		_ = s.Close()
	}
	return err
}
