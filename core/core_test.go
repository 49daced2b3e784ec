package core_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/quick"
	"time"

	"frontdesk/core"
)

func TestNewID(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_123)
	var ids []string
	for i := range 1000 {
		ids = append(ids, core.NewID(now.Add(time.Duration(i)*time.Millisecond)))
	}
	if !slices.IsSorted(ids) {
		t.Error("ids of later moments sort earlier")
	}
	for _, id := range ids {
		if len(id) != 36 || id[14] != '7' || !slices.Contains([]byte("89ab"), id[19]) {
			t.Fatalf("%s is no UUIDv7 (RFC 9562)", id)
		}
	}
	if core.NewID(now) == core.NewID(now) {
		t.Error("one id twice")
	}
}

func TestPartition(t *testing.T) {
	seen := map[int]bool{}
	for i := range 10_000 {
		p := core.ConversationID(fmt.Sprint("c", i)).Partition()
		if p < 0 || p >= core.Partitions {
			t.Fatalf("partition %d", p)
		}
		seen[p] = true
	}
	if len(seen) != core.Partitions {
		t.Errorf("%d of %d partitions used", len(seen), core.Partitions)
	}
	if got := core.ConversationID("a").Partition(); got != 44 {
		t.Errorf("partition of a is %d: what is stored would be looked for elsewhere", got)
	}
}

// A retry repeats the content, not the times; whatever the customer sees counts.
func TestDigest(t *testing.T) {
	e := core.Envelope{Conversation: "c", Parts: []core.Part{{Text: "hi"}}}
	same := e
	same.SentAt, same.Meta, same.Native = time.Now(), map[string]string{"k": "v"}, "other"
	if string(e.Digest()) != string(same.Digest()) {
		t.Error("a retry looks like a conflict")
	}
	for name, other := range map[string]core.Envelope{
		"text":         {Conversation: "c", Parts: []core.Part{{Text: "ho"}}},
		"value":        {Conversation: "c", Parts: []core.Part{{Text: "hi", Value: "1"}}},
		"parts":        {Conversation: "c", Parts: []core.Part{{Text: "hi"}, {}}},
		"conversation": {Conversation: "d", Parts: []core.Part{{Text: "hi"}}},
	} {
		if string(e.Digest()) == string(other.Digest()) {
			t.Errorf("another %s has the same digest", name)
		}
	}
}

func TestApply(t *testing.T) {
	text := func(s string) []core.Part { return []core.Part{{Text: s}} }
	start := core.State{Case: core.Case{ID: "1", Mode: core.ByBot, Epoch: 3}}
	for _, tc := range []struct {
		name string
		evs  []core.Event
		want func(core.State) bool
	}{
		{"slot", []core.Event{{Kind: core.Slot, Key: "k", Parts: text("v")}}, func(s core.State) bool { return s.Slots["k"] == "v" }},
		{"cleared", []core.Event{{Kind: core.Slot, Key: "k", Parts: text("v")}, {Kind: core.Entered, Key: "f", Parts: text("2")}, {Kind: core.Cleared}},
			func(s core.State) bool { return s.Slots == nil && s.Flow == "" && s.Step == "" }},
		{"entered", []core.Event{{Kind: core.Entered, Key: "f", Parts: text("2")}}, func(s core.State) bool { return s.Flow == "f" && s.Step == "2" }},
		{"clarified", []core.Event{{Kind: core.Clarified, Parts: append(text("a"), text("b")...)}}, func(s core.State) bool { return slices.Equal(s.Offered, []string{"a", "b"}) }},
		{"misses add up", []core.Event{{Kind: core.Missed}, {Kind: core.Missed}}, func(s core.State) bool { return s.Misses == 2 }},
		{"an answer forgets them", []core.Event{{Kind: core.Missed}, {Kind: core.Clarified, Parts: text("a")}, {Kind: core.Answered}},
			func(s core.State) bool { return s.Misses == 0 && s.Offered == nil }},
		{"the same again", []core.Event{{Kind: core.Asked, Key: "zh", Parts: text("q")}, {Kind: core.Asked, Parts: text("q")}},
			func(s core.State) bool { return s.Repeats == 1 && s.Lang == "zh" }},
		{"something else", []core.Event{{Kind: core.Asked, Parts: text("q")}, {Kind: core.Asked, Parts: text("q")}, {Kind: core.Asked, Parts: text("r")}},
			func(s core.State) bool { return s.Repeats == 0 && s.Last == "r" }},
		{"handed", []core.Event{{Kind: core.Handed, Mode: core.Waiting, Key: core.ReasonAsked}},
			func(s core.State) bool { return s.Case.Mode == core.Waiting && s.Case.Reason == core.ReasonAsked }},
		{"taken", []core.Event{{Kind: core.Taken, Key: "ann"}}, func(s core.State) bool { return s.Case.Mode == core.ByAgent && s.Case.Owner == "ann" }},
		{"returned", []core.Event{{Kind: core.Missed}, {Kind: core.Taken, Key: "ann"}, {Kind: core.Returned}},
			func(s core.State) bool { return s.Case.Mode == core.ByBot && s.Case.Owner == "" && s.Misses == 0 }},
		{"resolved", []core.Event{{Kind: core.Slot, Key: "k", Parts: text("v")}, {Kind: core.Resolved}},
			func(s core.State) bool { return s.Case.Mode == core.Closed && s.Slots == nil }},
		{"words change nothing", []core.Event{{Role: core.BotRole, Parts: text("hi")}}, func(s core.State) bool { return s.Case == start.Case }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before, err := json.Marshal(start)
			if err != nil {
				t.Fatal(err)
			}
			got := start.Fold(tc.evs...)
			if !tc.want(got) || got.Case.Epoch != 3 {
				t.Errorf("state %+v", got)
			}
			if after, err := json.Marshal(start); err != nil || string(after) != string(before) {
				t.Errorf("the state before was altered: %s, %v", after, err)
			}
		})
	}
}

// The fold survives being stored: what a state knows is in its JSON.
func TestStateJSON(t *testing.T) {
	f := func(misses uint8, slot, value, last string) bool {
		s := core.State{Case: core.Case{ID: "1", Mode: core.Waiting, Reason: "asked", Desk: core.DeskRef{Channel: "d", Room: "r"}},
			Misses: int(misses), Slots: map[string]string{slot: value}, Last: last, Flow: "f", Step: "1", Offered: []string{value}, Lang: "zh"}
		b, err := json.Marshal(s)
		var back core.State
		if err == nil {
			err = json.Unmarshal(b, &back)
		}
		again, err2 := json.Marshal(back)
		return err == nil && err2 == nil && string(again) == string(b)
	}
	if err := quick.Check(f, nil); err != nil {
		t.Error(err)
	}
}

func TestRoles(t *testing.T) {
	order := []core.UserRole{core.RoleViewer, core.RoleAgent, core.RoleEditor, core.RoleAdmin, core.RoleOwner}
	for i, has := range order {
		for j, need := range order {
			if has.May(need) != (i >= j) {
				t.Errorf("%s may %s: %v", has, need, has.May(need))
			}
		}
	}
	if core.UserRole("").May(core.RoleViewer) || core.RoleOwner.May("") || core.UserRole("root").May(core.RoleViewer) {
		t.Error("an unknown role may something")
	}
}

func TestTrace(t *testing.T) {
	turn := core.NewTurn(core.Work{}, time.Now)
	p := core.Pipeline{
		core.NewStage("one", func(_ context.Context, t *core.Turn) error { t.Trace.Add("a", 1); t.Trace.Add("b", "x"); return nil }),
		core.NewStage("two", func(_ context.Context, t *core.Turn) error { t.Trace.Add("c", true); t.Settle("done"); return nil }),
		core.NewStage("three", func(_ context.Context, t *core.Turn) error { return errors.New("it must not run") }),
	}
	if err := p.Run(t.Context(), turn); err != nil {
		t.Fatal(err)
	}
	turn.Intents = []core.Intent{{Name: "greet", Score: .9}}
	var tr core.Trace
	if err := json.Unmarshal(turn.Outcome().Trace, &tr); err != nil {
		t.Fatal(err)
	}
	if len(tr.Steps) != 2 || tr.Steps[0].Stage != "one" || len(tr.Steps[0].Notes) != 2 || tr.Steps[1].Notes[0].Name != "c" || tr.Settled != "done" || tr.Intent != "greet" {
		t.Errorf("trace %+v", tr)
	}
}

func TestErrors(t *testing.T) {
	cause := errors.New("blocked")
	err := fmt.Errorf("send: %w", core.Refused(cause))
	if !core.IsPermanent(err) || !errors.Is(err, cause) || core.IsPermanent(cause) {
		t.Errorf("%v", err)
	}
	var in *core.InputError
	if !errors.As(fmt.Errorf("x: %w", core.Invalid("no %d", 1)), &in) || in.Msg != "no 1" {
		t.Error("an input error is lost in wrapping")
	}
}
