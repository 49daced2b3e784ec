package slack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/channels"
	sim "frontdesk/channels/sim/slack"
	"frontdesk/channels/slack"
	"frontdesk/core"
)

// slack-go's test server leaves a goroutine behind for each message posted to it.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/slack-go/slack/slacktest.(*Server).queueForWebsocket"))
}

// house is the rest of the gateway, as far as a channel sees it.
type house struct {
	mu      sync.Mutex
	turns   []core.Envelope
	known   map[string][]byte
	acts    []core.DeskEvent
	busy    error         // what Accept says
	failing int           // how many more messages Accept refuses
	deskErr error         // what OnDesk says
	notYet  int           // how many more acts come before the thread is noted
	block   chan struct{} // Accept waits for it, or for its context
	cases   map[core.DeskRef]bool
}

func newHouse() *house {
	return &house{known: map[string][]byte{}, cases: map[core.DeskRef]bool{}}
}

func (h *house) accept(ctx context.Context, e core.Envelope) (core.Receipt, error) {
	if h.block != nil {
		select {
		case <-h.block:
		case <-ctx.Done():
			return core.Receipt{}, ctx.Err()
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.busy != nil {
		return core.Receipt{}, h.busy
	}
	if h.failing > 0 {
		h.failing--
		return core.Receipt{}, core.ErrBusy
	}
	if d, ok := h.known[e.Native]; ok {
		if !bytes.Equal(d, e.Digest()) {
			return core.Receipt{}, &core.ConflictError{Native: e.Native}
		}
		return core.Receipt{}, nil
	}
	h.known[e.Native] = e.Digest()
	h.turns = append(h.turns, e)
	return core.Receipt{Fresh: true}, nil
}

func (h *house) onDesk(_ context.Context, ev core.DeskEvent) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.deskErr != nil {
		return h.deskErr
	}
	if h.notYet > 0 {
		h.notYet--
		return core.ErrNotFound
	}
	if !h.cases[ev.Ref] {
		return core.ErrNotFound
	}
	h.acts = append(h.acts, ev)
	return nil
}

func (h *house) isThread(_ context.Context, _ core.WorkspaceID, ref core.DeskRef) (bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.cases[ref], nil
}

func (h *house) open(ref core.DeskRef) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cases[ref] = true
}

func (h *house) say(deskErr error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.deskErr = deskErr
}

func (h *house) got() []core.Envelope {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]core.Envelope(nil), h.turns...)
}

func (h *house) done() []core.DeskEvent {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]core.DeskEvent(nil), h.acts...)
}

// The secrets of the tests; none may ever show.
const (
	botToken = "xoxb-sim-bot"
	appToken = "xapp-sim-app"
	secret   = "sim-signing-secret"
)

// conf is a channel's configuration, in Decode's place.
type conf map[string]string

func (c conf) decode(into any) error {
	// The struct's yaml tags are read by the configuration; here JSON with the
	// same names stands in for it.
	js, _ := json.Marshal(map[string]string{"BotToken": c["bot_token"], "SigningSecret": c["signing_secret"],
		"AppToken": c["app_token"], "APIBaseURL": c["api_base_url"]})
	return json.Unmarshal(js, into)
}

func settings(h *house, c conf) channels.Settings {
	return channels.Settings{ID: "sl", Bot: "shop", Workspace: core.DefaultWorkspace, MaxBody: 1 << 20, MaxText: 16000,
		Rooms: []string{"C0DESK"}, Decode: c.decode, HTTP: &http.Client{Timeout: 5 * time.Second}, Log: slog.New(slog.DiscardHandler),
		Now: time.Now, Gateway: channels.Gateway{Accept: h.accept, OnDesk: h.onDesk, IsThread: h.isThread}}
}

func open(t *testing.T, s channels.Settings) *slack.Channel {
	t.Helper()
	ch, err := slack.Open(s)
	if err != nil {
		t.Fatal(err)
	}
	return ch.(*slack.Channel)
}

// rig is a channel in a simulated workspace: Ann is a customer, Bo an agent.
type rig struct {
	*sim.Server
	house *house
	ch    *slack.Channel
	t     *testing.T
}

func newRig(t *testing.T, o sim.Options, extra conf, change ...func(*channels.Settings)) *rig {
	t.Helper()
	s, err := sim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	c := conf{"bot_token": botToken, "signing_secret": secret, "api_base_url": s.APIURL()}
	for k, v := range extra {
		c[k] = v
	}
	h := newHouse()
	set := settings(h, c)
	for _, f := range change {
		f(&set)
	}
	ch := open(t, set)
	hook := httptest.NewServer(ch.Hook())
	s.Connect(hook.URL)
	s.AddPerson(sim.Person{ID: "U1", Name: "Ann", Locale: "en-GB"})
	s.AddPerson(sim.Person{ID: "U2", Name: "Bo"})
	s.AddRoom(sim.Room{ID: "C1", Name: "general"})
	s.AddRoom(sim.Room{ID: "C0DESK", Name: "desk"})
	t.Cleanup(func() { s.Close(); hook.Close(); set.HTTP.CloseIdleConnections() })
	return &rig{s, h, ch, t}
}

// idle waits until nothing is under way between Slack and the channel.
func (r *rig) idle() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 5*time.Second)
	defer cancel()
	if err := r.Idle(ctx); err != nil {
		r.t.Fatal(err)
	}
}

// until waits for what happens after Slack has its answer.
func (r *rig) until(what string, cond func() bool) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 5*time.Second)
	defer cancel()
	if err := r.Await(ctx, cond); err != nil {
		r.t.Fatalf("%s: %v", what, err)
	}
}

// do fails the test if a person could not do something.
func do(t *testing.T) func(string, error) string {
	return func(ts string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return ts
	}
}

// post sends a signed request to the hook.
func post(h http.Handler, path, kind string, body []byte, at time.Time) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	sign(r.Header, body, secret, at)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

var errDisk = errors.New("disk full at /secret/path")

func summary(es []core.Envelope) string {
	s := ""
	for _, e := range es {
		s += fmt.Sprintf("%s|%s|%s\n", e.Address, e.Native, e.Text())
	}
	return s
}
