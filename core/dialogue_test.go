package core

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"
)

func words(s string) []Part { return []Part{{Text: s}} }

func TestDialogue(t *testing.T) {
	at := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	s := State{}.Fold(
		Event{Kind: Entered, Key: "return", Parts: words("why"), At: at},
		Event{Kind: Slot, Key: "order", Parts: words("A1"), At: at},
		Event{Kind: Slot, Key: "order", Parts: words("A2"), At: at.Add(time.Minute)},
		Event{Kind: Doubted, Key: "order"}, Event{Kind: Doubted, Key: "order"},
	)
	if s.Slots["order"] != "A2" || s.Before["order"] != "A1" || !s.SlotAt["order"].Equal(at.Add(time.Minute)) || len(s.Unsure) != 1 || !s.FlowAt.Equal(at) {
		t.Fatalf("%+v", s)
	}
	sure := s.Apply(Event{Kind: Slot, Key: "order", Parts: words("A2")})
	if len(sure.Unsure) != 0 || sure.Before["order"] != "A1" || len(s.Unsure) != 1 {
		t.Errorf("said again, it is sure: %+v", sure)
	}
	empty := s.Apply(Event{Kind: Slot, Key: "order"})
	if _, ok := empty.Slots["order"]; ok || empty.Before["order"] != "A2" || s.Slots["order"] != "A2" {
		t.Errorf("emptied: %+v, before %+v", empty, s)
	}
	p := s.Apply(Event{Kind: Paused, Key: "return", Parts: words("why"), At: at})
	if p.Flow != "" || p.Slots != nil || len(p.Paused) != 1 || p.Paused[0].Slots["order"] != "A2" {
		t.Errorf("paused: %+v", p)
	}
	other := p.Fold(Event{Kind: Entered, Key: "status", Parts: words("1")}, Event{Kind: Slot, Key: "order", Parts: words("B9")}, Event{Kind: Entered, At: at}, Event{Kind: Offering, Key: "return"})
	if other.Ended != "status" || !other.GoOn {
		t.Errorf("the other ended: %+v", other)
	}
	back := other.Apply(Event{Kind: Resumed, At: at.Add(time.Hour)})
	if back.Flow != "return" || back.Step != "why" || back.Slots["order"] != "A2" || back.GoOn || len(back.Paused) != 0 || !back.SlotAt["order"].Equal(at.Add(time.Hour)) {
		t.Errorf("resumed: %+v", back)
	}
	gone := other.Apply(Event{Kind: Abandoned})
	if gone.Flow != "" || len(gone.Paused) != 0 || gone.GoOn || len(other.Paused) != 1 {
		t.Errorf("abandoned: %+v", gone)
	}
	if none := (State{}).Apply(Event{Kind: Resumed}); !reflect.DeepEqual(none, State{}) {
		t.Errorf("nothing to resume: %+v", none)
	}
	later := s.Apply(Event{Kind: Paused, Key: "invoice"})
	if later.Flow != "return" || later.Slots["order"] != "A2" || len(later.Paused) != 1 {
		t.Errorf("a flow that has not begun: %+v", later)
	}
	b, err := json.Marshal(back)
	var read State
	if err != nil || json.Unmarshal(b, &read) != nil || !reflect.DeepEqual(read.Slots, back.Slots) || !read.FlowAt.Equal(back.FlowAt) {
		t.Errorf("%s, %v", b, err)
	}
}

// What a dialogue keeps is bounded, and ends with its case.
func TestDialogueBounds(t *testing.T) {
	s := State{}
	for i := range 2 * maxTags {
		s = s.Fold(Event{Kind: Tagged, Key: fmt.Sprint("t", i)}, Event{Kind: Tagged, Key: "t0"}, Event{Kind: Paused, Key: fmt.Sprint("f", i)})
	}
	if len(s.Tags) != maxTags || len(s.Paused) != maxPaused || s.Paused[maxPaused-1].Flow != fmt.Sprint("f", 2*maxTags-1) {
		t.Errorf("%d tags, paused %v", len(s.Tags), s.Paused)
	}
	held := s.Apply(Event{Kind: Handed, Mode: Waiting, Key: "asked"})
	if len(held.Paused) != 0 || len(held.Tags) != maxTags {
		t.Errorf("handed over: paused %v, %d tags", held.Paused, len(held.Tags))
	}
	if done := s.Apply(Event{Kind: Resolved}); !reflect.DeepEqual(done.Dialogue, Dialogue{}) || done.Slots != nil {
		t.Errorf("resolved: %+v", done)
	}
	d := Dialogue{Tags: []string{"vip", OnceTag("night")}}
	if got := d.Labels(); len(got) != 1 || got[0] != "vip" || len(d.Tags) != 2 {
		t.Errorf("labels %v of %v", got, d.Tags)
	}
}
