// Package channeltest is the contract of a channel as tests, and the house
// around one: a ledger in memory, the engine and a scripted bot, on a clock
// moved by hand.
package channeltest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"frontdesk/channels"
	"frontdesk/core"
	membus "frontdesk/core/bus/mem"
	"frontdesk/core/engine"
	"frontdesk/core/store"
	"frontdesk/core/store/mem"
)

// Clock is moved by hand. It starts at an arbitrary instant of 2026.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// Now is what the parts are given.
func (c *Clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

// Add moves the clock.
func (c *Clock) Add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.t = c.t.Add(d) }

// Answer is what the scripted bot does with a turn.
type Answer func(ctx context.Context, t *core.Turn) error

// Echo says the customer's words back, after "re: ".
func Echo(_ context.Context, t *core.Turn) error {
	t.Note(core.Event{Kind: core.Answered})
	t.Say(core.Part{Text: "re: " + t.Text})
	return nil
}

// Rig is a house for one channel. Its ledger and engine are the real ones.
type Rig struct {
	Clock  *Clock
	Ledger *store.Ledger
	Engine *engine.Engine
	Log    *Buffer // what the channel logged
	Live   core.Bus

	mu       sync.Mutex
	busy     bool
	accepted []core.Envelope
}

// New makes a rig whose bot answers with a; nothing runs yet. Cases the bot
// hands over go to desk, unless it is zero.
func New(t testing.TB, a Answer, desk core.DeskRef) *Rig {
	t.Helper()
	c := &Clock{t: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	l := store.New(mem.New(), store.Options{Now: c.Now})
	info := core.BotInfo{ID: "default", Name: "Test", Languages: []string{"en", "zh"}, Location: time.UTC, Desk: desk}
	bot := &engine.Bot{Info: info, Pipeline: core.Pipeline{core.NewStage("script", a)}}
	e := engine.New(l, func(string) (*engine.Bot, bool) { return bot, true })
	e.Now, e.Poll, e.Log = c.Now, 5*time.Millisecond, slog.New(slog.NewTextHandler(io.Discard, nil))
	hub := membus.New(c.Now)
	e.Show = func(_ core.Envelope, g core.Glimpse) { hub.Publish(g) }
	return &Rig{Clock: c, Ledger: l, Engine: e, Log: &Buffer{}, Live: hub}
}

// Start runs the engine, which sends to ch (nil for a channel whose answers are
// fetched), until the test ends.
func (r *Rig) Start(t testing.TB, ch channels.Channel) (stop func()) {
	t.Helper()
	r.Engine.Send = func(ctx context.Context, rep core.Reply) (string, error) {
		if rep.Desk != nil {
			return ch.(channels.Desked).Desk().Show(ctx, *rep.Desk)
		}
		return ch.Send(ctx, rep)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Engine.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// Busy makes the gateway refuse what comes, or take it again.
func (r *Rig) Busy(b bool) { r.mu.Lock(); defer r.mu.Unlock(); r.busy = b }

// Accepted returns the envelopes that were fresh, in order.
func (r *Rig) Accepted() []core.Envelope {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]core.Envelope(nil), r.accepted...)
}

func (r *Rig) accept(ctx context.Context, e core.Envelope) (core.Receipt, error) {
	r.mu.Lock()
	busy := r.busy
	r.mu.Unlock()
	if busy {
		return core.Receipt{}, core.ErrBusy
	}
	rec, err := r.Ledger.Accept(ctx, e)
	if err == nil && rec.Fresh {
		r.mu.Lock()
		r.accepted = append(r.accepted, e)
		r.mu.Unlock()
	}
	return rec, err
}

// Settings are what a channel named id is opened with. config is what the
// user's file says, and is decoded as strictly.
func (r *Rig) Settings(id string, config map[string]any) channels.Settings {
	return channels.Settings{ID: id, Bot: "default", Workspace: core.DefaultWorkspace, PublicURL: "https://desk.example",
		MaxBody: 1 << 20, MaxText: 16 << 10, MaxFile: 50 << 20, HTTP: &http.Client{Timeout: 5 * time.Second},
		Log: slog.New(slog.NewTextHandler(r.Log, nil)), Now: r.Clock.Now, Gateway: r.Gateway(),
		Decode: func(into any) error {
			b, err := yaml.Marshal(config)
			if err != nil {
				return err
			}
			return yaml.NewDecoder(bytes.NewReader(b), yaml.DisallowUnknownField()).Decode(into)
		},
		Secret: func(_ context.Context, name string, n int) ([]byte, error) {
			sum := sha256.Sum256([]byte(name))
			return bytes.Repeat(sum[:], n/len(sum)+1)[:n], nil
		},
	}
}

// Gateway is the rig as a channel sees it.
func (r *Rig) Gateway() channels.Gateway {
	l := r.Ledger
	return channels.Gateway{Accept: r.accept, Await: l.Await, ClaimTurn: l.ClaimTurn, Passive: l.Passive, Settle: l.Settle,
		Locate: l.Locate, Events: l.Events, Watch: l.Watch, Follow: r.Live.Follow, OnDesk: engine.OnDesk(l),
		IsThread: func(ctx context.Context, w core.WorkspaceID, ref core.DeskRef) (bool, error) {
			return engine.IsThread(ctx, l, w, ref)
		}}
}

// Buffer is a log one may read while it is written.
type Buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (b *Buffer) Write(p []byte) (int, error) { b.mu.Lock(); defer b.mu.Unlock(); return b.b.Write(p) }

// String returns what was written.
func (b *Buffer) String() string { b.mu.Lock(); defer b.mu.Unlock(); return b.b.String() }
