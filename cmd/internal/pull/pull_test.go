package pull_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/cmd/internal/pull"
)

// mirror serves a file, cutting the connection after some bytes, any number of
// times; noRange makes it send all of it always.
type mirror struct {
	body    []byte
	cut     int64 // bytes after which a connection breaks; 0: never
	noRange bool
	status  int // instead of serving
	asked   atomic.Int64
	ranges  atomic.Int64
}

func (m *mirror) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.asked.Add(1)
	if m.status != 0 {
		w.WriteHeader(m.status)
		return
	}
	if r.Header.Get("Range") != "" {
		m.ranges.Add(1)
	}
	if m.noRange {
		r.Header.Del("Range")
	}
	if m.cut > 0 {
		w = &cutting{ResponseWriter: w, left: m.cut}
	}
	http.ServeContent(w, r, "f", time.Time{}, bytes.NewReader(m.body))
}

type cutting struct {
	http.ResponseWriter
	left int64
}

func (c *cutting) Write(b []byte) (int, error) {
	if int64(len(b)) >= c.left {
		_, _ = c.ResponseWriter.Write(b[:c.left])
		c.ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	c.left -= int64(len(b))
	return c.ResponseWriter.Write(b)
}

func body(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func sum(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }

// fetch pulls from mirrors into a fresh folder that may hold a part.
func fetch(t *testing.T, part []byte, wanted string, ms ...*mirror) (got []byte, notes []string, err error) {
	t.Helper()
	dest := filepath.Join(t.TempDir(), "models", "m.gguf")
	if part != nil {
		_ = os.MkdirAll(filepath.Dir(dest), 0o700)
		if err := os.WriteFile(dest+".part", part, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var urls []string
	for _, m := range ms {
		s := httptest.NewServer(m)
		t.Cleanup(s.Close)
		urls = append(urls, s.URL+"/f?key=secret")
	}
	p := pull.Puller{Note: func(s string) { notes = append(notes, s) }, Wait: func(context.Context, time.Duration) error { return nil }}
	err = p.Pull(t.Context(), dest, wanted, urls...)
	got, _ = os.ReadFile(dest)
	return got, notes, err
}

func TestPull(t *testing.T) {
	file := body(3 << 20)
	other := body(3<<20 + 1)
	for name, tc := range map[string]struct {
		part    []byte
		mirrors []*mirror
		asked   int64 // of the first mirror
		fails   string
	}{
		"at once":                   {mirrors: []*mirror{{body: file}}, asked: 1},
		"cut again and again":       {mirrors: []*mirror{{body: file, cut: 1 << 19}}, asked: 6},
		"resumed":                   {part: file[:1<<20], mirrors: []*mirror{{body: file}}, asked: 1},
		"all of it was here":        {part: file, mirrors: []*mirror{{body: file}}, asked: 1},
		"no ranges":                 {part: file[:1<<20], mirrors: []*mirror{{body: file, noRange: true}}, asked: 1},
		"wrong file, next mirror":   {mirrors: []*mirror{{body: other}, {body: file}}, asked: 1},
		"a bad part":                {part: file[1 : 1<<20], mirrors: []*mirror{{body: file}}, asked: 2},
		"gone, next mirror":         {mirrors: []*mirror{{status: 404}, {body: file}}, asked: 1},
		"overloaded, next mirror":   {mirrors: []*mirror{{status: 503}, {body: file}}, asked: 6},
		"cut forever, next mirror":  {mirrors: []*mirror{{body: file, cut: 1, noRange: true}, {body: file}}, asked: 6},
		"nobody has the right file": {mirrors: []*mirror{{body: other}, {body: other}}, asked: 1, fails: "wrong checksum"},
		"nobody has it":             {mirrors: []*mirror{{status: 404}}, asked: 1, fails: "status 404"},
	} {
		got, notes, err := fetch(t, tc.part, sum(file), tc.mirrors...)
		switch {
		case tc.fails == "" && (err != nil || !bytes.Equal(got, file)):
			t.Errorf("%s: %d bytes, %v, notes %q", name, len(got), err, notes)
		case tc.fails != "" && (err == nil || !strings.Contains(err.Error(), tc.fails) || got != nil):
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		if n := tc.mirrors[0].asked.Load(); n != tc.asked {
			t.Errorf("%s: the first mirror was asked %d times, want %d", name, n, tc.asked)
		}
		if all := fmt.Sprint(notes, err); strings.Contains(all, "secret") {
			t.Errorf("%s: a secret is told: %s", name, all)
		}
	}
}

// A file with the right checksum is not fetched again; one with another is left
// alone.
func TestThere(t *testing.T) {
	file := body(1000)
	dest := filepath.Join(t.TempDir(), "m.gguf")
	if err := os.WriteFile(dest, file, 0o600); err != nil {
		t.Fatal(err)
	}
	p := pull.Puller{}
	if err := p.Pull(t.Context(), dest, strings.ToUpper(sum(file))); err != nil {
		t.Error(err)
	}
	if err := p.Pull(t.Context(), dest, sum(file[1:])); err == nil || !strings.Contains(err.Error(), "another checksum") {
		t.Errorf("%v", err)
	}
	if err := p.Pull(t.Context(), dest, "abc"); err == nil {
		t.Error("a checksum that is none")
	}
	if got, _ := os.ReadFile(dest); !bytes.Equal(got, file) {
		t.Error("the file was touched")
	}
}

// An interrupted pull keeps its part, and the next one goes on.
func TestInterrupted(t *testing.T) {
	file := body(1 << 20)
	m := &mirror{body: file, cut: 1 << 19}
	s := httptest.NewServer(m)
	defer s.Close()
	dest := filepath.Join(t.TempDir(), "m.gguf")
	ctx, cancel := context.WithCancel(t.Context())
	p := pull.Puller{Wait: func(context.Context, time.Duration) error { cancel(); return ctx.Err() }}
	if err := p.Pull(ctx, dest, sum(file), s.URL); err == nil || !strings.Contains(err.Error(), "run it again") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(dest); err == nil {
		t.Error("half a file has the name of a whole one")
	}
	m.cut = 0
	var last pull.Progress
	p = pull.Puller{Report: func(pr pull.Progress) { last = pr }}
	if err := p.Pull(t.Context(), dest, sum(file), s.URL); err != nil || m.ranges.Load() != 1 {
		t.Errorf("%v, %d ranges asked", err, m.ranges.Load())
	}
	if last.Done != int64(len(file)) || last.Total != last.Done {
		t.Errorf("at the end %+v", last)
	}
}

func TestLeft(t *testing.T) {
	file := body(1 << 20)
	s := httptest.NewServer(&mirror{body: file})
	defer s.Close()
	now := time.Unix(0, 0)
	var first pull.Progress
	p := pull.Puller{Now: func() time.Time { now = now.Add(time.Second); return now }, Report: func(pr pull.Progress) {
		if first.Done == 0 {
			first = pr
		}
	}}
	if err := p.Pull(t.Context(), filepath.Join(t.TempDir(), "m"), sum(file), s.URL); err != nil {
		t.Fatal(err)
	}
	if want := time.Duration(float64(time.Second) * float64(first.Total-first.Done) / float64(first.Done)).Round(time.Second); first.Left != want {
		t.Errorf("%+v, want %v left", first, want)
	}
}

func TestAnnounced(t *testing.T) {
	pointer := "version https://git-lfs.github.com/spec/v1\noid sha256:" + strings.Repeat("ab", 32) + "\nsize 5\n"
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/raw" {
			w.WriteHeader(404)
			return
		}
		_, _ = w.Write([]byte(pointer))
	}))
	defer s.Close()
	p := pull.Puller{}
	if got, err := p.Announced(t.Context(), s.URL+"/none", s.URL+"/raw"); err != nil || got != strings.Repeat("ab", 32) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := p.Announced(t.Context(), s.URL+"/none"); err == nil || !strings.Contains(err.Error(), "--sha256") {
		t.Errorf("%v", err)
	}
}
