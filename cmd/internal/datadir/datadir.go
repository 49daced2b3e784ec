// Package datadir opens the folder a gateway keeps everything in.
package datadir

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/core/store/sqlite"
	"frontdesk/knowledge"
	"frontdesk/knowledge/chunk"
	"frontdesk/knowledge/ingest"
	"frontdesk/knowledge/keyword"
)

// The files in the folder.
const (
	Database = "frontdesk.db"
	lock     = "frontdesk.lock"
)

// Worker is the hidden command of every program here that parses one document.
const Worker = "ingest-worker"

// Make makes the folder, for this user only.
func Make(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("data_dir: %w", err)
	}
	return nil
}

// Lock keeps other processes off the folder until it is closed, or the process
// ends however it ends.
func Lock(ctx context.Context, dir string) (io.Closer, error) {
	l, err := sqlite.Lock(ctx, filepath.Join(dir, lock))
	if err != nil {
		return nil, fmt.Errorf("%s is in use by another frontdesk: stop it, or name another data_dir: %w", dir, err)
	}
	return l, nil
}

// Open makes the folder if need be, and opens its database under its lock.
// Close both, the store first.
func Open(ctx context.Context, dir string) (*sqlite.Store, io.Closer, error) {
	if err := Make(dir); err != nil {
		return nil, nil, err
	}
	l, err := Lock(ctx, dir)
	if err != nil {
		return nil, nil, err
	}
	s, err := sqlite.Open(ctx, filepath.Join(dir, Database))
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%s: %w", dir, err), l.Close())
	}
	return s, l, nil
}

// Knowledge is the service over a library. Documents that need it are parsed by
// this program started again with Worker.
func Knowledge(l core.Library, maxFile int64, now func() time.Time) *knowledge.Service {
	limits := knowledge.DefaultLimits
	limits.Bytes = maxFile
	return knowledge.New(knowledge.Options{Library: l, Split: chunk.Split, Hash: chunk.Hash, Now: now, Limits: limits,
		Parser:   &ingest.Parser{Worker: again},
		NewIndex: func() knowledge.Index { return keyword.New(nlu.Normalize) }})
}

func again(ctx context.Context) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	return exec.CommandContext(ctx, self, Worker)
}

// Parse is what Worker runs: it parses the one document on in.
func Parse(in io.Reader, out io.Writer) error { return ingest.WorkerMain(in, out) }
