package sqlite

import (
	"context"
	"errors"
	"testing"
	"time"

	"frontdesk/core"
)

// busy stops the writer until open is called, so that what is asked meanwhile
// is one batch.
func (s *Store) busy() (open func()) {
	in, out := make(chan struct{}), make(chan struct{})
	go func() {
		_ = s.w.do(context.Background(), func(tx) error { close(in); <-out; return nil })
	}()
	<-in
	return func() { close(out) }
}

// queued waits until n jobs wait for the writer.
func (s *Store) queued(n int) {
	for len(s.w.jobs) < n {
		time.Sleep(time.Millisecond)
	}
}

// A transaction that breaks is everybody's: nobody is told that what they asked
// for is safe, and the next one is whole.
func TestBrokenBatch(t *testing.T) {
	s, _ := world(t)
	for name, statements := range map[string][]string{
		"undone by the database":   {"rollback"},
		"its savepoint is gone":    {"release"},
		"it ended before its time": {"release", "commit", "savepoint"},
	} {
		open := s.busy()
		good, bad := make(chan error, 1), make(chan error, 1)
		go func() {
			good <- s.w.do(context.Background(), func(t tx) error { return t.row("source", "w", name).Scan(new(int64)) })
		}()
		s.queued(1)
		go func() {
			bad <- s.w.do(context.Background(), func(t tx) error {
				for _, st := range statements {
					if err := t.run(st); err != nil {
						return err
					}
				}
				return nil
			})
		}()
		s.queued(2)
		open()
		if err := <-bad; err == nil {
			t.Errorf("%s: the one that broke it was told that all is well", name)
		}
		if err := <-good; err == nil {
			t.Errorf("%s: its neighbour was told that all is well", name)
		}
		if err := s.PutUser(t.Context(), core.User{Name: name}); err != nil {
			t.Errorf("%s: the next transaction: %v", name, err)
		}
	}
}

// A job that fails, or panics, is undone alone.
func TestBadJob(t *testing.T) {
	s, _ := world(t)
	add := func(t tx, name string) error { return t.row("source", "w", name).Scan(new(int64)) }
	for name, end := range map[string]func() error{
		"fails":  func() error { return errors.New("no") },
		"panics": func() error { panic("bug") },
	} {
		open := s.busy()
		good, bad := make(chan error, 1), make(chan error, 1)
		go func() {
			bad <- s.w.do(context.Background(), func(t tx) error { return errors.Join(add(t, "bad"), end()) })
		}()
		s.queued(1)
		go func() {
			good <- s.w.do(context.Background(), func(t tx) error { return add(t, name) })
		}()
		s.queued(2)
		open()
		if err := <-bad; err == nil {
			t.Errorf("%s: no error", name)
		}
		if err := <-good; err != nil {
			t.Errorf("%s: its neighbour: %v", name, err)
		}
		var there int
		if err := s.read.QueryRow(`SELECT count(*) FROM sources WHERE channel IN ('bad', ?)`, name).Scan(&there); err != nil || there != 1 {
			t.Errorf("%s: %d rows, %v, want the neighbour's", name, there, err)
		}
	}
}

// After Close everything is an error, and what was asked before is done.
func TestClosed(t *testing.T) {
	s, l := world(t)
	open := s.busy()
	before := make(chan error, 1)
	go func() { before <- s.PutUser(context.Background(), core.User{Name: "ann"}) }()
	s.queued(1)
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	for ended := false; !ended; time.Sleep(time.Millisecond) {
		s.w.mu.RLock()
		ended = s.w.closed
		s.w.mu.RUnlock()
	}
	open()
	if err := <-before; err != nil {
		t.Errorf("what was asked before: %v", err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if _, err := l.Accept(t.Context(), core.Envelope{Channel: "c", Conversation: "a", Native: "1"}); !errors.Is(err, errClosed) {
		t.Errorf("Accept = %v", err)
	}
}

// Two senders that saw the same reply: one has it.
func TestOneSender(t *testing.T) {
	s, l := world(t)
	answer(t, l, "a", "1", said("x"))
	open := s.busy()
	got := make(chan int, 2)
	for range 2 {
		go func() {
			_, err := l.Claim(context.Background(), time.Minute)
			got <- count(t, err)
		}()
	}
	s.queued(2)
	open()
	if n := <-got + <-got; n != 1 {
		t.Fatalf("%d have it", n)
	}
}
