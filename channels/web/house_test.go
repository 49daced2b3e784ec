package web

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"frontdesk/channels"
	"frontdesk/core"
	"frontdesk/core/bus/mem"
)

// house is a ledger of maps whose bot is a function: small enough to make every
// fault happen on purpose. The tests beside rig_test.go use the real one.
type house struct {
	mu      sync.Mutex
	natives map[string]seen
	talks   map[core.ConversationID][]core.Event
	chats   map[string]core.ConversationID // by address
	news    map[chan core.ConversationID]core.ConversationID
	turns   map[core.TurnID]chan struct{}

	bot       func(text string) []core.Event // nil leaves the turn open
	acceptErr error
	awaitErr  error
	readErr   error
	live      core.Bus
	envelopes []core.Envelope
}

type seen struct {
	digest string
	turn   core.TurnID
}

func newHouse(bot func(string) []core.Event) *house {
	return &house{live: mem.New(time.Now), natives: map[string]seen{}, talks: map[core.ConversationID][]core.Event{}, bot: bot,
		chats: map[string]core.ConversationID{}, news: map[chan core.ConversationID]core.ConversationID{},
		turns: map[core.TurnID]chan struct{}{}}
}

func echo(text string) []core.Event {
	return []core.Event{{Role: core.BotRole, Parts: []core.Part{{Text: "re: " + text}}, Verdict: core.VerdictAnswered}}
}

func (h *house) accept(_ context.Context, e core.Envelope) (core.Receipt, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.acceptErr != nil {
		return core.Receipt{}, h.acceptErr
	}
	d := string(e.Digest())
	if s, ok := h.natives[e.Native]; ok {
		if s.digest != d {
			return core.Receipt{}, &core.ConflictError{Native: e.Native, Turn: s.turn}
		}
		return core.Receipt{Turn: s.turn}, nil
	}
	h.envelopes = append(h.envelopes, e)
	seq := h.add(e.Conversation, core.Event{Role: core.Customer, Parts: e.Parts}, 0)
	t := core.TurnID{Conversation: e.Conversation, Seq: seq}
	h.natives[e.Native], h.turns[t] = seen{d, t}, make(chan struct{})
	if h.bot != nil {
		h.settle(t, h.bot(e.Text()))
	}
	return core.Receipt{Turn: t, Fresh: true}, nil
}

// settle commits a turn; the caller holds the lock.
func (h *house) settle(t core.TurnID, evs []core.Event) {
	for _, ev := range evs {
		h.add(t.Conversation, ev, t.Seq)
	}
	close(h.turns[t])
}

// add appends a visible event; the caller holds the lock.
func (h *house) add(c core.ConversationID, ev core.Event, turn int64) int64 {
	ev.Seq, ev.Turn = int64(len(h.talks[c]))+1, turn
	if turn == 0 {
		ev.Turn = ev.Seq
	}
	h.talks[c] = append(h.talks[c], ev)
	for ch, of := range h.news {
		if of == c {
			select {
			case ch <- c:
			default:
			}
		}
	}
	return ev.Seq
}

// say adds an event from outside a turn: a person's.
func (h *house) say(c core.ConversationID, ev core.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.add(c, ev, 0)
}

func (h *house) await(ctx context.Context, t core.TurnID) ([]core.Event, error) {
	h.mu.Lock()
	done, err := h.turns[t], h.awaitErr
	h.mu.Unlock()
	if err != nil {
		return nil, err
	}
	select {
	case <-done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []core.Event
	for _, ev := range h.talks[t.Conversation] {
		if ev.Turn == t.Seq && ev.Seq != t.Seq {
			out = append(out, ev)
		}
	}
	return out, nil
}

func (h *house) locate(_ context.Context, e core.Envelope) (core.ConversationID, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c, ok := h.chats[e.Address]
	if !ok {
		c = core.ConversationID(core.NewID(time.Now()))
		h.chats[e.Address] = c
	}
	return c, nil
}

func (h *house) events(_ context.Context, c core.ConversationID, after int64, limit int) ([]core.Event, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.readErr != nil {
		return nil, h.readErr
	}
	evs := h.talks[c]
	if len(evs) == 0 {
		return nil, core.ErrNotFound
	}
	evs = evs[min(after, int64(len(evs))):]
	return append([]core.Event(nil), evs[:min(limit, len(evs))]...), nil
}

func (h *house) watch(c core.ConversationID) (<-chan core.ConversationID, func()) {
	ch := make(chan core.ConversationID, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.news[ch] = c
	return ch, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.news, ch)
	}
}

func (h *house) gateway() channels.Gateway {
	return channels.Gateway{Accept: h.accept, Await: h.await, Locate: h.locate, Events: h.events, Watch: h.watch, Follow: h.live.Follow}
}

// clockAt is a time that tests move.
type clockAt struct {
	mu sync.Mutex
	t  time.Time
}

func (k *clockAt) now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.t
}

func (k *clockAt) move(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.t = k.t.Add(d)
}

// site is a web channel with its server.
type site struct {
	*Channel
	url   string
	log   *bytes.Buffer
	clock *clockAt
	tick  chan time.Time
}

const testSecret = "a shop's own signing secret"

// open serves a channel over gw; cfg is what the configuration would say.
func open(t testing.TB, gw channels.Gateway, cfg config) *site {
	t.Helper()
	s := &site{log: &bytes.Buffer{}, clock: &clockAt{t: time.Now()}, tick: make(chan time.Time)}
	ch, err := Open(channels.Settings{ID: "web", Bot: "default", Workspace: core.DefaultWorkspace,
		PublicURL: "https://desk.example", MaxBody: 64 << 10, MaxText: 4 << 10, Gateway: gw,
		Decode: func(into any) error { *into.(*config) = cfg; return nil },
		Log:    slog.New(slog.NewTextHandler(s.log, nil)), Now: s.clock.now,
		Secret: func(_ context.Context, _ string, n int) ([]byte, error) { return bytes.Repeat([]byte{7}, n), nil }})
	if err != nil {
		t.Fatal(err)
	}
	s.Channel = ch.(*Channel)
	s.Channel.clock.keepAlive = func() (<-chan time.Time, func()) { return s.tick, func() {} }
	srv := httptest.NewServer(s.Hook())
	s.url = srv.URL
	t.Cleanup(func() {
		s.live.end()
		srv.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return s
}
