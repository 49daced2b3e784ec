package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"frontdesk/core"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to this program's, one replica at a time, and
// refuses one of a newer program.
func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("schema version: %w", err)
	}
	if all := p.ListSources(); have > all[len(all)-1].Version {
		return core.Invalid("the database has schema %d, and this program knows %d: start the newer version of frontdesk, or restore a backup made before it", have, all[len(all)-1].Version)
	}
	_, err = p.Up(ctx)
	if pe := (*goose.PartialError)(nil); errors.As(err, &pe) {
		return fmt.Errorf("migration %d: %w", pe.Failed.Source.Version, pe.Err)
	}
	return err
}
