package redis

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/core"
	"frontdesk/core/bus/bustest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server is a real Redis on a free port of loopback.
type server struct {
	t    *testing.T
	port int
	cmd  *exec.Cmd
}

func start(t *testing.T) *server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Fatal("no Redis: run make parts, or apt-get install redis-server")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, port: l.Addr().(*net.TCPAddr).Port}
	_ = l.Close()
	s.up()
	t.Cleanup(s.down)
	return s
}

func (s *server) url() string { return fmt.Sprintf("redis://127.0.0.1:%d/0", s.port) }

func (s *server) up() {
	s.t.Helper()
	s.cmd = exec.Command("redis-server", "--port", fmt.Sprint(s.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	b := s.open("ping")
	defer func() { _ = b.Close() }()
	for end := time.Now().Add(10 * time.Second); b.Ping(context.Background()) != nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatal("Redis does not start")
		}
	}
}

func (s *server) down() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

func (s *server) open(self string) *Bus {
	s.t.Helper()
	b, err := Open(s.url(), self, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

// pair opens two replicas' buses and waits until both listen.
func (s *server) pair(t *testing.T) (a, b *Bus) {
	a, b = s.open("a"), s.open("b")
	t.Cleanup(func() { _, _ = a.Close(), b.Close() })
	for _, x := range []*Bus{a, b} {
		listening(t, s, x)
	}
	return a, b
}

func listening(t *testing.T, s *server, x *Bus) {
	t.Helper()
	probe := s.open("probe")
	defer func() { _ = probe.Close() }()
	ear, stop := x.Changes()
	defer stop()
	for end := time.Now().Add(10 * time.Second); ; {
		probe.Changed("probe")
		select {
		case <-ear:
			return
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(end) {
			t.Fatal("a bus does not listen")
		}
	}
}

func TestBus(t *testing.T) {
	s := start(t)
	n := 0
	bustest.Run(t, func(t *testing.T) (core.Bus, core.Bus) {
		if n++; n > 1 { // keys of the test before
			s.down()
			s.up()
		}
		a, b := s.pair(t)
		return a, b
	})
}

// While Redis is away each replica goes on by itself, nobody waits; when it is
// back they hear each other again, and are told to look.
func TestRedisGoesAndComes(t *testing.T) {
	s := start(t)
	a, b := s.pair(t)
	heard, stop := b.Changes()
	defer stop()
	own, leave := a.Follow("c")
	defer leave()
	s.down()
	began := time.Now()
	for i := range 100 {
		a.Publish(core.Glimpse{Conversation: "c", Index: i})
		a.Changed("c")
	}
	if took := time.Since(began); took > 50*time.Millisecond*10 {
		t.Errorf("telling nobody took %v", took)
	}
	for i := range 100 {
		if g := <-own; g.Index != i {
			t.Fatalf("its own follower got %d, want %d", g.Index, i)
		}
	}
	passed := 0
	for range 5 {
		if a.Allow(t.Context(), "k", 3, time.Minute) {
			passed++
		}
	}
	if passed != 3 {
		t.Errorf("%d of 5 passed by its own count, want 3", passed)
	}
	for len(heard) > 0 {
		<-heard
	}
	s.up()
	for end := time.Now().Add(20 * time.Second); ; {
		select {
		case c := <-heard:
			if c == "" {
				return
			}
		case <-time.After(time.Until(end)):
			t.Fatal("Redis is back, and nobody is told to look")
		}
	}
}

// A wrong address is said at once, without the password in it.
func TestAddresses(t *testing.T) {
	for _, bad := range []string{"redis://:secret@host:port:7/x", "http://:secret@h", "redis+x://:secret@h", "::secret"} {
		if b, err := Open(bad, "a", time.Now, slog.Default()); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v %v", bad, b, err)
		}
	}
	for _, good := range []string{"redis://127.0.0.1:1/0", "rediss://:pw@127.0.0.1:1", "redis+cluster://127.0.0.1:1?addr=127.0.0.1:2", "redis+sentinel://127.0.0.1:1/0?master_name=m"} {
		b, err := Open(good, "a", time.Now, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Errorf("%s: %v", good, err)
			continue
		}
		if err := b.Ping(t.Context()); err == nil {
			t.Errorf("%s answers", good)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
}
