package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"frontdesk/core"
)

var _ core.Calls = (*Store)(nil)

// BeginCall implements core.Calls. Each call also clears some old ones away.
func (s *Store) BeginCall(ctx context.Context, key string, digest []byte, now time.Time) (*core.CallRecord, error) {
	var was *core.CallRecord
	err := s.do(ctx, func(t tx) error {
		was = nil
		if _, err := t.exec(`DELETE FROM calls WHERE key IN (SELECT key FROM calls WHERE begun<? LIMIT 16)`, micros(now.Add(-core.CallsKept))); err != nil {
			return err
		}
		res, err := t.exec(`INSERT INTO calls(key, digest, begun) VALUES(?,?,?) ON CONFLICT DO NOTHING`, key, digest, micros(now))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 1 {
			return err
		}
		was, err = readCall(t, key)
		return err
	})
	return was, err
}

func readCall(t tx, key string) (*core.CallRecord, error) {
	rows, err := t.query(`SELECT digest, result FROM calls WHERE key=?`, key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	if !rows.Next() {
		return nil, errors.Join(rows.Err(), sql.ErrNoRows)
	}
	var r core.CallRecord
	err = rows.Scan(&r.Digest, &r.Result)
	return &r, errors.Join(err, rows.Err())
}

// EndCall implements core.Calls.
func (s *Store) EndCall(ctx context.Context, key string, digest, result []byte) error {
	_, err := s.change(ctx, "keep a tool's result", `UPDATE calls SET digest=?, result=? WHERE key=?`, digest, result, key)
	return err
}

// DropCall implements core.Calls.
func (s *Store) DropCall(ctx context.Context, key string) error {
	_, err := s.change(ctx, "forget a tool's call", `DELETE FROM calls WHERE key=?`, key)
	return err
}
