// Package postgres keeps the ledger in PostgreSQL, for any number of replicas.
//
// Each call is one transaction, at the level READ COMMITTED: what may be changed
// by another is locked by the statement that looks at it. PostgreSQL itself lets
// transactions that commit at once share a write to disk.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"frontdesk/core"
	"frontdesk/core/store/sqlstore"
)

// conns is how many connections a replica uses; three replicas stay well below
// the 100 that a server takes by default.
const conns = 24

// db implements sqlstore.DB.
type db struct {
	pool *pgxpool.Pool
	sql  *sql.DB
}

// Open connects to the database url names, "postgres://…", and brings it to this
// program's schema. An older program's stays usable for it.
func Open(ctx context.Context, url string) (*sqlstore.Store, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil { // the error would repeat the password
		return nil, core.Invalid("database.url is no address of a database, such as postgres://user:password@host:5432/name?sslmode=require")
	}
	cfg.MaxConns = conns
	cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	cfg.PingTimeout = pingTime
	if err := upgrade(ctx, *cfg.ConnConfig); err != nil {
		return nil, plain(err, cfg.ConnConfig.Password)
	}
	guard(cfg.ConnConfig)
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	d := &db{pool: pool, sql: stdlib.OpenDBFromPool(pool)}
	d.sql.SetMaxIdleConns(0) // the pool keeps them
	return sqlstore.New(d, true), nil
}

// upgrade migrates over connections of its own, which may be silent for as long
// as a migration takes.
func upgrade(ctx context.Context, cfg pgx.ConnConfig) error {
	db := stdlib.OpenDB(cfg)
	return errors.Join(migrate(ctx, db), db.Close())
}

// plain keeps the password out of an error.
func plain(err error, password string) error {
	if password == "" || !strings.Contains(err.Error(), password) {
		return fmt.Errorf("open database: %w", err)
	}
	return errors.New("open database: " + strings.ReplaceAll(err.Error(), password, "***"))
}

// Close implements sqlstore.DB.
func (d *db) Close() error {
	err := d.sql.Close()
	d.pool.Close()
	return err
}

// Ask implements sqlstore.DB.
func (d *db) Ask() sqlstore.Tx { return named{d.sql} }

// named runs statements by their names, on the pool or in a transaction.
type named struct {
	on interface {
		QueryRowContext(context.Context, string, ...any) *sql.Row
		QueryContext(context.Context, string, ...any) (*sql.Rows, error)
		ExecContext(context.Context, string, ...any) (sql.Result, error)
	}
}

// words are those of a named statement, or name itself with PostgreSQL's marks
// for values.
func words(name string) string {
	if s, ok := statements[name]; ok {
		return s
	}
	n := 0
	return mark.ReplaceAllStringFunc(name, func(m string) string {
		if m != "?" {
			return "$" + m[1:]
		}
		n++
		return "$" + strconv.Itoa(n)
	})
}

// values are args, with those of raw as bytes.
func values(name string, args []any) []any {
	out := slices.Clone(args)
	for _, i := range raw[name] {
		if s, ok := out[i].(string); ok {
			out[i] = []byte(s)
		}
	}
	return out
}

var mark = regexp.MustCompile(`\?\d*`)

// Row implements sqlstore.Tx.
func (n named) Row(ctx context.Context, name string, args ...any) *sql.Row {
	return n.on.QueryRowContext(ctx, words(name), values(name, args)...)
}

// Rows implements sqlstore.Tx.
func (n named) Rows(ctx context.Context, name string, args ...any) (*sql.Rows, error) {
	return n.on.QueryContext(ctx, words(name), values(name, args)...)
}

// Exec implements sqlstore.Tx.
func (n named) Exec(ctx context.Context, name string, args ...any) (sql.Result, error) {
	return n.on.ExecContext(ctx, words(name), values(name, args)...)
}
