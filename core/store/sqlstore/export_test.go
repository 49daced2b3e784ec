package sqlstore

import (
	"context"
	"database/sql"
	"time"

	"frontdesk/core"
)

// Abandoned is abandoned, for tests.
const Abandoned = abandoned

// ClaimRow takes a row that was seen to be due a while ago.
func (s *Store) ClaimRow(ctx context.Context, id int64, now, until time.Time) (attempt int, err error) {
	err = s.do(ctx, func(t tx) (err error) {
		attempt, err = t.claim(id, now, until, false)
		return err
	})
	return attempt, err
}

// Sweep is sweep, for tests.
func (s *Store) Sweep(ctx context.Context) { s.sweep(ctx) }

// Stage writes a version and does not publish it.
func (s *Store) Stage(ctx context.Context, d core.Document, chunks []core.Chunk) (int64, error) {
	return s.stage(ctx, d, chunks, nil)
}

// Look reads a row.
func (s *Store) Look(ctx context.Context, words string) *sql.Row { return s.db.Ask().Row(ctx, words) }

// Change writes past the store's own ways.
func (s *Store) Change(ctx context.Context, words string, args ...any) error {
	_, err := s.change(ctx, "change", words, args...)
	return err
}
