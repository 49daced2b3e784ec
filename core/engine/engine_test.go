package engine_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/engine"
	"frontdesk/core/store"
	"frontdesk/core/store/mem"
)

type sink struct {
	mu  sync.Mutex
	got map[core.ConversationID][]string
	n   atomic.Int64
	bad int // one send in so many fails; 0 none
}

func (s *sink) Send(_ context.Context, r core.Reply) (string, error) {
	if s.bad > 0 && rand.Intn(s.bad) == 0 {
		return "", errors.New("503")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got[r.Conversation] = append(s.got[r.Conversation], r.Event.Text())
	s.n.Add(1)
	return "n", nil
}

// start runs an engine; stop drains it.
func start(t *testing.T, s *sink, p core.Pipeline) (l core.Ledger, e *engine.Engine, stop func()) {
	l = store.New(mem.New(), store.Options{Now: time.Now})
	e = engine.New(l, func(n string) (*engine.Bot, bool) { return &engine.Bot{Pipeline: p}, n == "b" })
	e.Send, e.Senders, e.Poll, e.Tries, e.SendTries = s.Send, 4, time.Millisecond, 50, 50
	e.Backoff = func(int) time.Duration { return time.Millisecond }
	e.SendPause = e.Backoff
	e.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	return l, e, func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func accept(t *testing.T, l core.Ledger, conv, native, text string) core.TurnID {
	t.Helper()
	r, err := l.Accept(context.Background(), core.Envelope{Bot: "b", Channel: "web", Native: native,
		Conversation: core.ConversationID(conv), Parts: []core.Part{{Text: text}}})
	if err != nil {
		t.Fatal(err)
	}
	return r.Turn
}

// Each message comes twice, a third of the runs and sends fail or panic: each
// talk still reads in order, once.
func TestOrderAndOnce(t *testing.T) {
	s := &sink{got: map[core.ConversationID][]string{}, bad: 3}
	l, _, stop := start(t, s, core.Pipeline{core.NewStage("echo", func(_ context.Context, t *core.Turn) error {
		switch rand.Intn(6) {
		case 0:
			return errors.New("model down")
		case 1:
			panic("bug")
		}
		t.Say(core.Part{Text: t.Work.Envelope.Text()})
		return nil
	})})
	const talks, msgs = 20, 10
	for m := range msgs {
		for c := range talks {
			for range 2 {
				accept(t, l, fmt.Sprint(c), fmt.Sprint(c, "-", m), fmt.Sprint(m))
			}
		}
	}
	for s.n.Load() < talks*msgs {
		time.Sleep(time.Millisecond)
	}
	stop()
	for c, got := range s.got {
		if strings.Join(got, "") != "0123456789" {
			t.Fatalf("talk %s: %q", c, got)
		}
	}
}
