// Package datadir opens the folder a gateway keeps everything in.
package datadir

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/core/store/sqlite"
	"frontdesk/knowledge"
	"frontdesk/knowledge/chunk"
	"frontdesk/knowledge/hybrid"
	"frontdesk/knowledge/ingest"
	"frontdesk/knowledge/keyword"
)

// The files in the folder.
const (
	Database = "frontdesk.db"
	Vectors  = "vectors" // a folder
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
	file := filepath.Join(dir, lock)
	if err := private(file, true); err != nil { // who may read it could hold it
		return nil, fmt.Errorf("data_dir: %w", err)
	}
	l, err := sqlite.Lock(ctx, file)
	if err != nil {
		return nil, fmt.Errorf("%s is in use by another frontdesk: stop it, or name another data_dir: %w", dir, err)
	}
	return l, nil
}

// Store makes the folder if need be, and opens its database without the lock:
// beside a running server, or before there is one.
func Store(ctx context.Context, dir string) (*sqlite.Store, error) {
	if err := Make(dir); err != nil {
		return nil, err
	}
	for _, name := range []string{Database, Database + "-wal", Database + "-shm"} {
		if err := private(filepath.Join(dir, name), name == Database); err != nil {
			return nil, fmt.Errorf("data_dir: %w", err)
		}
	}
	return sqlite.Open(ctx, filepath.Join(dir, Database))
}

// private makes file readable by this user alone, whatever the folder allows.
// An empty file is a database to SQLite, and what SQLite puts beside it gets
// its mode.
func private(file string, make bool) error {
	flags := os.O_RDWR
	if make {
		flags |= os.O_CREATE
	}
	f, err := os.OpenFile(file, flags, 0o600)
	if errors.Is(err, fs.ErrNotExist) && !make {
		return nil
	}
	if err != nil {
		return err
	}
	st, err := f.Stat()
	if err == nil && st.Mode().Perm()&0o077 != 0 {
		if err = f.Chmod(0o600); errors.Is(err, fs.ErrPermission) {
			err = nil // another user's, who shares it on purpose
		}
	}
	return errors.Join(err, f.Close())
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
	s, err := Store(ctx, dir)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%s: %w", dir, err), l.Close())
	}
	return s, l, nil
}

// Knowledge is the service over a library that finds by words alone. Documents
// that need it are parsed by this program started again with Worker.
func Knowledge(l core.Library, maxFile int64, now func() time.Time) *knowledge.Service {
	return Meaning(l, maxFile, now, hybrid.New(hybrid.Options{NewWords: Words}), nil)
}

// Words makes an empty index of words.
func Words() hybrid.Words { return keyword.New(nlu.Normalize) }

// Meaning is Knowledge that finds with e, and reads pages without text with ocr
// unless that is nil.
func Meaning(l core.Library, maxFile int64, now func() time.Time, e *hybrid.Engine, ocr ingest.Recogniser) *knowledge.Service {
	limits := knowledge.DefaultLimits
	limits.Bytes = maxFile
	return knowledge.New(knowledge.Options{Library: l, Split: chunk.Split, Hash: chunk.Hash, Now: now, Limits: limits,
		Parser:   &ingest.Parser{Worker: again, OCR: ocr},
		NewIndex: e.NewIndex})
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
