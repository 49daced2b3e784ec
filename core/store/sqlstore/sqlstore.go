// Package sqlstore keeps a ledger in a database that speaks SQL. What happens in
// a transaction is here, the same for all of them; the words of the statements,
// the schema and how a transaction is run are the database's own, in sqlite and
// postgres.
package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"sync"

	"frontdesk/core/store"
)

// DB is a database's own part. Safe for concurrent use.
type DB interface {
	// Do runs f in a transaction and returns once that is on disk; an error of f
	// undoes it. It may run f again if the database broke the transaction off.
	Do(ctx context.Context, f func(Tx) error) error
	// Ask is for reads beside the transactions.
	Ask() Tx
	Close() error
}

// Tx runs statements: a database's own by their names, and any others by their
// words, in which "?" or "?1" stand for values.
type Tx interface {
	Row(ctx context.Context, name string, args ...any) *sql.Row
	Rows(ctx context.Context, name string, args ...any) (*sql.Rows, error)
	Exec(ctx context.Context, name string, args ...any) (sql.Result, error)
}

// Store implements store.Backend over a DB. Safe for concurrent use.
type Store struct {
	db     DB
	shared bool // other replicas write to it

	mu  sync.RWMutex
	src map[source]int64 // rows of sources: few, and they never change
}

var _ store.Backend = (*Store)(nil)

// New makes a store of db, which it closes. Shared means that other processes
// use it too.
func New(db DB, shared bool) *Store {
	return &Store{db: db, shared: shared, src: map[source]int64{}}
}

// Close finishes what is queued.
func (s *Store) Close() error { return s.db.Close() }

// do runs f in a transaction. What it began is written even if ctx ends, so that
// what the caller is told is what happened.
func (s *Store) do(ctx context.Context, f func(tx) error) error {
	return s.db.Do(ctx, func(t Tx) error { return f(tx{t}) })
}

// ask is for reads that are short enough to be let finish.
func (s *Store) ask() tx { return tx{s.db.Ask()} }

// tx is what a transaction's steps are written in. It never waits on a context:
// to break off one statement would undo its neighbours.
type tx struct{ Tx }

func (t tx) row(name string, args ...any) *sql.Row { return t.Row(context.Background(), name, args...) }

func (t tx) rows(name string, args ...any) (*sql.Rows, error) {
	return t.Rows(context.Background(), name, args...)
}

func (t tx) run(name string, args ...any) error {
	_, err := t.count(name, args...)
	return err
}

// exec and query run statements that are too rare for a name, in words that all
// databases understand, with ? for values.
func (t tx) exec(words string, args ...any) (sql.Result, error) {
	return t.Exec(context.Background(), words, args...)
}

func (t tx) query(words string, args ...any) (*sql.Rows, error) { return t.rows(words, args...) }

func (t tx) count(name string, args ...any) (int64, error) {
	res, err := t.Exec(context.Background(), name, args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	return res.RowsAffected()
}
