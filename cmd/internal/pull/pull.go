// Package pull fetches large files: it goes on where a connection broke, asks
// the next mirror when one does not serve, and gives a file its name only once
// its checksum is right.
package pull

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Progress is how far a file is.
type Progress struct {
	Done, Total int64         // bytes; Total is 0 where the server does not say
	Left        time.Duration // what remains at the pace so far; 0 where unknown
}

// Puller fetches files. The zero value works; it is for one goroutine.
type Puller struct {
	Client *http.Client
	// Report is told of the progress, often; nil is nobody.
	Report func(Progress)
	// Note is told what went wrong on the way and what is done about it.
	Note func(string)
	// Wait pauses between tries; nil is real time.
	Wait func(ctx context.Context, d time.Duration) error
	Now  func() time.Time
}

const (
	tries   = 5                // in a row without a byte, at one mirror
	stalled = 60 * time.Second // without a byte is as good as cut
	largest = 64 << 30         // bytes
)

// Pull fetches the file that urls serve, each the same, into dest. sum is its
// SHA-256 in hex. What was fetched stays beside dest as ".part" when Pull fails,
// for the next time; never under the name itself.
func (p *Puller) Pull(ctx context.Context, dest, sum string, urls ...string) error {
	p.defaults()
	sum = strings.ToLower(strings.TrimSpace(sum))
	if b, err := hex.DecodeString(sum); err != nil || len(b) != sha256.Size {
		return fmt.Errorf("checksum %q is no SHA-256: want 64 hex digits", sum)
	}
	if ok, err := Verify(dest, sum); err != nil || ok {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dest), 0o755); err != nil {
		return fmt.Errorf("folder of models: %w", err)
	}
	var errs []error
	for _, u := range urls {
		err := p.from(ctx, u, dest+".part", sum)
		if err == nil {
			return os.Rename(dest+".part", dest)
		}
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted: run it again to go on where it stopped: %w", ctx.Err())
		}
		errs = append(errs, fmt.Errorf("%s: %w", host(u), err))
		p.Note(fmt.Sprintf("%s: %v", host(u), err))
	}
	return fmt.Errorf("no mirror served the file: %w", errors.Join(errs...))
}

func (p *Puller) defaults() {
	if p.Client == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.ResponseHeaderTimeout = 30 * time.Second
		p.Client = &http.Client{Transport: t}
	}
	if p.Report == nil {
		p.Report = func(Progress) {}
	}
	if p.Note == nil {
		p.Note = func(string) {}
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Wait == nil {
		p.Wait = func(ctx context.Context, d time.Duration) error {
			select {
			case <-time.After(d):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

// host names a mirror without what may be secret in its URL.
func host(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return "mirror"
	}
	return u.Host
}

// Verify reports whether file is there with that checksum. Another checksum is
// an error that says what to do; a file that is not there is none.
func Verify(file, sum string) (bool, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("model file: %w", err)
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return false, fmt.Errorf("read %s: %w", file, err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != strings.ToLower(sum) {
		return false, fmt.Errorf("%s is there with another checksum (%s): remove it, or name another folder", file, got)
	}
	return true, nil
}

// errSum means that all bytes came and are not those wanted.
var errSum = errors.New("wrong checksum: what came is not the file; it was thrown away")

// fatal is an answer of a mirror that will not change by asking again.
type fatal struct{ error }

// from fetches a file from one mirror.
func (p *Puller) from(ctx context.Context, u, part, sum string) error {
	fresh := size(part) == 0
	for failures := 0; ; {
		before := size(part)
		err := p.once(ctx, u, part)
		if err == nil {
			if ok, _ := Verify(part, sum); ok {
				return nil
			}
			if err := os.Remove(part); err != nil {
				return err
			}
			if fresh {
				return errSum
			}
			fresh = true // what was here already may have been to blame
			p.Note(host(u) + ": wrong checksum; beginning anew")
			continue
		}
		var f fatal
		if errors.As(err, &f) || ctx.Err() != nil {
			return err
		}
		if size(part) > before {
			failures = 0
		}
		if failures++; failures > tries {
			return err
		}
		p.Note(fmt.Sprintf("%s: %v; going on at %d bytes", host(u), err, size(part)))
		if err := p.Wait(ctx, time.Duration(failures)*time.Second); err != nil {
			return err
		}
	}
}

func size(file string) int64 {
	st, err := os.Stat(file)
	if err != nil {
		return 0
	}
	return st.Size()
}

// once makes one request and appends what comes to part.
func (p *Puller) once(ctx context.Context, u, part string) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watchdog := time.AfterFunc(stalled, cancel)
	defer watchdog.Stop()
	have := size(part)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u, nil)
	if err != nil {
		return fatal{errors.New("its address is no URL")}
	}
	req.Header.Set("Accept-Encoding", "identity")
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	res, err := p.Client.Do(req)
	if err != nil {
		return brief(err)
	}
	defer func() { _ = res.Body.Close() }()
	from, total, err := begins(res, have)
	if err != nil || from < 0 {
		return err
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_APPEND
	if from == 0 {
		flags |= os.O_TRUNC // the server sends all of it
	}
	f, err := os.OpenFile(part, flags, 0o644)
	if err != nil {
		return fatal{fmt.Errorf("write: %w", err)}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	m := &meter{w: f, p: p, done: from, from: from, total: total, began: p.Now(), alive: func() { watchdog.Reset(stalled) }}
	_, err = io.Copy(m, io.LimitReader(res.Body, largest-from))
	switch {
	case m.failed != nil:
		return fatal{fmt.Errorf("write: %w", m.failed)}
	case err != nil:
		return brief(err)
	case total > 0 && m.done < total:
		return errors.New("the connection was cut")
	}
	return f.Sync()
}

// begins is the byte at which an answer begins and how many the file has; -1 if
// there is nothing more to come.
func begins(res *http.Response, have int64) (from, total int64, err error) {
	switch {
	case res.StatusCode == http.StatusPartialContent && have > 0:
		var last int64
		if n, err := fmt.Sscanf(res.Header.Get("Content-Range"), "bytes %d-%d/%d", &from, &last, &total); n != 3 || err != nil || from != have {
			return 0, 0, fatal{errors.New("it answers with another range than was asked for")}
		}
		return from, total, nil
	case res.StatusCode == http.StatusOK:
		return 0, max(res.ContentLength, 0), nil
	case res.StatusCode == http.StatusRequestedRangeNotSatisfiable && have > 0:
		all := strings.TrimPrefix(res.Header.Get("Content-Range"), "bytes */")
		if n, err := strconv.ParseInt(all, 10, 64); err == nil && n != have {
			return 0, 0, fatal{fmt.Errorf("it has %d bytes, and %d are here: remove the .part file", n, have)}
		}
		return -1, 0, nil // all of it is here
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500:
		return 0, 0, fmt.Errorf("status %d", res.StatusCode)
	}
	return 0, 0, fatal{fmt.Errorf("status %d", res.StatusCode)}
}

// brief is an error of the exchange without the URL, which may hold a secret.
func brief(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errors.New("the connection was cut")
	}
	if errors.Is(err, context.Canceled) {
		return errors.New("nothing came for a while")
	}
	return err
}

// meter counts what is written.
type meter struct {
	w                 io.Writer
	p                 *Puller
	from, done, total int64
	began             time.Time
	alive             func()
	failed            error
}

// Write implements io.Writer.
func (m *meter) Write(b []byte) (int, error) {
	n, err := m.w.Write(b)
	m.done += int64(n)
	m.failed = err
	m.alive()
	m.p.Report(m.progress())
	return n, err
}

func (m *meter) progress() Progress {
	pr := Progress{Done: m.done, Total: m.total}
	if took := m.p.Now().Sub(m.began); took > 0 && m.done > m.from && m.total > 0 {
		pr.Left = time.Duration(float64(took) * float64(m.total-m.done) / float64(m.done-m.from)).Round(time.Second)
	}
	return pr
}
