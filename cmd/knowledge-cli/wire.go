package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"frontdesk/cmd/internal/datadir"
	"frontdesk/cmd/internal/embedding"
	"frontdesk/cmd/internal/settings"
	"frontdesk/core"
)

func dataDir(config string) (string, error) {
	cfg, err := settings.Load(settings.File(config))
	if err != nil {
		return "", err
	}
	return cfg.DataDir, nil
}

// openLocal opens the data folder of a configuration under its lock file, so
// that no server can run on it meanwhile. A folder that is not there is not
// made: nothing would ever answer from it.
func openLocal(ctx context.Context, config string) (target, func() error, error) {
	cfg, err := settings.Load(settings.File(config))
	if err != nil {
		return nil, nil, err
	}
	dir := cfg.DataDir
	url := cfg.Database.URL.Reveal()
	if _, err := os.Stat(filepath.Join(dir, datadir.Database)); url == "" && errors.Is(err, fs.ErrNotExist) {
		return nil, nil, core.Invalid("no server runs, and there is no data in %s: start one with frontdesk serve or demo, or name it with -server or -config", dir)
	}
	store, lock, err := datadir.Under(ctx, dir, url)
	if err != nil {
		return nil, nil, err
	}
	finder, closeFinder, err := embedding.Engine(ctx, embedding.Settings{URL: cfg.Embedding.URL, Model: cfg.Embedding.Model,
		Key: cfg.Embedding.APIKey.Reveal(), Dir: filepath.Join(dir, datadir.Vectors)}, cfg.Vectors.URL.Reveal())
	if err != nil {
		return nil, nil, errors.Join(err, store.Close(), lock.Close())
	}
	l := newLocal(dir, nil, datadir.Meaning(store, int64(cfg.Limits.File), time.Now, finder, nil))
	for _, b := range cfg.Bots {
		l.botIDs = append(l.botIDs, b.ID)
	}
	return l, func() error { return errors.Join(closeFinder(), store.Close(), lock.Close()) }, nil
}
