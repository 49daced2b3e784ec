package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"frontdesk/core"
)

var _ core.Library = (*Store)(nil)

// staged is how many passages one transaction takes: about 10 ms, so that
// messages wait no longer for a document than for each other.
const staged = 500

// abandoned is how old a staged version must be for its writer to be dead.
const abandoned = time.Hour

const selDocuments = `SELECT workspace, bot, name, file, version, mime, bytes, passages, pages, sha256, updated, origin FROM documents`

// PutDocument implements core.Library.
func (s *Store) PutDocument(ctx context.Context, d core.Document, chunks []core.Chunk) (core.Document, error) {
	known, err := s.published(ctx, d)
	if err != nil {
		return d, fmt.Errorf("passages of %s: %w", d.Name, err)
	}
	id, err := s.stage(ctx, d, chunks, known)
	if err == nil {
		d, err = s.publish(ctx, id, d)
	}
	if err != nil {
		if id != 0 {
			_ = s.drop(context.WithoutCancel(ctx), id) // else it is swept once abandoned
		}
		return d, fmt.Errorf("put document %s: %w", d.Name, err)
	}
	s.sweep(ctx)
	return d, nil
}

// published tells which knowledge version brought the passages that d has now.
func (s *Store) published(ctx context.Context, d core.Document) (map[string]int64, error) {
	chunks, err := s.Chunks(ctx, d.Workspace, d.Bot, d.Name)
	out := make(map[string]int64, len(chunks))
	for _, c := range chunks {
		out[c.Hash] = c.Published
	}
	return out, err
}

// stage writes what nobody sees yet. The id is valid, if not 0, even with an error.
func (s *Store) stage(ctx context.Context, d core.Document, chunks []core.Chunk, known map[string]int64) (id int64, err error) {
	origin, err := json.Marshal(d.Origin)
	if err != nil {
		return 0, err
	}
	err = s.do(ctx, func(t tx) error {
		return t.only(&id, `INSERT INTO documents(workspace, bot, name, version, state, file, mime, bytes, passages, pages, sha256, updated, begun, origin)
			VALUES(?,?,?,0,'staged',?,?,?,?,?,?,?,?,?) RETURNING doc`, d.Workspace, d.Bot, d.Name, d.File, d.MIME, d.Bytes, len(chunks), d.Pages, d.SHA256,
			micros(d.Updated), micros(time.Now()), string(origin))
	})
	for len(chunks) > 0 && err == nil {
		n := min(len(chunks), staged)
		err = s.stageSome(ctx, id, chunks[:n], known)
		chunks = chunks[n:]
	}
	return id, err
}

func (s *Store) stageSome(ctx context.Context, id int64, chunks []core.Chunk, known map[string]int64) error {
	bodies := make([]string, len(chunks)) // made here: the writer's time is everybody's
	for i, c := range chunks {
		js, err := json.Marshal(c.Passage)
		if err != nil {
			return err
		}
		bodies[i] = string(js)
	}
	return s.do(ctx, func(t tx) error {
		for i, c := range chunks {
			if _, err := t.exec(`INSERT INTO chunks(doc, ordinal, hash, published, passage) VALUES(?,?,?,?,?)`,
				id, c.Ordinal, c.Hash, known[c.Hash], bodies[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// publish makes the staged version the current one, or one of the past if its
// number says so.
func (s *Store) publish(ctx context.Context, id int64, d core.Document) (core.Document, error) {
	err := s.do(ctx, func(t tx) (err error) {
		var current int
		if err = t.alone(d.Workspace, d.Bot); err != nil {
			return err
		}
		if d.Version, current, err = t.number(d); err != nil {
			return err
		}
		if d.Version < current {
			_, err = t.exec(`UPDATE documents SET state='previous', version=? WHERE doc=? AND state='staged'`, d.Version, id)
			return errors.Join(err, t.trim(d))
		}
		knowledge, err := t.bump(d.Workspace, d.Bot)
		if err != nil {
			return err
		}
		if _, err := t.exec(`UPDATE documents SET state='previous' WHERE workspace=? AND bot=? AND name=? AND state='current'`, d.Workspace, d.Bot, d.Name); err != nil {
			return err
		}
		if _, err := t.exec(`UPDATE chunks SET published=? WHERE doc=? AND published=0`, knowledge, id); err != nil {
			return err
		}
		var done int64 // nothing comes back if a sweep took the staged row
		if err := t.only(&done, `UPDATE documents SET state='current', version=? WHERE doc=? AND state='staged' RETURNING doc`, d.Version, id); err != nil {
			return err
		}
		return t.trim(d)
	})
	return d, err
}

// bump counts a change of the bot's documents and returns the new version.
func (t tx) bump(w core.WorkspaceID, bot string) (version int64, err error) {
	err = t.only(&version, `INSERT INTO knowledge(workspace, bot, version) VALUES(?,?,1)
		ON CONFLICT(workspace, bot) DO UPDATE SET version=knowledge.version+1 RETURNING version`, w, bot)
	return version, err
}

// alone keeps other changes of the bot's documents off until the end of the
// transaction.
func (t tx) alone(w core.WorkspaceID, bot string) error {
	_, err := t.exec(`INSERT INTO knowledge(workspace, bot, version) VALUES(?,?,0) ON CONFLICT(workspace, bot) DO UPDATE SET version=knowledge.version`, w, bot)
	return err
}

// only scans the one value of the one row of query.
func (t tx) only(into any, query string, args ...any) (err error) {
	rows, err := t.query(query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if !rows.Next() {
		return errors.Join(sql.ErrNoRows, rows.Err())
	}
	return rows.Scan(into)
}

func (s *Store) drop(ctx context.Context, id int64) error {
	return s.do(ctx, func(t tx) error {
		_, err := t.exec(`UPDATE documents SET state='dropped' WHERE doc=? AND state='staged'`, id)
		return err
	})
}

// DeleteDocument implements core.Library.
func (s *Store) DeleteDocument(ctx context.Context, w core.WorkspaceID, bot, name string) error {
	err := s.do(ctx, func(t tx) error {
		res, err := t.exec(`UPDATE documents SET state='dropped' WHERE workspace=? AND bot=? AND name=? AND state IN ('current','previous')`, w, bot, name)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return core.ErrNotFound
		}
		_, err = t.bump(w, bot)
		return err
	})
	if err != nil {
		return fmt.Errorf("document %s: %w", name, err)
	}
	s.sweep(ctx)
	return nil
}

// sweep removes what no version needs, in small transactions. It is not said if
// that fails: the next change sweeps again, and nothing is read from the rest.
func (s *Store) sweep(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	for more := true; more; {
		err := s.do(ctx, func(t tx) (err error) {
			more, err = t.sweepSome(time.Now().Add(-abandoned))
			return err
		})
		if err != nil {
			return
		}
	}
}

// sweepSome removes at most staged passages and reports whether there is more.
func (t tx) sweepSome(before time.Time) (bool, error) {
	if _, err := t.exec(`UPDATE documents SET state='dropped' WHERE state='staged' AND begun<?`, micros(before)); err != nil {
		return false, err
	}
	res, err := t.exec(`DELETE FROM chunks WHERE (doc, ordinal) IN (SELECT c.doc, c.ordinal FROM chunks c WHERE c.doc IN
		(SELECT doc FROM documents WHERE state='dropped') LIMIT ?)`, staged)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	if err != nil || n > 0 {
		return n > 0, err
	}
	if _, err = t.exec(`DELETE FROM documents WHERE state='dropped' AND NOT EXISTS(SELECT 1 FROM chunks c WHERE c.doc=documents.doc)`); err != nil {
		return false, err
	}
	return t.sweepFiles(before)
}

// Documents implements core.Library.
func (s *Store) Documents(ctx context.Context, w core.WorkspaceID, bot string) ([]core.Document, error) {
	return every(scanDocument)(s.db.Ask().Rows(ctx, selDocuments+" WHERE workspace=? AND bot=? AND state='current' ORDER BY name", w, bot))
}

func scanDocument(row scanner) (d core.Document, err error) {
	var updated int64
	var origin []byte
	err = row.Scan(&d.Workspace, &d.Bot, &d.Name, &d.File, &d.Version, &d.MIME, &d.Bytes, &d.Passages, &d.Pages, &d.SHA256, &updated, &origin)
	if err != nil {
		return d, err
	}
	d.Updated = fromMicros(updated)
	return d, json.Unmarshal(origin, &d.Origin)
}

// Chunks implements core.Library.
func (s *Store) Chunks(ctx context.Context, w core.WorkspaceID, bot, name string) ([]core.Chunk, error) {
	return every(scanChunk)(s.db.Ask().Rows(ctx, `SELECT d.name, c.ordinal, c.hash, c.published, c.passage FROM documents d
		JOIN chunks c USING(doc) WHERE d.workspace=?1 AND d.bot=?2 AND d.state='current' AND (?3='' OR d.name=?3) ORDER BY d.name, c.ordinal`, w, bot, name))
}

func scanChunk(row scanner) (c core.Chunk, err error) {
	var passage []byte
	if err := row.Scan(&c.Document, &c.Ordinal, &c.Hash, &c.Published, &passage); err != nil {
		return c, err
	}
	return c, json.Unmarshal(passage, &c.Passage)
}

// KnowledgeVersion implements core.Library.
func (s *Store) KnowledgeVersion(ctx context.Context, w core.WorkspaceID, bot string) (version int64, err error) {
	err = s.db.Ask().Row(ctx, `SELECT version FROM knowledge WHERE workspace=? AND bot=?`, w, bot).Scan(&version)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return version, err
}

// every scans all rows of a query.
func every[T any](scan func(scanner) (T, error)) func(*sql.Rows, error) ([]T, error) {
	return func(rows *sql.Rows, err error) (out []T, _ error) {
		if err != nil {
			return nil, fmt.Errorf("library: %w", err)
		}
		defer func() { _ = rows.Close() }() // Err below says what matters
		for rows.Next() {
			v, err := scan(rows)
			if err != nil {
				return nil, fmt.Errorf("library: %w", err)
			}
			out = append(out, v)
		}
		return out, rows.Err()
	}
}
