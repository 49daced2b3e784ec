package core

import (
	"context"
	"fmt"
	"time"
)

// Turn is one message on its way through the pipeline. Stages read what
// earlier stages filled in; every field has a type, none hides in a context.
type Turn struct {
	Work Work
	Bot  BotInfo

	// Text is what the customer wrote; Norm the same normalised for matching.
	Text, Norm string
	Lang       string // primary BCP 47 tag, "zh" or "en"; the bot's first language if unclear
	Query      string // Text made whole where it leans on the question before; "" before knowledge is asked
	Channel    string // the type of the envelope's channel, "web"; its id where the type is not known

	Intents  []Intent // best first; empty means "no idea"
	Entities []Entity
	Passages []Passage // best first
	// Found is what tools and look-ups reported in this turn, as text: with the
	// passages, it is all that an answer may promise something from.
	Found []string

	// Draft is the answer a stage proposes; the confidence stage says it or not.
	Draft *Draft
	// Handoff, if not "", is the reason a person is wanted.
	Handoff string
	Signals []Signalled

	// Show lets the customer see the next piece of an answer that is being
	// written, where the channel can; a higher rev starts the text over. What is
	// shown is not said: the answer follows, or nothing does. Never nil.
	Show func(rev int, piece string)

	Trace Trace

	events  []Event
	desk    []DeskPost
	settled string
	now     func() time.Time
}

// BotInfo is what stages need to know of the bot that runs the turn.
type BotInfo struct {
	ID        string
	Name      string
	Version   string // of its configuration and knowledge settings
	Languages []string
	Location  *time.Location
	Threshold float64 // confidence in [0,1] below which a person is wanted
	Desk      DeskRef // where its cases go; Channel is "" for the web inbox only
}

// Draft is an answer before it is said.
type Draft struct {
	Parts     []Part
	Citations []Citation
	Score     float64 // calibrated confidence in [0,1]
	By        string  // the stage that wrote it: "faq", "flow", "extract"
	// Asks marks a question back: the choices among Parts are what may be meant,
	// and none of it is an answer yet.
	Asks bool
}

// NewTurn starts a turn over w.
func NewTurn(w Work, now func() time.Time) *Turn {
	return &Turn{Work: w, Text: w.Envelope.Text(), now: now, Show: func(int, string) {}}
}

// Now is the time, injected for tests.
func (t *Turn) Now() time.Time { return t.now() }

// State is the conversation including what this turn has added so far.
func (t *Turn) State() State { return t.Work.State.Fold(t.events...) }

// Note records a fact.
func (t *Turn) Note(ev Event) {
	ev.At = t.now()
	t.events = append(t.events, ev)
}

// Say answers the customer.
func (t *Turn) Say(parts ...Part) { t.Note(Event{Role: BotRole, Parts: parts}) }

// Tell adds p to what the bot's desk is shown; it does nothing without a desk.
func (t *Turn) Tell(p DeskPost) {
	if t.Bot.Desk.Channel == "" {
		return
	}
	p.Ref = t.Bot.Desk
	t.desk = append(t.desk, p)
}

// Settle ends the turn; later stages do not run. why shows in traces.
func (t *Turn) Settle(why string) { t.settled = why }

// Settled is why the turn ended, "" if it has not.
func (t *Turn) Settled() string { return t.settled }

// Events are what the turn has noted and said so far.
func (t *Turn) Events() []Event { return t.events }

// Rewrite passes what the bot says in this turn through f, which returns what is
// said instead, or false for nothing at all. Other events stay.
func (t *Turn) Rewrite(f func(Event) (Event, bool)) {
	var kept []Event
	for _, ev := range t.events {
		if ev.Kind == Said && ev.Role == BotRole {
			var keep bool
			if ev, keep = f(ev); !keep {
				continue
			}
		}
		kept = append(kept, ev)
	}
	t.events = kept
}

// Outcome is what the turn wants written.
func (t *Turn) Outcome() Outcome {
	t.Trace.Settled, t.Trace.Handoff = t.settled, t.Handoff
	if len(t.Intents) > 0 {
		t.Trace.Intent = t.Intents[0].Name
	}
	return Outcome{Events: t.events, Desk: t.desk, At: t.now(), Trace: t.Trace.Encode()}
}

// Intent is one guess; recognisers return them best first.
type Intent struct {
	Name  string  `json:"name"`
	Score float64 `json:"score"` // calibrated probability in [0,1]
}

// Entity is a span of the text that carries a value.
type Entity struct {
	Name  string  `json:"name"`
	Value string  `json:"value"` // normalised: digits, ISO 8601, E.164, …
	Text  string  `json:"text"`  // as written
	Start int     `json:"start"` // byte offsets into Turn.Text
	End   int     `json:"end"`
	Score float64 `json:"score"` // in [0,1]
}

// Stage is one step of the pipeline. Run fills t in and never sends or writes.
// It may be called for many turns at once.
type Stage interface {
	Name() string
	Run(ctx context.Context, t *Turn) error
}

// Pipeline runs stages in order until one settles the turn.
type Pipeline []Stage

// Run runs the stages over t, timing each. Once one settled the turn, only
// those made by Always run.
func (p Pipeline) Run(ctx context.Context, t *Turn) error {
	for _, s := range p {
		if _, last := s.(always); t.settled != "" && !last {
			continue
		}
		start := time.Now()
		err := s.Run(ctx, t)
		t.Trace.add(s.Name(), time.Since(start))
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name(), err)
		}
	}
	return nil
}

type stageFunc struct {
	name string
	run  func(context.Context, *Turn) error
}

// Name implements Stage.
func (s stageFunc) Name() string { return s.name }

// Run implements Stage.
func (s stageFunc) Run(ctx context.Context, t *Turn) error { return s.run(ctx, t) }

// NewStage makes a Stage of a function.
func NewStage(name string, run func(context.Context, *Turn) error) Stage {
	return stageFunc{name, run}
}

// Limited runs s only while it holds one of sem's places. CPU-bound stages of
// all bots share one sem of GOMAXPROCS; stages that wait for others need none.
func Limited(sem chan struct{}, s Stage) Stage {
	return NewStage(s.Name(), func(ctx context.Context, t *Turn) error {
		select {
		case sem <- struct{}{}:
			defer func() { <-sem }()
			return s.Run(ctx, t)
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// always is a stage that also runs once the turn is settled.
type always struct{ Stage }

// Always makes s run in every turn, also in one that an earlier stage settled.
// It may unsettle the turn with Settle(""): then the stages behind it run.
func Always(s Stage) Stage { return always{s} }
