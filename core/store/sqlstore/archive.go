package sqlstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"frontdesk/core"
)

var _ core.Archive = (*Store)(nil)

// pieceBytes is how much of a file one transaction takes: a few milliseconds of
// the writer, which messages wait for too.
const pieceBytes = 512 << 10

// number is what d's version will be, and the current one, 0 if there is none.
// What is dropped and not yet swept still counts.
func (t tx) number(d core.Document) (number, current int, err error) {
	var highest, taken int
	err = t.only3(&highest, &current, &taken, `SELECT coalesce(max(version),0), coalesce(max(CASE WHEN state='current' THEN version END),0),
		count(CASE WHEN version=?4 AND state IN ('current','previous') THEN 1 END) FROM documents WHERE workspace=?1 AND bot=?2 AND name=?3`,
		d.Workspace, d.Bot, d.Name, d.Version)
	switch {
	case err != nil:
		return 0, 0, err
	case d.Version == 0:
		return highest + 1, current, nil
	case taken != 0:
		return 0, 0, core.Invalid("%s has a version %d already", d.Name, d.Version)
	}
	return d.Version, current, nil
}

// only3 is only of three numbers.
func (t tx) only3(a, b, c *int, query string, args ...any) (err error) {
	rows, err := t.query(query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if !rows.Next() {
		return rows.Err()
	}
	return rows.Scan(a, b, c)
}

// trim drops versions of d's document beyond the bounds, oldest first.
func (t tx) trim(d core.Document) error {
	_, err := t.exec(`UPDATE documents SET state='dropped' WHERE doc IN (SELECT doc FROM (
		SELECT doc, row_number() OVER w AS n, sum(bytes) OVER w AS total FROM documents
		WHERE workspace=? AND bot=? AND name=? AND state IN ('current','previous')
		WINDOW w AS (ORDER BY version DESC)) AS kept WHERE n>? OR n>2 AND total>?)`, d.Workspace, d.Bot, d.Name, core.KeptVersions, core.KeptBytes)
	return err
}

// Versions implements core.Archive.
func (s *Store) Versions(ctx context.Context, w core.WorkspaceID, bot, name string) ([]core.Document, error) {
	out, err := every(scanDocument)(s.db.Ask().Rows(ctx, selDocuments+
		` WHERE workspace=? AND bot=? AND name=? AND state IN ('current','previous') ORDER BY version DESC`, w, bot, name))
	if err == nil && len(out) == 0 {
		err = core.ErrNotFound
	}
	return out, err
}

// VersionChunks implements core.Archive.
func (s *Store) VersionChunks(ctx context.Context, w core.WorkspaceID, bot, name string, version int) ([]core.Chunk, error) {
	out, err := every(scanChunk)(s.db.Ask().Rows(ctx, `SELECT d.name, c.ordinal, c.hash, c.published, c.passage FROM documents d
		JOIN chunks c USING(doc) WHERE d.workspace=? AND d.bot=? AND d.name=? AND d.version=? AND d.state IN ('current','previous') ORDER BY c.ordinal`,
		w, bot, name, version))
	if err == nil && len(out) == 0 { // a version has a passage at least
		err = core.ErrNotFound
	}
	return out, err
}

// PutFile implements core.Archive.
func (s *Store) PutFile(ctx context.Context, w core.WorkspaceID, sum string, data []byte) error {
	if digest := sha256.Sum256(data); hex.EncodeToString(digest[:]) != sum {
		return fmt.Errorf("file %.8s: its bytes are others", sum)
	}
	if known, err := s.touchFile(ctx, w, sum); err != nil || known {
		return err
	}
	var id int64
	err := s.do(ctx, func(t tx) error {
		return t.only(&id, `INSERT INTO files(workspace, sha256, pieces, begun) VALUES(?,?,0,?) RETURNING file`, w, sum, micros(time.Now()))
	})
	n := 0
	for rest := data; err == nil && len(rest) > 0; n++ {
		piece := rest[:min(len(rest), pieceBytes)]
		rest = rest[len(piece):]
		err = s.do(ctx, func(t tx) error {
			_, err := t.exec(`INSERT INTO pieces(file, piece, data) VALUES(?,?,?)`, id, n, piece)
			return err
		})
	}
	if err == nil {
		err = s.do(ctx, func(t tx) error {
			_, err := t.exec(`UPDATE files SET pieces=? WHERE file=?`, n, id)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("keep file %.8s: %w", sum, err) // what was written is swept
	}
	return nil
}

// touchFile reports whether a file is kept, and keeps it an hour more if so: the
// version that names it may be an hour in the making.
func (s *Store) touchFile(ctx context.Context, w core.WorkspaceID, sum string) (known bool, err error) {
	err = s.do(ctx, func(t tx) error {
		res, err := t.exec(`UPDATE files SET begun=? WHERE workspace=? AND sha256=? AND pieces>0`, micros(time.Now()), w, sum)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		known = n > 0
		return err
	})
	return known, err
}

// File implements core.Archive.
func (s *Store) File(ctx context.Context, w core.WorkspaceID, sum string) ([]byte, error) {
	pieces, err := every(scanPiece)(s.db.Ask().Rows(ctx, `SELECT data FROM pieces WHERE file=
		(SELECT file FROM files f WHERE workspace=? AND sha256=? AND pieces>0 AND pieces=(SELECT count(*) FROM pieces p WHERE p.file=f.file) LIMIT 1)
		ORDER BY piece`, w, sum))
	if err != nil {
		return nil, err
	}
	if len(pieces) == 0 {
		return nil, core.ErrNotFound
	}
	var out []byte
	for _, p := range pieces {
		out = append(out, p...)
	}
	return out, nil
}

func scanPiece(row scanner) (b []byte, err error) { return b, row.Scan(&b) }

// sweepFiles removes a piece of a file that no version names, and reports
// whether there may be more.
func (t tx) sweepFiles(before time.Time) (bool, error) {
	const unnamed = `SELECT file FROM files f WHERE begun<? AND NOT EXISTS(SELECT 1 FROM documents d WHERE d.workspace=f.workspace AND d.sha256=f.sha256)`
	res, err := t.exec(`DELETE FROM pieces WHERE (file, piece) IN (SELECT file, piece FROM pieces WHERE file IN (`+unnamed+`) LIMIT 4)`, micros(before))
	if err != nil {
		return false, err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return n > 0, err
	}
	_, err = t.exec(`DELETE FROM files WHERE file IN (`+unnamed+`)`, micros(before))
	return false, err
}
