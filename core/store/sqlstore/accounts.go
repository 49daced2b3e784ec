package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"frontdesk/core"
)

var _ core.Accounts = (*Store)(nil)

// The statements are too rare to be kept prepared.
const (
	putUser = `INSERT INTO users(workspace, name, role, hash, disabled, created) VALUES(?,?,?,?,?,?)
		ON CONFLICT(workspace, name) DO UPDATE SET role=excluded.role, hash=excluded.hash, disabled=excluded.disabled, created=excluded.created`
	selUser  = `SELECT workspace, name, role, hash, disabled, created FROM users WHERE workspace=?`
	putToken = `INSERT INTO tokens(workspace, id, name, role, hash, created, expires) VALUES(?,?,?,?,?,?,?)
		ON CONFLICT(workspace, id) DO UPDATE SET name=excluded.name, role=excluded.role, hash=excluded.hash, created=excluded.created, expires=excluded.expires`
	selToken = `SELECT workspace, id, name, role, hash, created, expires FROM tokens`
	putLogin = `INSERT INTO logins(hash, workspace, "user", csrf, created, expires) VALUES(?,?,?,?,?,?)
		ON CONFLICT(hash) DO UPDATE SET workspace=excluded.workspace, "user"=excluded."user", csrf=excluded.csrf, created=excluded.created, expires=excluded.expires`
	selLogin = `SELECT hash, workspace, "user", csrf, created, expires FROM logins WHERE hash=?`
)

// change runs one statement through the writer and returns how many rows it touched.
func (s *Store) change(ctx context.Context, what, query string, args ...any) (n int64, err error) {
	err = s.do(ctx, func(t tx) error {
		res, err := t.exec(query, args...)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("%s: %w", what, err)
	}
	return n, nil
}

// PutUser implements core.Accounts.
func (s *Store) PutUser(ctx context.Context, u core.User) error {
	_, err := s.change(ctx, "put user", putUser, u.Workspace, u.Name, u.Role, u.Hash, u.Disabled, micros(u.Created))
	return err
}

// User implements core.Accounts.
func (s *Store) User(ctx context.Context, w core.WorkspaceID, name string) (core.User, error) {
	return one(scanUser(s.db.Ask().Row(ctx, selUser+" AND name=?", w, name)))
}

// Users implements core.Accounts.
func (s *Store) Users(ctx context.Context, w core.WorkspaceID) ([]core.User, error) {
	return list(scanUser)(s.db.Ask().Rows(ctx, selUser+" ORDER BY name", w))
}

// PutToken implements core.Accounts.
func (s *Store) PutToken(ctx context.Context, t core.Token) error {
	_, err := s.change(ctx, "put token", putToken, t.Workspace, t.ID, t.Name, t.Role, t.Hash, micros(t.Created), micros(t.Expires))
	return err
}

// TokenByHash implements core.Accounts.
func (s *Store) TokenByHash(ctx context.Context, hash []byte) (core.Token, error) {
	return one(scanToken(s.db.Ask().Row(ctx, selToken+" WHERE hash=?", hash)))
}

// Tokens implements core.Accounts.
func (s *Store) Tokens(ctx context.Context, w core.WorkspaceID) ([]core.Token, error) {
	return list(scanToken)(s.db.Ask().Rows(ctx, selToken+" WHERE workspace=? ORDER BY id", w))
}

// DeleteToken implements core.Accounts.
func (s *Store) DeleteToken(ctx context.Context, w core.WorkspaceID, id string) error {
	n, err := s.change(ctx, "delete token", `DELETE FROM tokens WHERE workspace=? AND id=?`, w, id)
	if err == nil && n == 0 {
		return core.ErrNotFound
	}
	return err
}

// PutLogin implements core.Accounts. Those that ended before l began are dropped.
func (s *Store) PutLogin(ctx context.Context, l core.Login) error {
	err := s.do(ctx, func(t tx) error {
		if _, err := t.exec(`DELETE FROM logins WHERE expires<?`, micros(l.Created)); err != nil {
			return err
		}
		_, err := t.exec(putLogin, l.Hash, l.Workspace, l.User, l.CSRF, micros(l.Created), micros(l.Expires))
		return err
	})
	if err != nil {
		return fmt.Errorf("put login: %w", err)
	}
	return nil
}

// LoginByHash implements core.Accounts.
func (s *Store) LoginByHash(ctx context.Context, hash []byte) (core.Login, error) {
	return one(scanLogin(s.db.Ask().Row(ctx, selLogin, hash)))
}

// DeleteLogin implements core.Accounts.
func (s *Store) DeleteLogin(ctx context.Context, hash []byte) error {
	_, err := s.change(ctx, "delete login", `DELETE FROM logins WHERE hash=?`, hash)
	return err
}

// DeleteLogins implements core.Accounts.
func (s *Store) DeleteLogins(ctx context.Context, w core.WorkspaceID, user string) error {
	_, err := s.change(ctx, "delete logins", `DELETE FROM logins WHERE workspace=? AND "user"=?`, w, user)
	return err
}

// Secret implements core.Accounts.
func (s *Store) Secret(ctx context.Context, name string, n int) ([]byte, error) {
	const get = `SELECT value FROM secrets WHERE name=?`
	var b []byte
	err := s.db.Ask().Row(ctx, get, name).Scan(&b)
	if errors.Is(err, sql.ErrNoRows) {
		fresh := make([]byte, n)
		_, _ = rand.Read(fresh) // it never fails
		if _, err := s.change(ctx, "make secret", `INSERT INTO secrets(name, value) VALUES(?,?) ON CONFLICT DO NOTHING`, name, fresh); err != nil {
			return nil, err
		}
		err = s.db.Ask().Row(ctx, get, name).Scan(&b) // another's, if that was first
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("secret %s: %w", name, err)
	case len(b) != n:
		return nil, fmt.Errorf("secret %s has %d bytes, not %d", name, len(b), n)
	}
	return b, nil
}

// scanner is a row.
type scanner interface{ Scan(into ...any) error }

func scanUser(r scanner) (u core.User, err error) {
	var created int64
	err = r.Scan(&u.Workspace, &u.Name, &u.Role, &u.Hash, &u.Disabled, &created)
	u.Created = fromMicros(created)
	return u, err
}

func scanToken(r scanner) (t core.Token, err error) {
	var created, expires int64
	err = r.Scan(&t.Workspace, &t.ID, &t.Name, &t.Role, &t.Hash, &created, &expires)
	t.Created, t.Expires = fromMicros(created), fromMicros(expires)
	return t, err
}

func scanLogin(r scanner) (l core.Login, err error) {
	var created, expires int64
	err = r.Scan(&l.Hash, &l.Workspace, &l.User, &l.CSRF, &created, &expires)
	l.Created, l.Expires = fromMicros(created), fromMicros(expires)
	return l, err
}

func one[T any](v T, err error) (T, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return v, core.ErrNotFound
	}
	if err != nil {
		return v, fmt.Errorf("accounts: %w", err)
	}
	return v, nil
}

func list[T any](scan func(scanner) (T, error)) func(*sql.Rows, error) ([]T, error) {
	return func(rows *sql.Rows, err error) (out []T, _ error) {
		if err != nil {
			return nil, fmt.Errorf("accounts: %w", err)
		}
		defer func() { _ = rows.Close() }() // Err below says what matters
		for rows.Next() {
			v, err := scan(rows)
			if err != nil {
				return nil, fmt.Errorf("accounts: %w", err)
			}
			out = append(out, v)
		}
		return out, rows.Err()
	}
}

// fromMicros undoes micros.
func fromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
