package tool_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/store/mem"
	"frontdesk/core/tool"
)

// counter is a tool of two facts; only order 4711 with phone 8000 fits.
func counter() *scripted {
	o := &scripted{spec: tool.Spec{Name: "order", Identity: tool.Matched, Facts: []string{"order", "phone"},
		Schema: json.RawMessage(`{"type":"object","properties":{"order":{"type":"string"},"phone":{"type":"string"}}}`)}}
	o.do = func(c tool.Call) (tool.Result, error) {
		if c.Args["order"] == "4711" && c.Args["phone"] == "8000" {
			return tool.Result{Values: map[string]string{"state": "on its way"}}, nil
		}
		return tool.Result{}, tool.ErrNoMatch
	}
	return o
}

// guess asks in a conversation at a time, as a new turn.
func guess(t *testing.T, s *tool.Set, conversation, order, phone string, at time.Time) error {
	t.Helper()
	tn := core.NewTurn(core.Work{Turn: core.TurnID{Conversation: core.ConversationID(conversation), Seq: 1}}, func() time.Time { return at })
	_, err := s.Action("order").Call(t.Context(), tn, map[string]string{"order": order, "phone": phone})
	return err
}

var day = time.Unix(1_700_000_000, 0)

func TestTooOften(t *testing.T) {
	s := set(t, mem.NewCalls(), counter())
	for i := range 5 {
		if err := guess(t, s, "x", fmt.Sprint("99", i), "1111", day); !errors.Is(err, tool.ErrNoMatch) {
			t.Fatal(i, err)
		}
	}
	if err := guess(t, s, "x", "4711", "8000", day); !errors.Is(err, tool.ErrTooOften) {
		t.Errorf("the right facts after five wrong ones: %v", err)
	}
	if err := guess(t, s, "y", "4711", "8000", day); err != nil {
		t.Errorf("another conversation: %v", err)
	}
	if err := guess(t, s, "x", "4711", "8000", day.Add(time.Hour)); err != nil {
		t.Errorf("an hour later: %v", err)
	}
}

// A wrong fact and an order that is not there look the same, in word and in
// number of attempts; nor does another spelling of the key begin anew.
func TestExistenceIsNotTold(t *testing.T) {
	for _, orders := range [][]string{{"4711"}, {"9999"}, {"4711", "47-11", " 4711", "４７１１", "#4711"}} {
		s := set(t, mem.NewCalls(), counter())
		var seen []string
		for i := range 12 {
			seen = append(seen, fmt.Sprint(errors.Is(guess(t, s, fmt.Sprint(i/3), orders[i%len(orders)], "1111", day), tool.ErrTooOften)))
		}
		if got, want := strings.Join(seen, " "), strings.Repeat("false ", 10)+"true true"; got != want {
			t.Errorf("%v: %s", orders, got)
		}
	}
}

// The tails of a phone number cannot all be tried, in however many chats.
func TestGuessing(t *testing.T) {
	o := counter()
	s := set(t, mem.NewCalls(), o)
	for i := range 2000 {
		if err := guess(t, s, fmt.Sprint("g", i), "4711", fmt.Sprintf("%04d", i), day); err == nil {
			t.Fatal("a guess was right")
		}
	}
	if len(o.calls) > 10 {
		t.Errorf("%d guesses got through", len(o.calls))
	}
}
