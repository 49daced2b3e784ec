package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"frontdesk/channels/builtin"
	"frontdesk/configs"
	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/core/store/sqlite"
	"frontdesk/knowledge"
	"frontdesk/knowledge/chunk"
	"frontdesk/knowledge/ingest"
	"frontdesk/knowledge/keyword"
)

// defaultConfig is read if it is there and no other is named.
const defaultConfig = "configs/frontdesk.yaml"

// The names of the gateway's files in its data folder.
const (
	lockName     = "frontdesk.lock"
	databaseName = "frontdesk.db"
)

func load(config string) (*configs.Config, error) {
	if config == "" {
		if _, err := os.Stat(defaultConfig); err == nil {
			config = defaultConfig
		}
	}
	kinds := make([]string, 0, 4)
	for kind := range builtin.Kinds() {
		kinds = append(kinds, kind)
	}
	return configs.Load(config, os.LookupEnv, kinds...)
}

func dataDir(config string) (string, error) {
	cfg, err := load(config)
	if err != nil {
		return "", err
	}
	return cfg.DataDir, nil
}

// openLocal opens the data folder of a configuration under its lock file, so
// that no server can run on it meanwhile. A folder that is not there is not
// made: nothing would ever answer from it.
func openLocal(ctx context.Context, config string) (target, func() error, error) {
	cfg, err := load(config)
	if err != nil {
		return nil, nil, err
	}
	dir := cfg.DataDir
	if _, err := os.Stat(filepath.Join(dir, databaseName)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil, core.Invalid("no server runs, and there is no data in %s: start one with frontdesk serve or demo, or name it with -server or -config", dir)
	}
	lock, err := sqlite.Lock(ctx, filepath.Join(dir, lockName))
	if err != nil {
		return nil, nil, fmt.Errorf("%s is in use by a frontdesk that is starting or stopping: try again: %w", dir, err)
	}
	store, err := sqlite.Open(ctx, filepath.Join(dir, databaseName))
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%s: %w", dir, err), lock.Close())
	}
	l := &local{folder: dir, workspace: core.DefaultWorkspace, service: newService(store, int64(cfg.Limits.File))}
	for _, b := range cfg.Bots {
		l.botIDs = append(l.botIDs, b.ID)
	}
	return l, func() error { return errors.Join(store.Close(), lock.Close()) }, nil
}

func newService(library core.Library, mostBytes int64) *knowledge.Service {
	limits := knowledge.DefaultLimits
	limits.Bytes = mostBytes
	return knowledge.New(knowledge.Options{
		Library: library, Split: chunk.Split, Hash: chunk.Hash, Limits: limits,
		Parser:   &ingest.Parser{Worker: worker},
		NewIndex: func() knowledge.Index { return keyword.New(nlu.Normalize) },
	})
}

// worker starts this program again as the child that reads one file.
func worker(ctx context.Context) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	return exec.CommandContext(ctx, self, workerCommand)
}
