package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
)

// Copy writes a consistent copy of the database in from to the new file to,
// while others may be writing, and returns its schema version.
func Copy(ctx context.Context, from, to string) (schema int, err error) {
	if _, err := os.Stat(from); err != nil {
		return 0, err
	}
	db, err := open(ctx, reading(from), 1)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&schema); err != nil {
		return 0, err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", to)
	return schema, err
}

// Check returns nil if file is a whole database this program can use.
func Check(ctx context.Context, file string) (err error) {
	db, err := open(ctx, reading(file), 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return fmt.Errorf("it is damaged: %w", err)
	}
	if verdict != "ok" {
		return fmt.Errorf("it is damaged: %s", verdict)
	}
	return known(ctx, db)
}

func reading(file string) string {
	return dsnOf(file, url.Values{"_pragma": {"busy_timeout(10000)"}, "mode": {"rw"}}) // "rw": a file that is missing stays so
}

// known refuses the schema of a newer program, and a file that is none of ours.
func known(ctx context.Context, db *sql.DB) error {
	all, err := steps()
	if err != nil {
		return err
	}
	var have int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return fmt.Errorf("schema version: %w", err)
	}
	switch {
	case have > len(all):
		return newer(have, len(all))
	case have == 0:
		return errors.New("it is no database of frontdesk")
	}
	return nil
}

func newer(have, know int) error {
	return fmt.Errorf("the database has schema version %d, this program knows %d: use a newer frontdesk, or restore a backup", have, know)
}
