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
	"sync"

	_ "modernc.org/sqlite" // the driver

	"frontdesk/core/store"
)

var _ store.Backend = (*Store)(nil)

// Store is safe for concurrent use.
type Store struct {
	read  *sql.DB
	r     stmts
	write *sql.DB
	w     *writer

	mu  sync.RWMutex
	src map[source]int64 // rows of sources: few, and they never change
}

// Open opens or makes the file.
func Open(ctx context.Context, file string) (*Store, error) {
	q := url.Values{"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)",
		"cache_size(-65536)", "wal_autocheckpoint(4000)", "temp_store(MEMORY)"}, "_txlock": {"immediate"}}
	dsn := dsnOf(file, q)
	s := &Store{src: map[source]int64{}}
	var err error
	if s.write, err = open(ctx, dsn, 1); err != nil {
		return nil, err
	}
	if err = migrate(ctx, s.write); err != nil {
		return nil, errors.Join(err, s.write.Close())
	}
	if s.read, err = open(ctx, dsn, 4); err != nil {
		return nil, errors.Join(err, s.write.Close())
	}
	if s.r, err = prepare(ctx, s.read, queries); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if s.w, err = newWriter(ctx, s.write); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

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

// Close finishes what is queued.
func (s *Store) Close() error {
	if s.w != nil {
		s.w.close()
	}
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}
