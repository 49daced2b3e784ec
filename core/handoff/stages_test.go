package handoff_test

import (
	"context"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/handoff"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func newTurn(st core.State, parts ...core.Part) *core.Turn {
	t := core.NewTurn(core.Work{Turn: core.TurnID{Conversation: "v", Seq: 3}, State: st,
		Envelope: core.Envelope{Channel: "web", Parts: parts, Contact: core.Contact{Name: "Ann", Email: "a@b.example"}}}, func() time.Time { return noon })
	t.Bot = core.BotInfo{ID: "shop", Desk: core.DeskRef{Channel: "sl", Room: "C1"}}
	return t
}

func run(t *testing.T, s core.Stage, tn *core.Turn) core.Outcome {
	t.Helper()
	if err := s.Run(context.Background(), tn); err != nil {
		t.Fatal(err)
	}
	return tn.Outcome()
}

func TestGuard(t *testing.T) {
	text, sig := core.Part{Text: "hello"}, core.Part{Kind: core.Signal, Value: core.SignalUnfollow}
	for _, c := range []struct {
		mode    core.Mode
		parts   []core.Part
		settled string
		posts   int
	}{
		{core.ByBot, []core.Part{text}, "", 0},
		{"", []core.Part{text}, "", 0},
		{core.Closed, []core.Part{text}, "", 0},
		{core.Waiting, []core.Part{text}, "held: waiting", 1},
		{core.ByAgent, []core.Part{text, {Kind: core.Image, Text: "[image]"}}, "held: agent", 1},
		{core.ByAgent, []core.Part{sig}, "held: agent", 0},
	} {
		tn := newTurn(core.State{Case: core.Case{ID: "c", Mode: c.mode, Epoch: 4, Owner: "Ben", Reason: core.ReasonAsked}}, c.parts...)
		o := run(t, handoff.Guard(), tn)
		if tn.Settled() != c.settled || len(o.Desk) != c.posts || len(o.Events) != 0 {
			t.Errorf("%s: settled %q, desk %+v, events %+v", c.mode, tn.Settled(), o.Desk, o.Events)
		}
		if c.posts == 1 && (len(o.Desk[0].Parts) != len(c.parts) || o.Desk[0].Author != "Ann" || o.Desk[0].Card.Epoch != 4 || o.Desk[0].Action != core.DeskSay) {
			t.Errorf("%s: post %+v", c.mode, o.Desk[0])
		}
	}
}

func TestSense(t *testing.T) {
	s := handoff.Sense(handoff.NewPolicy(handoff.Rules{}))
	asked := core.Event{Kind: core.Asked, Parts: []core.Part{{Text: "q"}}}
	st := core.State{}.Fold(asked, asked) // asked twice before
	tn := newTurn(st, core.Part{Text: "q"})
	tn.Norm = "q"
	tn.Note(asked)
	run(t, s, tn)
	if tn.Handoff != core.ReasonRepeated {
		t.Errorf("handoff %q after the third asking", tn.Handoff)
	}
	tn = newTurn(st.Fold(asked), core.Part{Text: "thanks"})
	tn.Norm = "thanks"
	run(t, s, tn)
	if tn.Handoff != "" {
		t.Errorf("handoff %q though nothing was asked", tn.Handoff)
	}
	tn = newTurn(core.State{}, core.Part{Text: "x"})
	tn.Norm, tn.Handoff = "转人工", core.ReasonUnsure
	run(t, s, tn)
	if tn.Handoff != core.ReasonUnsure || len(tn.Signals) != 1 {
		t.Errorf("an earlier reason is lost: %q, %+v", tn.Handoff, tn.Signals)
	}
}

func TestRoute(t *testing.T) {
	s := handoff.Route(func(*core.Turn) string { return "one moment" })
	tn := newTurn(core.State{Case: core.Case{ID: "c", Mode: core.ByBot, Epoch: 2}, Flow: "f", Step: "1", Slots: map[string]string{"order": "A1"}}, core.Part{Text: "help"})
	if o := run(t, s, tn); len(o.Events)+len(o.Desk) != 0 || tn.Settled() != "" {
		t.Fatalf("handed over without a reason: %+v", o)
	}
	tn.Handoff = core.ReasonFailed
	tn.Signals = []core.Signalled{{Name: "mild", Value: 1, Limit: 2}, {Name: handoff.SignalConfidence, Value: 0.1, Limit: 0.5}, {Name: "plain", Value: 3}}
	tn.Draft = &core.Draft{Parts: []core.Part{{Text: "perhaps"}}}
	o := run(t, s, tn)
	after := tn.State()
	if after.Case.Mode != core.Waiting || after.Case.Reason != core.ReasonFailed || after.Flow != "" || after.Slots["order"] != "A1" {
		t.Errorf("state %+v", after)
	}
	last := o.Events[len(o.Events)-1]
	if last.Text() != "one moment" || last.Verdict != core.VerdictHandedOver || last.Role != core.BotRole || tn.Settled() != "handoff: failed" {
		t.Errorf("said %+v, settled %q", last, tn.Settled())
	}
	want := core.Card{Conversation: "v", Case: "c", Channel: "web", Bot: "shop", Contact: tn.Work.Envelope.Contact, Mode: core.Waiting, Epoch: 2,
		Reason: core.ReasonFailed, Asked: "help", Tried: "perhaps", Since: noon}
	got := o.Desk[0].Card
	if got.Signals[0].Name != handoff.SignalConfidence || len(got.Signals) != 3 || got.Slots["order"] != "A1" {
		t.Errorf("signals %+v, slots %v", got.Signals, got.Slots)
	}
	got.Signals, got.Slots = nil, nil
	if got.Conversation != want.Conversation || got.Case != want.Case || got.Contact != want.Contact || got.Mode != want.Mode || got.Epoch != want.Epoch ||
		got.Reason != want.Reason || got.Asked != want.Asked || got.Tried != want.Tried || !got.Since.Equal(want.Since) || got.Bot != want.Bot || got.Channel != want.Channel {
		t.Errorf("card %+v, want %+v", got, want)
	}
}

func TestTriedIsTheBestPassage(t *testing.T) {
	tn := newTurn(core.State{}, core.Part{Kind: core.Image, Text: "[image]"})
	tn.Text, tn.Passages = "", []core.Passage{{Text: "best"}, {Text: "second"}}
	if c := handoff.Card(tn); c.Tried != "best" || c.Asked != "[image]" {
		t.Errorf("card %+v", c)
	}
	tn = newTurn(core.State{})
	if c := handoff.Card(tn); c.Tried != "" || c.Asked != "" {
		t.Errorf("card %+v", c)
	}
}
