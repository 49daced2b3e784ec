package engine_test

import (
	"context"
	"testing"
	"time"

	"frontdesk/core"
)

// A person who has the case reads what the customer writes, even if the bot
// fails or is there no more.
func TestHeldCaseWithoutBot(t *testing.T) {
	shown := make(chan core.DeskPost, 10)
	s := &sink{got: map[core.ConversationID][]string{}}
	l, e, stop := start(t, s, core.Pipeline{core.NewStage("hand", func(_ context.Context, t *core.Turn) error {
		if t.State().Case.Mode.Held() {
			panic("bug")
		}
		t.Bot.Desk = core.DeskRef{Channel: "desk", Room: "r"}
		t.Note(core.Event{Kind: core.Handed, Mode: core.Waiting})
		t.Tell(core.DeskPost{Action: core.DeskOpen})
		return nil
	})})
	defer stop()
	e.Send = func(_ context.Context, r core.Reply) (string, error) {
		if r.Desk != nil {
			shown <- *r.Desk
		}
		return "1.5", nil
	}
	e.Tries = 2
	for _, text := range []string{"a person!", "are you there?"} {
		if said, err := l.Await(t.Context(), accept(t, l, "a", text, text)); err != nil || len(said) != 0 {
			t.Fatalf("said %+v, %v", said, err)
		}
		if _, err := l.Accept(t.Context(), core.Envelope{Bot: "b", Channel: "web", Native: "signal after " + text, Conversation: "a",
			Parts: []core.Part{{Kind: core.Signal, Value: core.SignalView}}}); err != nil { // nobody said that
			t.Fatal(err)
		}
	}
	for _, want := range []core.DeskAction{core.DeskOpen, core.DeskSay} {
		select {
		case p := <-shown:
			if p.Action != want {
				t.Fatalf("%s, want %s", p.Action, want)
			}
			if want == core.DeskSay && (core.JoinText(p.Parts) != "are you there?" || p.Role != core.Customer || p.Ref.Thread != "1.5") {
				t.Fatalf("post %+v", p)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("no %s", want)
		}
	}
}
