package core

import (
	"context"
	"slices"
	"testing"
	"time"
)

func TestRewrite(t *testing.T) {
	turn := NewTurn(Work{}, time.Now)
	turn.Note(Event{Kind: Slot, Key: "k", Parts: []Part{{Text: "v"}}})
	turn.Say(Part{Text: "one"})
	turn.Note(Event{Role: Agent, Parts: []Part{{Text: "a person"}}})
	turn.Say(Part{Text: "two"})
	turn.Rewrite(func(ev Event) (Event, bool) {
		ev.Parts = []Part{{Text: ev.Text() + "!"}}
		return ev, ev.Text() != "two!"
	})
	var got []string
	for _, ev := range turn.Events() {
		got = append(got, ev.Text())
	}
	if want := []string{"v", "one!", "a person"}; !slices.Equal(got, want) {
		t.Errorf("events %q, want %q", got, want)
	}
}

// A stage made by Always runs after the turn is settled, and may open it again.
func TestAlways(t *testing.T) {
	var ran []string
	stage := func(name string, do func(*Turn)) Stage {
		return NewStage(name, func(_ context.Context, turn *Turn) error {
			ran = append(ran, name)
			do(turn)
			return nil
		})
	}
	nothing := func(*Turn) {}
	p := Pipeline{stage("a", func(t *Turn) { t.Settle("done") }), stage("b", nothing), Always(stage("c", nothing)),
		Always(stage("d", func(t *Turn) { t.Settle("") })), stage("e", nothing)}
	if err := p.Run(t.Context(), NewTurn(Work{}, time.Now)); err != nil {
		t.Fatal(err)
	}
	if want := []string{"a", "c", "d", "e"}; !slices.Equal(ran, want) {
		t.Errorf("ran %q, want %q", ran, want)
	}
}
