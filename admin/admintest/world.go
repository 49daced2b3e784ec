// Package admintest sets up a desk to test against: a real ledger in memory
// with a few conversations, people of every role, and documents. Only tests
// import it.
package admintest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/admin/api"
	"frontdesk/admin/auth"
	"frontdesk/core"
	"frontdesk/core/store"
	"frontdesk/core/store/mem"
)

// Password is everybody's.
const Password = "a fine password"

// Roles are those there are, weakest first; a person of each has its name.
var Roles = []core.UserRole{core.RoleViewer, core.RoleAgent, core.RoleEditor, core.RoleAdmin, core.RoleOwner}

// cheap keeps tests fast.
var cheap = auth.Cost{Memory: 64, Passes: 1, Threads: 1}

// Clock is moved by hand. Safe for concurrent use.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// Now is what parts are given.
func (c *Clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

// Add moves the clock.
func (c *Clock) Add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.t = c.t.Add(d) }

// World is a desk.
type World struct {
	testing.TB
	*Clock
	Ledger    *store.Ledger
	Auth      *auth.Service
	Documents *Library
	FAQ       *FAQ
	Tokens    map[core.UserRole]string // a program's of each role
	Stop      chan struct{}            // closed: the server drains
}

// New makes a world whose clock begins at from.
func New(t testing.TB, from time.Time) *World {
	t.Helper()
	c := &Clock{t: from}
	w := &World{TB: t, Clock: c, Ledger: store.New(mem.New(), store.Options{Now: c.Now}), Documents: &Library{now: c.Now}, FAQ: &FAQ{},
		Auth: auth.New(auth.Options{Accounts: mem.NewAccounts(), Now: c.Now, Cost: cheap}), Tokens: map[core.UserRole]string{}, Stop: make(chan struct{})}
	for _, r := range Roles {
		_, err := w.Auth.AddUser(w.ctx(), string(r), r, Password)
		w.ok(err)
		w.Tokens[r], _, err = w.Auth.CreateToken(w.ctx(), string(r)+"-program", r, 0)
		w.ok(err)
	}
	if n, err := w.Ledger.Lease(w.ctx(), time.Hour, core.Partitions); err != nil || n != core.Partitions {
		t.Fatalf("Lease = %d, %v", n, err)
	}
	return w
}

// Parts is what the API is made of here; a test may alter it.
func (w *World) Parts() api.Parts {
	return api.Parts{Ledger: w.Ledger, Auth: w.Auth, Documents: w.Documents, Versions: w.Documents, FAQ: w.FAQ, Packs: w.Documents, Bots: func() []string { return []string{"default", "second"} },
		Now: w.Now, Drain: w.Stop,
		Gaps: func(ctx context.Context, q core.GapQuery) (core.Gaps, error) {
			return store.Gaps(ctx, w.Ledger, q, strings.ToLower)
		}}
}

func (w *World) ctx() context.Context { return context.Background() }

func (w *World) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// Ask lets a customer write on a channel; answer is what the bot's turn brings.
// It returns the conversation.
func (w *World) Ask(channel, address, name, text string, answer core.Outcome) core.ConversationID {
	w.Helper()
	w.Add(time.Second)
	_, err := w.Ledger.Accept(w.ctx(), core.Envelope{Workspace: core.DefaultWorkspace, Channel: channel, Address: address,
		Native: core.NewID(w.Now()), Bot: "default", Contact: core.Contact{Name: name}, Parts: []core.Part{{Text: text}}, Pull: true})
	w.ok(err)
	ctx, cancel := context.WithTimeout(w.ctx(), 5*time.Second)
	defer cancel()
	work, err := w.Ledger.Next(ctx)
	w.ok(err)
	w.Add(time.Second)
	answer.At = w.Now()
	for i := range answer.Events {
		answer.Events[i].At = answer.At
	}
	w.ok(w.Ledger.Commit(w.ctx(), work, answer))
	return work.Turn.Conversation
}

// Silence is a turn in which the bot says nothing: a person has the case.
func Silence() core.Outcome { return core.Outcome{} }

// Answered is a turn answered from a document.
func Answered(text, doc string, score float64) core.Outcome {
	return core.Outcome{Events: []core.Event{{Role: core.BotRole, Parts: []core.Part{{Text: text}}, Score: &score, Verdict: core.VerdictAnswered,
		Citations: []core.Citation{{Doc: doc, Title: "Returns › How long", Page: 2, Quote: text}}}}, Trace: trace(score, "")}
}

// HandedOver is a turn that ends with the wish for a person.
func HandedOver(text, reason string, score float64) core.Outcome {
	return core.Outcome{Events: []core.Event{
		{Role: core.BotRole, Parts: []core.Part{{Text: text}}, Verdict: core.VerdictHandedOver},
		{Kind: core.Handed, Mode: core.Waiting, Key: reason},
	}, Trace: trace(score, reason)}
}

func trace(score float64, reason string) []byte {
	t := core.Trace{Bot: "default", Version: "1", Attempt: 1, Score: score, Settled: "answered"}
	t.Steps = []core.Step{
		{Stage: "preprocess", Micros: 41, Notes: []core.Fact{{Name: "lang", Value: "zh"}}},
		{Stage: "intent", Micros: 812, Notes: []core.Fact{{Name: "intents", Value: []core.Intent{{Name: "refund", Score: 0.41}, {Name: "invoice", Score: 0.2}}}}},
		{Stage: "signals", Micros: 30, Notes: []core.Fact{{Name: "signals", Value: []core.Signalled{{Name: "asked for a person", Value: 1, Limit: 1}, {Name: "no answer in a row", Value: 2, Limit: 2}}}}},
		{Stage: "knowledge", Micros: 1930, Notes: []core.Fact{{Name: "passages", Value: []map[string]any{{"doc": "returns.pdf", "page": 2, "score": score}}}}},
		{Stage: "confidence", Micros: 9, Notes: []core.Fact{{Name: "confidence", Value: score}, {Name: "threshold", Value: 0.45}}},
	}
	if reason != "" {
		t.Settled, t.Handoff = "handed over", reason
		t.Steps = append(t.Steps, core.Step{Stage: "handoff", Micros: 12, Notes: []core.Fact{{Name: "reason", Value: reason}}})
	}
	return t.Encode()
}

// Library is api.Documents in memory: each line of a file is a passage.
type Library struct {
	now  func() time.Time
	mu   sync.Mutex
	docs map[string]entry
}

type entry struct {
	doc   core.Document
	lines []string
	data  []byte
	past  []entry // newest first
}

var (
	_ api.Documents = (*Library)(nil)
	_ api.Versions  = (*Library)(nil)
)

// errFormat is what the library says of a file that is none.
var errFormat = core.Invalid("the file is not one of PDF, DOCX, Markdown, HTML, text and CSV")

// ErrBroken is what the library fails with when asked for the document "broken".
var ErrBroken = errors.New("library: secret detail")

func key(w core.WorkspaceID, bot, name string) string { return fmt.Sprint(w, "/", bot, "/", name) }
