// Package sqlite keeps a ledger in one file.
//
// One goroutine writes. While it commits, calls queue; what queued is the next
// transaction, so a busy store pays one fsync for many messages and an idle one
// waits for nobody. See writer.go.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"modernc.org/sqlite" // the driver

	"frontdesk/core/store/sqlstore"
)

// Store is a ledger, and what else a gateway keeps. Safe for concurrent use.
type Store struct {
	*sqlstore.Store
	*db
}

// db implements sqlstore.DB: readers, and one writer.
type db struct {
	read  *sql.DB
	r     stmts
	write *sql.DB
	w     *writer
}

// Open opens or makes the file.
func Open(ctx context.Context, file string) (*Store, error) {
	q := url.Values{"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)",
		"cache_size(-65536)", "wal_autocheckpoint(4000)", "temp_store(MEMORY)"}, "_txlock": {"immediate"}}
	dsn := dsnOf(file, q)
	d := &db{}
	var err error
	if d.write, err = openNew(ctx, dsn); err != nil {
		return nil, err
	}
	if err = migrate(ctx, d.write); err != nil {
		return nil, errors.Join(err, d.write.Close())
	}
	if d.read, err = open(ctx, dsn, 4); err != nil {
		return nil, errors.Join(err, d.write.Close())
	}
	if d.r, err = prepare(ctx, d.read, queries); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if d.w, err = newWriter(ctx, d.write); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return &Store{sqlstore.New(d, false), d}, nil
}

// Close finishes what is queued.
func (s *Store) Close() error { return s.db.Close() }

// Lock keeps other processes off a store: the file it makes is locked until the
// process ends, however it ends. Who holds it may treat every lease as lapsed.
func Lock(ctx context.Context, file string) (io.Closer, error) {
	q := url.Values{"_pragma": {"locking_mode(EXCLUSIVE)"}, "_txlock": {"exclusive"}}
	db, err := open(ctx, dsnOf(file, q), 1)
	if err != nil {
		return nil, err
	}
	tx, err := db.BeginTx(context.WithoutCancel(ctx), nil)
	if err == nil {
		err = tx.Commit() // the lock stays with the connection
	}
	if err != nil {
		return nil, fmt.Errorf("store is in use by another process: %w", errors.Join(err, db.Close()))
	}
	return db, nil
}

// dsnOf names file to the driver, whatever signs its path is made of.
func dsnOf(file string, options url.Values) string {
	path := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(file)
	return "file:" + path + "?" + options.Encode()
}

func open(ctx context.Context, dsn string, conns int) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	if err := db.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("open store: %w", errors.Join(err, db.Close()))
	}
	return db, nil
}

// openNew is open of the first connection to a file that may be new. While
// another process turns one to WAL, SQLite says "busy" at once, whatever
// busy_timeout is: it is asked again.
func openNew(ctx context.Context, dsn string) (*sql.DB, error) {
	for end := time.Now().Add(10 * time.Second); ; {
		db, err := open(ctx, dsn, 1)
		var se *sqlite.Error
		if err == nil || !errors.As(err, &se) || se.Code()&0xff != busy || time.Now().After(end) {
			return db, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(5 * time.Millisecond):
		}
	}
}

const busy = 5 // SQLITE_BUSY

// Close finishes what is queued.
func (d *db) Close() error {
	if d.w != nil {
		d.w.close()
	}
	var errs []error
	for _, one := range []*sql.DB{d.read, d.write} {
		if one != nil {
			errs = append(errs, one.Close())
		}
	}
	return errors.Join(errs...)
}
