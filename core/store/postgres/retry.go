package postgres

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"frontdesk/core/store/sqlstore"
)

// patience is how long a call waits for a database that is away, such as one
// that is started again; who called gives up before, or asks again.
const patience = 5 * time.Second

// Do implements sqlstore.DB. A transaction that the database broke off, or that
// it could not begin, is run again; one whose commit failed is not, for it may
// have been written.
func (d *db) Do(ctx context.Context, f func(sqlstore.Tx) error) error {
	pause := 20 * time.Millisecond
	for end := time.Now().Add(patience); ; pause = min(2*pause, 500*time.Millisecond) {
		again, err := d.try(ctx, f)
		if err == nil || !again || time.Now().After(end) {
			return err
		}
		t := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			t.Stop()
			return errors.Join(err, ctx.Err())
		case <-t.C:
		}
	}
}

// try runs f once; again says that nothing was written and that another time it
// may be.
func (d *db) try(ctx context.Context, f func(sqlstore.Tx) error) (again bool, err error) {
	own := context.WithoutCancel(ctx) // what was begun is written
	tx, err := d.sql.BeginTx(own, nil)
	if err != nil {
		return away(err), err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	if err := f(named{tx}); err != nil {
		return away(err), err
	}
	err = tx.Commit()
	return brokenOff(err), err
}

// brokenOff reports whether the database undid a transaction for the sake of
// another: serialization_failure, deadlock_detected, and
// idle_in_transaction_session_timeout, which meets a replica that was paused.
func brokenOff(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && (pe.Code == "40001" || pe.Code == "40P01" || pe.Code == "25P03")
}

// away reports whether the connection or the server is gone, or is starting:
// classes 08 and 57P, too_many_connections, and what no server said.
func away(err error) bool {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return brokenOff(err) || strings.HasPrefix(pe.Code, "08") || strings.HasPrefix(pe.Code, "57P") || pe.Code == "53300"
	}
	var ne net.Error
	var ce *pgconn.ConnectError
	return errors.As(err, &ne) || errors.As(err, &ce) || pgconn.SafeToRetry(err) || strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "unexpected EOF")
}
