package lookup

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"time"

	"frontdesk/core/fetch"
)

// File is a table in a file. It is looked at every few seconds and read again
// when it was changed. Load is called by one at a time.
type File struct {
	FS   fs.FS
	Name string

	seen time.Time
	size int64
}

// Load implements Loader.
func (f *File) Load(context.Context) ([]byte, error) {
	in, err := f.FS.Open(f.Name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f.Name, err)
	}
	defer func() { _ = in.Close() }() // it was only read
	info, err := in.Stat()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f.Name, err)
	}
	if !f.seen.IsZero() && info.ModTime().Equal(f.seen) && info.Size() == f.size {
		return nil, nil
	}
	b, err := io.ReadAll(io.LimitReader(in, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f.Name, err)
	}
	f.seen, f.size = info.ModTime(), info.Size()
	return b, nil
}

// Every implements Loader.
func (f *File) Every() time.Duration { return 5 * time.Second }

// Until implements Loader: what is in the file holds.
func (f *File) Until() time.Duration { return 0 }

// URL is a table on a server. Load is called by one at a time.
type URL struct {
	Client  *fetch.Client
	Address string
	Header  http.Header
	Refresh time.Duration // 0 is ten minutes
	MaxAge  time.Duration // it is used no longer than this; 0 is a day

	tag string
}

// Load implements Loader.
func (u *URL) Load(ctx context.Context) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.Address, nil)
	if err != nil {
		return nil, fetch.ErrRefused
	}
	for k, v := range u.Header {
		r.Header[k] = v
	}
	if u.tag != "" {
		r.Header.Set("If-None-Match", u.tag)
	}
	res, err := u.Client.Do(r)
	switch {
	case err != nil:
		return nil, err
	case res.Status == http.StatusNotModified && u.tag != "":
		return nil, nil
	case res.Status != http.StatusOK:
		return nil, fmt.Errorf("%s: status %d", r.URL.Host, res.Status)
	}
	u.tag = res.Header.Get("ETag")
	return res.Body, nil
}

// Every implements Loader.
func (u *URL) Every() time.Duration {
	if u.Refresh > 0 {
		return u.Refresh
	}
	return 10 * time.Minute
}

// Until implements Loader.
func (u *URL) Until() time.Duration {
	if u.MaxAge > 0 {
		return u.MaxAge
	}
	return 24 * time.Hour
}
