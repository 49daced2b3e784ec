package app

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"frontdesk/cmd/internal/datadir"
	"frontdesk/core"
	"frontdesk/core/store/sqlite"
)

// A backup is a gzipped tar of two files: manifest.json and frontdesk.db, a
// consistent copy of the database, which holds everything: conversations,
// documents, people, secrets. It is as confidential as the data folder.
const manifestName = "manifest.json"

// Manifest describes a backup.
type Manifest struct {
	Product string    `json:"product"`
	Version string    `json:"version"` // of the program that made it
	Schema  int       `json:"schema"`  // of the database
	Created time.Time `json:"created"`
	Bytes   int64     `json:"bytes"` // of the database
}

// Backup writes the data of dir to file while a server may be using it. The
// file appears whole or not at all; an existing one is not overwritten.
func Backup(ctx context.Context, dir, file, version string, now time.Time) (m Manifest, err error) {
	if _, err := os.Lstat(file); err == nil {
		return m, core.Invalid("%s exists already: name a new file", file)
	}
	work, err := os.MkdirTemp(filepath.Dir(file), ".frontdesk-backup-")
	if err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	copied := filepath.Join(work, datadir.Database)
	schema, err := sqlite.Copy(ctx, filepath.Join(dir, datadir.Database), copied)
	if err != nil {
		return m, fmt.Errorf("backup of %s: %w", dir, err)
	}
	m = Manifest{Product: "frontdesk", Version: version, Schema: schema, Created: now.UTC()}
	packed := filepath.Join(work, "backup.tar.gz")
	if err := pack(packed, copied, &m); err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	if err := os.Link(packed, file); err != nil { // fails if it came to exist meanwhile
		return m, fmt.Errorf("backup: %w", err)
	}
	return m, nil
}

func pack(to, database string, m *Manifest) (err error) {
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	in, err := os.Open(database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	m.Bytes = info.Size()
	head, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	z := gzip.NewWriter(out)
	t := tar.NewWriter(z)
	if err := add(t, manifestName, int64(len(head)), m.Created, func() error { _, err := t.Write(head); return err }); err != nil {
		return err
	}
	if err := add(t, datadir.Database, m.Bytes, m.Created, func() error { _, err := io.Copy(t, in); return err }); err != nil {
		return err
	}
	return errors.Join(t.Close(), z.Close(), out.Sync())
}

func add(t *tar.Writer, name string, size int64, at time.Time, write func() error) error {
	if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: at}); err != nil {
		return err
	}
	return write()
}

// Restore puts a backup into dir, which must hold no data yet. On error dir is
// as it was.
func Restore(ctx context.Context, file, dir string) (m Manifest, err error) {
	// SQLite would play a log that a crash left into the restored database.
	for _, left := range []string{"", "-wal", "-shm", "-journal"} {
		if _, err := os.Lstat(filepath.Join(dir, datadir.Database+left)); err == nil {
			return m, core.Invalid("%s holds data already, %s: restore into an empty folder, then move it", dir, datadir.Database+left)
		}
	}
	if err := datadir.Make(dir); err != nil {
		return m, err
	}
	lock, err := datadir.Lock(ctx, dir)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	part := filepath.Join(dir, datadir.Database+".restoring")
	defer func() { _ = os.Remove(part) }() // gone already if all went well
	if m, err = unpack(file, part); err != nil {
		return m, fmt.Errorf("restore %s: %w", file, err)
	}
	if err := sqlite.Check(ctx, part); err != nil {
		return m, fmt.Errorf("restore %s: %w", file, err)
	}
	return m, os.Rename(part, filepath.Join(dir, datadir.Database))
}

// maxManifest is far above what one has.
const maxManifest = 64 << 10

// maxTrailer is what may follow the database: padding, and the archive's end
// in blocks of 10 kB with some programs.
const maxTrailer = 64 << 10

func unpack(file, database string) (m Manifest, err error) {
	in, err := os.Open(file)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	z, err := gzip.NewReader(in)
	if err != nil {
		return m, core.Invalid("it is no backup of frontdesk: %v", err)
	}
	t := tar.NewReader(z)
	for _, name := range []string{manifestName, datadir.Database} {
		h, err := t.Next()
		if err != nil || h.Name != name {
			return m, core.Invalid("it is no whole backup: %s is missing", name)
		}
		if name == manifestName {
			if err := json.NewDecoder(io.LimitReader(t, maxManifest)).Decode(&m); err != nil || m.Product != "frontdesk" {
				return m, core.Invalid("it is no backup of frontdesk: its manifest does not say so")
			}
			continue
		}
		if h.Size != m.Bytes {
			return m, core.Invalid("it is no whole backup: its manifest and its database are of different size")
		}
		if err := write(database, t, m.Bytes); err != nil {
			return m, err
		}
	}
	// Only at its end is the archive's checksum compared.
	if n, err := io.CopyN(io.Discard, z, maxTrailer+1); !errors.Is(err, io.EOF) || n > maxTrailer {
		return m, core.Invalid("it is damaged or cut off: its checksum does not match")
	}
	return m, nil
}

func write(to string, from io.Reader, size int64) (err error) {
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	n, err := io.Copy(out, from)
	if err == nil && n != size {
		err = core.Invalid("it is cut off: %d bytes of %d", n, size)
	}
	return errors.Join(err, out.Sync())
}
