package sqlite

import (
	"context"
	"database/sql"
	"time"

	"frontdesk/core/store/sqlstore"
)

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// named runs prepared statements by name, and others by their words.
type named struct {
	stmts
	on interface {
		QueryRowContext(context.Context, string, ...any) *sql.Row
		QueryContext(context.Context, string, ...any) (*sql.Rows, error)
		ExecContext(context.Context, string, ...any) (sql.Result, error)
	}
}

// Row implements sqlstore.Tx.
func (n named) Row(ctx context.Context, name string, args ...any) *sql.Row {
	if st := n.stmts[name]; st != nil {
		return st.QueryRowContext(ctx, args...)
	}
	return n.on.QueryRowContext(ctx, name, args...)
}

// Rows implements sqlstore.Tx.
func (n named) Rows(ctx context.Context, name string, args ...any) (*sql.Rows, error) {
	if st := n.stmts[name]; st != nil {
		return st.QueryContext(ctx, args...)
	}
	return n.on.QueryContext(ctx, name, args...)
}

// Exec implements sqlstore.Tx.
func (n named) Exec(ctx context.Context, name string, args ...any) (sql.Result, error) {
	if st := n.stmts[name]; st != nil {
		return st.ExecContext(ctx, args...)
	}
	return n.on.ExecContext(ctx, name, args...)
}

// Do implements sqlstore.DB. Nobody breaks a transaction of the writer off.
func (d *db) Do(ctx context.Context, f func(sqlstore.Tx) error) error {
	return d.w.do(ctx, func(t tx) error { return f(named{t.stmts, t.conn}) })
}

// Ask implements sqlstore.DB.
func (d *db) Ask() sqlstore.Tx { return named{d.r, d.read} }
