package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// maxBatch bounds a transaction, and so the wait of the next.
const maxBatch = 256

var errClosed = errors.New("store is closed")

// job is one caller's part of a transaction.
type job struct {
	do   func(tx) error
	err  error
	done chan struct{}
}

// tx is what a job may use. It never waits on a context: to break off one
// statement would undo its neighbours.
type tx struct {
	stmts
	conn *sql.Conn
}

// exec runs a statement that is too rare to be kept prepared.
func (t tx) exec(query string, args ...any) (sql.Result, error) {
	return t.conn.ExecContext(context.Background(), query, args...)
}

// query asks on the writer's connection, so that it sees what the batch wrote.
func (t tx) query(query string, args ...any) (*sql.Rows, error) {
	return t.conn.QueryContext(context.Background(), query, args...)
}

type writer struct {
	jobs chan *job
	conn *sql.Conn
	tx   tx

	mu     sync.RWMutex // closed, against sending on a closed channel
	closed bool
	ended  chan struct{}
}

func newWriter(ctx context.Context, db *sql.DB) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("writer: %w", err)
	}
	st, err := prepare(ctx, conn, commands)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	w := &writer{jobs: make(chan *job, maxBatch), conn: conn, tx: tx{st, conn}, ended: make(chan struct{})}
	go w.run()
	return w, nil
}

// do runs f in a transaction and returns once that is on disk. f may run
// beside others' but sees their work and is undone alone.
func (w *writer) do(ctx context.Context, f func(tx) error) error {
	j := &job{do: f, done: make(chan struct{})}
	if err := w.enqueue(ctx, j); err != nil {
		return err
	}
	<-j.done // not ctx: what was begun will be written, and the caller must know
	return full(j.err)
}

func (w *writer) enqueue(ctx context.Context, j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return errClosed
	}
	select {
	case w.jobs <- j:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *writer) run() {
	defer close(w.ended)
	batch := make([]*job, 0, maxBatch)
	for j := range w.jobs {
		batch = append(batch[:0], j)
		for len(batch) < maxBatch && len(w.jobs) > 0 {
			batch = append(batch, <-w.jobs)
		}
		err := w.commit(batch)
		for _, j := range batch {
			if err != nil {
				j.err = err
			}
			close(j.done)
		}
	}
}

// commit runs batch as one transaction; its error is everybody's.
func (w *writer) commit(batch []*job) error {
	if err := w.tx.run("begin"); err != nil {
		return err
	}
	for _, j := range batch {
		if err := w.one(j); err != nil {
			return errors.Join(err, w.tx.run("rollback"))
		}
	}
	if err := w.tx.run("commit"); err != nil {
		return errors.Join(err, w.tx.run("rollback"))
	}
	return nil
}

// one runs j in a savepoint, so that a job that fails is undone alone.
func (w *writer) one(j *job) error {
	if err := w.tx.run("savepoint"); err != nil {
		return err
	}
	if j.err = protect(j.do, w.tx); j.err != nil {
		if err := w.tx.run("undo"); err != nil { // a full disk ends the transaction of all
			return errors.Join(j.err, err)
		}
	}
	return w.tx.run("release")
}

func protect(do func(tx) error, t tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v", p)
		}
	}()
	return do(t)
}

func (w *writer) close() {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.jobs)
	}
	w.mu.Unlock()
	<-w.ended
	_ = w.conn.Close()
}
