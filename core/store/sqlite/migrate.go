package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

//go:embed migrations/*.sql
var migrations embed.FS

// step is one file of migrations, named NNN_what.sql.
type step struct {
	version int
	text    string
}

func steps() ([]step, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql") // sorted
	if err != nil {
		return nil, err
	}
	var out []step
	for i, name := range names {
		number, _, _ := strings.Cut(strings.TrimPrefix(name, "migrations/"), "_")
		version, err := strconv.Atoi(number)
		if err != nil || version != i+1 {
			return nil, fmt.Errorf("migration %s: want number %03d", name, i+1)
		}
		text, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		out = append(out, step{version, string(text)})
	}
	return out, nil
}

// migrate brings the file up to this program's schema, each step whole or not
// at all, and once, whoever else opens the file. One of a newer program is
// refused and left alone.
func migrate(ctx context.Context, db *sql.DB) error {
	all, err := steps()
	if err != nil {
		return err
	}
	var have int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return fmt.Errorf("schema version: %w", err)
	}
	if have > len(all) {
		return newer(have, len(all))
	}
	for _, s := range all[have:] {
		if err := apply(ctx, db, s); err != nil {
			return fmt.Errorf("migration %d: %w", s.version, err)
		}
	}
	return nil
}

func apply(ctx context.Context, db *sql.DB, s step) error {
	tx, err := db.BeginTx(ctx, nil) // immediate: the version read is what is there
	if err != nil {
		return err
	}
	var have int
	err = tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have)
	if err == nil && have < s.version {
		_, err = tx.ExecContext(ctx, s.text+fmt.Sprintf("\n;PRAGMA user_version=%d", s.version))
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
