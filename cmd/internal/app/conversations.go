package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	Turns    []TurnResult  `json:"turns"`
	Took     time.Duration `json:"took_ns"`
}

// TurnResult is one turn of a test.
type TurnResult struct {
	User    string   `json:"user"`              // what was said, pressed or reported
	Answer  string   `json:"answer,omitempty"`  // the lines
	Offered []string `json:"offered,omitempty"` // the buttons
	Intent  string   `json:"intent,omitempty"`
	How     string   `json:"how,omitempty"` // what ended the turn, as the trace has it
	Diffs   []Diff   `json:"diffs,omitempty"`
}

// Diff is one expectation that was not met.
type Diff struct {
	What string `json:"what"` // "contains", "slot order", …
	Want string `json:"want"`
	Got  string `json:"got"`
}

// String is d in one line.
func (d Diff) String() string { return fmt.Sprintf("%s: want %q, got %q", d.What, d.Want, d.Got) }

// testPatience is how long one answer may take.
const testPatience = 60 * time.Second

// Converse runs conversation tests against a bot, each in a conversation of its
// own. The engine runs as it does in production; there is no channel. Each result
// is given to done, unless that is nil, as soon as it is there.
func (a *App) Converse(ctx context.Context, botID string, tests []configs.Conversation, done func(TestResult)) ([]TestResult, error) {
	if _, ok := a.bots.Get(botID); !ok {
		return nil, core.Invalid("there is no bot %q: the configuration has %s", botID, strings.Join(a.botIDs(), ", "))
	}
	working, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- a.engine.Run(working) }()
	out := make([]TestResult, 0, len(tests))
	for _, c := range tests {
		start := time.Now()
		r := TestResult{Name: c.Name, Place: c.Place, Turns: a.play(ctx, botID, c)}
		r.Took = time.Since(start)
		for i, t := range r.Turns {
			for _, d := range t.Diffs {
				r.Failures = append(r.Failures, fmt.Sprintf("turn %d %q: %s", i+1, t.User, d))
			}
		}
		out = append(out, r)
		if done != nil {
			done(r)
		}
	}
	stop()
	return out, <-ended
}

// play runs one conversation, up to a turn that fails altogether.
func (a *App) play(ctx context.Context, botID string, c configs.Conversation) (out []TurnResult) {
	p := player{a: a, bot: botID, test: c, conv: core.ConversationID(core.NewID(a.o.Now()))}
	err := p.begin()
	for i, want := range c.Turns {
		r := TurnResult{User: shownTurn(want)}
		var got played
		if err == nil {
			got, err = p.turn(ctx, i, want)
		}
		if err != nil {
			r.Diffs = []Diff{{What: "error", Want: "an answer", Got: err.Error()}}
			return append(out, r)
		}
		r.Answer, r.Offered, r.Intent, r.How = got.text, got.offered(), got.trace.Intent, got.trace.Settled
		r.Diffs = got.against(want)
		out = append(out, r)
	}
	return out
}

func shownTurn(t configs.Turn) string {
	switch {
	case t.Press != "":
		return "[" + t.Press + "]"
	case t.Event != "":
		return "(" + t.Event + ")"
	}
	return t.User
}

// player is one test under way.
type player struct {
	a       *App
	bot     string
	test    configs.Conversation
	conv    core.ConversationID
	buttons []core.Part // offered last
}

// begin sets the clock, if the test says to what.
func (p *player) begin() error {
	if p.test.At == "" {
		return nil
	}
	b, _ := p.a.bots.Get(p.bot)
	at, err := time.ParseInLocation(configs.AtLayout, p.test.At, b.Info.Location)
	if err != nil {
		return err
	}
	return p.setNow(at)
}

func (p *player) setNow(at time.Time) error {
	if p.a.o.SetNow == nil {
		return errors.New("this program's clock cannot be moved: at and after are for `frontdesk test`")
	}
	p.a.o.SetNow(at)
	return nil
}

// played is what one turn came to.
type played struct {
	trace   core.Trace
	state   core.State
	text    string
	buttons []core.Part
	cites   []string
	last    core.Verdict
}

// turn sends what the customer does and waits for what is said to it.
func (p *player) turn(ctx context.Context, n int, want configs.Turn) (got played, err error) {
	ctx, cancel := context.WithTimeout(ctx, testPatience)
	defer cancel()
	if want.After > 0 {
		if err := p.setNow(p.a.o.Now().Add(want.After)); err != nil {
			return got, err
		}
	}
	channel := p.test.Channel
	if channel == "" {
		channel = "test"
	}
	r, err := p.a.ledger.Accept(ctx, core.Envelope{Workspace: core.DefaultWorkspace, Channel: channel, Native: fmt.Sprintf("%s/%d", p.conv, n),
		Conversation: p.conv, Address: string(p.conv), Bot: p.bot, Pull: true, Parts: []core.Part{p.part(want)}})
	if err != nil {
		return got, err
	}
	said, err := p.a.ledger.Await(ctx, r.Turn)
	if err != nil {
		return got, err
	}
	got.hear(said)
	p.buttons = got.buttons
	v, err := p.a.ledger.Conversation(ctx, p.conv)
	if err != nil {
		return got, err
	}
	got.state = v.State
	got.trace, err = p.a.traced(ctx, r.Turn)
	return got, err
}

// part is what the customer does, as a channel would give it.
func (p *player) part(t configs.Turn) core.Part {
	switch {
	case t.Event != "":
		name, scene, _ := strings.Cut(t.Event, ":")
		return core.Part{Kind: core.Signal, Value: name, Text: scene}
	case t.Press != "":
		for _, b := range p.buttons {
			if b.Value == t.Press || b.Text == t.Press {
				return core.Part{Kind: core.Choice, Value: b.Value, Text: b.Text}
			}
		}
		return core.Part{Kind: core.Choice, Value: t.Press, Text: t.Press}
	}
	return core.Part{Text: t.User}
}

func (p *played) hear(said []core.Event) {
	var lines []string
	for _, ev := range said {
		lines = append(lines, ev.Text())
		for _, part := range ev.Parts {
			if part.Kind == core.Choice {
				p.buttons = append(p.buttons, part)
			}
		}
		for _, c := range ev.Citations {
			p.cites = append(p.cites, c.Doc)
		}
		if ev.Verdict != "" {
			p.last = ev.Verdict
		}
	}
	p.text = strings.Join(lines, "\n")
}

func (p played) offered() (words []string) {
	for _, b := range p.buttons {
		words = append(words, b.Text)
	}
	return words
}

// traced is how a turn came about.
func (a *App) traced(ctx context.Context, t core.TurnID) (tr core.Trace, err error) {
	b, err := a.ledger.Trace(ctx, t)
	if err != nil || len(b) == 0 {
		return tr, err
	}
	if err := json.Unmarshal(b, &tr); err != nil {
		return tr, errors.Join(errors.New("the trace is no JSON"), err)
	}
	return tr, nil
}

// offers reports whether a button of these words or this value was shown.
func (p played) offers(word string) bool {
	return slices.ContainsFunc(p.buttons, func(b core.Part) bool { return b.Text == word || b.Value == word })
}
