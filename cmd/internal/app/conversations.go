package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"frontdesk/configs"
	"frontdesk/core"
)

// TestResult is what a conversation test came to.
type TestResult struct {
	Name     string        `json:"name"`
	Place    string        `json:"place"`
	Failures []string      `json:"failures,omitempty"`
	Took     time.Duration `json:"took_ns"`
}

// testPatience is how long one answer may take.
const testPatience = 60 * time.Second

// Converse runs conversation tests against a bot, each in a conversation of its
// own. The engine runs as it does in production; there is no channel.
func (a *App) Converse(ctx context.Context, botID string, tests []configs.Conversation) ([]TestResult, error) {
	if _, ok := a.bots.Get(botID); !ok {
		return nil, core.Invalid("there is no bot %q: the configuration has %s", botID, strings.Join(a.botIDs(), ", "))
	}
	working, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- a.engine.Run(working) }()
	out := make([]TestResult, len(tests))
	for i, c := range tests {
		start := time.Now()
		out[i] = TestResult{Name: c.Name, Place: c.Place, Failures: a.play(ctx, botID, c)}
		out[i].Took = time.Since(start)
	}
	stop()
	return out, <-done
}

// play runs one conversation and says what was not as expected.
func (a *App) play(ctx context.Context, botID string, c configs.Conversation) (failures []string) {
	conv := core.ConversationID(core.NewID(a.o.Now()))
	for i, want := range c.Turns {
		got, err := a.turn(ctx, botID, conv, i, want.User)
		if err != nil {
			return append(failures, fmt.Sprintf("turn %d %q: %v", i+1, want.User, err))
		}
		for _, f := range got.against(want) {
			failures = append(failures, fmt.Sprintf("turn %d %q: %s", i+1, want.User, f))
		}
	}
	return failures
}

// played is what one turn came to.
type played struct {
	intent string
	state  core.State
	text   string
	cites  []string
	last   core.Verdict
}

func (a *App) turn(ctx context.Context, botID string, conv core.ConversationID, n int, text string) (p played, err error) {
	ctx, cancel := context.WithTimeout(ctx, testPatience)
	defer cancel()
	r, err := a.ledger.Accept(ctx, core.Envelope{Workspace: core.DefaultWorkspace, Channel: "test", Native: fmt.Sprintf("%s/%d", conv, n),
		Conversation: conv, Address: string(conv), Bot: botID, Pull: true, Parts: []core.Part{{Text: text}}})
	if err != nil {
		return p, err
	}
	said, err := a.ledger.Await(ctx, r.Turn)
	if err != nil {
		return p, err
	}
	var lines []string
	for _, ev := range said {
		lines = append(lines, ev.Text())
		for _, c := range ev.Citations {
			p.cites = append(p.cites, c.Doc)
		}
		if ev.Verdict != "" {
			p.last = ev.Verdict
		}
	}
	p.text = strings.Join(lines, "\n")
	v, err := a.ledger.Conversation(ctx, conv)
	if err != nil {
		return p, err
	}
	p.state = v.State
	p.intent, err = a.understood(ctx, r.Turn)
	return p, err
}

// understood is the best intent of a turn, from its trace.
func (a *App) understood(ctx context.Context, t core.TurnID) (string, error) {
	b, err := a.ledger.Trace(ctx, t)
	if err != nil || len(b) == 0 {
		return "", err
	}
	var tr core.Trace
	if err := json.Unmarshal(b, &tr); err != nil {
		return "", errors.Join(errors.New("the trace is no JSON"), err)
	}
	return tr.Intent, nil
}

// against lists how p differs from what is wanted.
func (p played) against(want configs.Turn) (out []string) {
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if want.Intent != "" && p.intent != want.Intent {
		add("intent %q, want %q", p.intent, want.Intent)
	}
	for _, name := range slices.Sorted(maps.Keys(want.Slots)) {
		if got := p.state.Slots[name]; got != want.Slots[name] {
			add("slot %s is %q, want %q", name, got, want.Slots[name])
		}
	}
	said := strings.ToLower(p.text)
	for _, s := range want.Contains {
		if !strings.Contains(said, strings.ToLower(s)) {
			add("the answer lacks %q: %q", s, p.text)
		}
	}
	for _, s := range want.Lacks {
		if strings.Contains(said, strings.ToLower(s)) {
			add("the answer has %q: %q", s, p.text)
		}
	}
	for _, doc := range want.Cites {
		if !slices.Contains(p.cites, doc) {
			add("cited %v, want %q", p.cites, doc)
		}
	}
	if want.Outcome != "" && string(p.last) != want.Outcome {
		add("outcome %q, want %q", p.last, want.Outcome)
	}
	held := p.state.Case.Mode.Held()
	switch want.Handoff {
	case "":
	case "true", "false":
		if held != (want.Handoff == "true") {
			add("handed over: %v (%s)", held, p.state.Case.Reason)
		}
	default:
		if !held || p.state.Case.Reason != want.Handoff {
			add("handed over %v for %q, want %q", held, p.state.Case.Reason, want.Handoff)
		}
	}
	return out
}
