// Package pgtest starts real PostgreSQL servers for tests.
package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// nobody runs the server where the test is root: PostgreSQL will not.
const nobody = 65534

// Server is a running PostgreSQL on a free port of loopback.
type Server struct {
	t    testing.TB
	bin  string
	dir  string
	port int
	cmd  *exec.Cmd
	out  bytes.Buffer
	made atomic.Int64
}

// Start makes an empty server that ends with the test. It fails, and says what
// to install, if there is no PostgreSQL.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{t: t, bin: binaries(t), port: freePort(t)}
	var err error
	if s.dir, err = os.MkdirTemp("/tmp", "pg"); err != nil { // short: it holds a socket, too
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(s.dir) })
	if os.Getuid() == 0 {
		if err := os.Chown(s.dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := s.command("initdb", "-D", s.dir+"/data", "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	s.Up()
	t.Cleanup(s.Down)
	return s
}

func binaries(t testing.TB) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		if p, err := exec.LookPath("postgres"); err == nil {
			found = []string{p}
		}
	}
	if len(found) == 0 {
		t.Fatal("no PostgreSQL server: run make parts, or apt-get install postgresql")
	}
	return filepath.Dir(found[len(found)-1])
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	return cmd
}

// Up starts the server again after Down or Kill.
func (s *Server) Up() {
	s.t.Helper()
	s.out.Reset()
	s.cmd = s.command("postgres", "-D", s.dir+"/data", "-k", s.dir, "-p", strconv.Itoa(s.port), "-c", "listen_addresses=127.0.0.1",
		"-c", "max_connections=200", "-c", "log_min_messages=fatal")
	s.cmd.Stderr = &s.out
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := pgx.Connect(context.Background(), s.url("postgres", ""))
		if err == nil {
			_ = conn.Close(context.Background())
			return
		}
		if time.Now().After(end) {
			s.t.Fatalf("PostgreSQL does not start: %v\n%s", err, s.out.String())
		}
	}
}

// Down stops the server as an administrator would, cutting its connections.
func (s *Server) Down() { s.end(syscall.SIGINT) }

// Kill stops it as a crash would.
func (s *Server) Kill() { s.end(syscall.SIGQUIT) }

func (s *Server) end(sig syscall.Signal) {
	if s.cmd == nil {
		return
	}
	if err := s.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Errorf("stop PostgreSQL: %v", err)
	}
	_ = s.cmd.Wait() // its exit code says how it was stopped
	s.cmd = nil
}

// Port is where it listens, for a proxy between.
func (s *Server) Port() int { return s.port }

// Fresh makes an empty schema of its own and returns its address.
func (s *Server) Fresh(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("t%d", s.made.Add(1))
	conn, err := pgx.Connect(t.Context(), s.url("postgres", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), "CREATE SCHEMA "+name); err != nil {
		t.Fatal(err)
	}
	return s.url("postgres", name)
}

func (s *Server) url(db, schema string) string {
	u := fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", s.port, db)
	if schema != "" {
		u += "&search_path=" + schema
	}
	return u
}
