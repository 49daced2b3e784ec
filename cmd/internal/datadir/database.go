package datadir

import (
	"context"
	"errors"
	"io"

	"frontdesk/core/store/postgres"
	"frontdesk/core/store/sqlstore"
)

// At opens the database of a gateway, beside a running one or without: the one
// that url names, "postgres://…", or, if that is "", dir's own.
func At(ctx context.Context, dir, url string) (*sqlstore.Store, error) {
	if url != "" {
		return postgres.Open(ctx, url)
	}
	s, err := Store(ctx, dir)
	if err != nil {
		return nil, err
	}
	return s.Store, nil
}

// Under is At under the lock of dir, which is made if need be: no other gateway
// uses the folder meanwhile. Close both, the store first.
func Under(ctx context.Context, dir, url string) (*sqlstore.Store, io.Closer, error) {
	if url == "" {
		s, l, err := Open(ctx, dir)
		if err != nil {
			return nil, nil, err
		}
		return s.Store, l, nil
	}
	if err := Make(dir); err != nil {
		return nil, nil, err
	}
	l, err := Lock(ctx, dir)
	if err != nil {
		return nil, nil, err
	}
	s, err := postgres.Open(ctx, url)
	if err != nil {
		return nil, nil, errors.Join(err, l.Close())
	}
	return s, l, nil
}
