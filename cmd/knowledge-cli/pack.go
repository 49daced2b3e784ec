package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"

	"frontdesk/core"
)

// packTarget moves documents with their versions.
type packTarget interface {
	// pack writes a document, or all if name is "".
	pack(ctx context.Context, bot, name string, into io.Writer) error
	restore(ctx context.Context, bot string, from io.Reader, dry bool) ([]restored, error)
	// reindex reads kept files again; told hears of each, where that is known.
	reindex(ctx context.Context, bot string, dry bool, told func(at, of int, name string)) ([]change, error)
}

type restored struct {
	Name     string `json:"name"`
	Version  int    `json:"version"`
	Restored int    `json:"restored"`
	Known    int    `json:"known"`
	New      bool   `json:"new"`
}

func (l *local) pack(ctx context.Context, bot, name string, into io.Writer) error {
	_, err := l.service.Pack(ctx, l.workspace, bot, name, into)
	return err
}

func (l *local) restore(ctx context.Context, bot string, from io.Reader, dry bool) ([]restored, error) {
	done, err := l.service.Unpack(ctx, l.workspace, bot, from, dry)
	out := make([]restored, len(done))
	for i, r := range done {
		out[i] = restored(r)
	}
	return out, err
}

func (l *local) reindex(ctx context.Context, bot string, dry bool, told func(int, int, string)) ([]change, error) {
	cs, err := l.service.Reindex(ctx, l.workspace, bot, dry, told)
	out := make([]change, len(cs))
	for i, c := range cs {
		out[i] = toChange(c)
		out[i].Edits = nil
	}
	return out, err
}

func (r *remote) pack(ctx context.Context, bot, name string, into io.Writer) error {
	q := url.Values{}
	if name != "" {
		q.Set("name", name)
	}
	return r.call(ctx, http.MethodGet, documents(bot)+"/export", q, "", nil, into)
}

func (r *remote) restore(ctx context.Context, bot string, from io.Reader, dry bool) ([]restored, error) {
	var out struct {
		Items []restored `json:"items"`
	}
	q := url.Values{}
	if dry {
		q.Set("dry_run", "true")
	}
	err := r.call(ctx, http.MethodPost, documents(bot)+"/import", q, "application/gzip", from, &out)
	return out.Items, err
}

func (r *remote) reindex(ctx context.Context, bot string, dry bool, _ func(int, int, string)) ([]change, error) {
	var out struct {
		Items []change `json:"items"`
	}
	err := r.post(ctx, documents(bot)+"/reindex", map[string]any{"dry_run": dry}, &out)
	return out.Items, err
}

// export writes documents with their versions to a file, or unpacked into a
// folder that is there.
func (p program) export(ctx context.Context, o options, t target, bot string) (err error) {
	to := o.files[0]
	part := to + ".part"
	st, err := os.Stat(to)
	folder := err == nil && st.IsDir()
	if folder {
		part = filepath.Join(to, ".export.part")
	}
	f, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", to, err)
	}
	defer func() { _ = os.Remove(part) }() // it has its name by then, or is of no use
	err = t.pack(ctx, bot, o.as, f)
	if err == nil && folder {
		if _, err = f.Seek(0, io.SeekStart); err == nil {
			err = spread(f, to)
		}
	}
	if err = errors.Join(err, f.Close()); err == nil && !folder {
		err = os.Rename(part, to)
	}
	if err != nil {
		return absent(err, bot, o.as)
	}
	if o.json {
		return p.print(map[string]any{"file": to})
	}
	_, err = fmt.Fprintf(p.stdout, "exported to %s\n", to)
	return err
}

// spread unpacks an export into a folder, and nowhere else.
func spread(from io.Reader, folder string) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	z, err := gzip.NewReader(from)
	if err != nil {
		return err
	}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := root.MkdirAll(filepath.Dir(h.Name), 0o700); err != nil {
			return err
		}
		f, err := root.OpenFile(h.Name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, t)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
}

// importPack takes in an export, packed or unpacked.
func (p program) importPack(ctx context.Context, o options, t target, bot string) error {
	from := o.files[0]
	st, err := os.Stat(from)
	if err != nil {
		return readable(from, err)
	}
	var in io.ReadCloser
	if st.IsDir() {
		in = gather(from)
	} else if in, err = os.Open(from); err != nil {
		return readable(from, err)
	}
	done, err := t.restore(ctx, bot, in, o.dry)
	_ = in.Close() // it was only read
	if o.json {
		return errors.Join(err, p.print(map[string]any{"items": append([]restored{}, done...)}))
	}
	for _, r := range done {
		_, werr := fmt.Fprintf(p.stdout, "%s: %d versions restored, %d were here%s\n", r.Name, r.Restored, r.Known, current(r, o.dry))
		err = errors.Join(err, werr)
	}
	return err
}

func current(r restored, dry bool) string {
	switch {
	case dry:
		return " (nothing was stored)"
	case r.Version > 0:
		return fmt.Sprintf("; answers draw from version %d", r.Version)
	}
	return ""
}

// gather packs a folder again, the newest version of each document first.
func gather(folder string) io.ReadCloser {
	r, w := io.Pipe()
	go func() { _ = w.CloseWithError(pour(folder, w)) }() // ends when r is closed
	return r
}

func pour(folder string, into io.Writer) error {
	files, err := exported(folder)
	if err != nil {
		return err
	}
	z := gzip.NewWriter(into)
	t := tar.NewWriter(z)
	for _, name := range files {
		data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
		if err != nil {
			return readable(name, err)
		}
		if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(data))}); err != nil {
			return err
		}
		if _, err := t.Write(data); err != nil {
			return err
		}
	}
	return errors.Join(t.Close(), z.Close())
}

// exported lists the files of an export in a folder: by document, versions from
// the newest.
func exported(folder string) ([]string, error) {
	root := os.DirFS(folder)
	documents, err := fs.Glob(root, "[0-9]*")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, d := range documents {
		versions, err := fs.Glob(root, d+"/v*") // sorted, and numbers have equal lengths
		if err != nil {
			return nil, err
		}
		for i := range versions {
			for _, part := range []string{"document.json", "passages.jsonl", "file"} {
				name := versions[len(versions)-1-i] + "/" + part
				if _, err := fs.Stat(root, name); err == nil {
					out = append(out, name)
				}
			}
		}
	}
	if len(out) == 0 {
		return nil, core.Invalid("the folder %s holds no export of knowledge-cli", folder)
	}
	return out, nil
}

// reindex reads all kept files again.
func (p program) reindex(ctx context.Context, o options, t target, bot string) error {
	changes, err := t.reindex(ctx, bot, o.dry, func(at, of int, name string) {
		if p.terminal && !o.json {
			_, _ = fmt.Fprintf(p.stderr, "reading %d of %d: %s\n", at+1, of, name)
		}
	})
	if o.json {
		return errors.Join(err, p.print(map[string]any{"items": append([]change{}, changes...)}))
	}
	for _, c := range changes {
		if c.Added+c.Removed > 0 {
			err = errors.Join(err, p.told(o, c))
		}
	}
	_, werr := fmt.Fprintf(p.stdout, "%d documents were read again\n", len(changes))
	return errors.Join(err, werr)
}
