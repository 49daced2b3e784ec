package telegram

import (
	"slices"
	"strings"
	"testing"

	sim "frontdesk/channels/sim/telegram"
	"frontdesk/core"
)

// A draft grows in one message, and becomes the answer; what is longer follows.
func TestDraftBecomesTheAnswer(t *testing.T) {
	b, home, _ := sender(t, sim.Options{})
	r := core.Reply{Address: "11", Event: core.Event{Role: core.BotRole}}
	native := ""
	for _, text := range []string{"Returns", "Returns take **5", "Returns take **5 days** <"} {
		var err error
		if native, err = b.ch.Draft(t.Context(), r, native, text); err != nil {
			t.Fatal(err)
		}
		if got, want := b.seen(home), []string{"hi", "> " + text + more}; !slices.Equal(got, want) {
			t.Errorf("seen %q, want %q", got, want)
		}
	}
	r.Draft = native
	r.Event.Parts = []core.Part{{Text: "Returns take **5 days**.\n" + strings.Repeat("word ", 900)}, {Kind: core.Choice, Text: "Yes"}}
	got, err := b.ch.Send(t.Context(), r)
	all := b.sim.Transcript(home)
	if err != nil || len(all) != 3 || !strings.HasPrefix(all[1].Text, "Returns take 5 days.") || !all[1].Edited || got == native || len(all[2].Buttons) != 1 {
		t.Errorf("%q %v: %+v", got, err, all)
	}
}

// A draft that is taken back leaves nothing; one whose message cannot be changed
// any more is sent as a message of its own.
func TestDraftThatCannotBecomeTheAnswer(t *testing.T) {
	b, home, _ := sender(t, sim.Options{})
	r := core.Reply{Address: "11", Event: core.Event{Role: core.BotRole}}
	native, err := b.ch.Draft(t.Context(), r, "", "Half")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.ch.Draft(t.Context(), r, native, ""); err != nil {
		t.Fatal(err)
	}
	if got := b.seen(home); !slices.Equal(got, []string{"hi"}) {
		t.Errorf("seen %q", got)
	}
	r.Draft, r.Event.Parts = native, []core.Part{{Text: "Whole"}}
	got, err := b.ch.Send(t.Context(), r)
	if seen := b.seen(home); err != nil || got == native || !slices.Equal(seen, []string{"hi", "> Whole"}) {
		t.Errorf("%q %v, seen %q", got, err, seen)
	}
	secretless(t, b.Log.String())
}

// An answer that is the same as its draft's message needs no change.
func TestDraftIsTheAnswerAlready(t *testing.T) {
	b, home, _ := sender(t, sim.Options{})
	r := core.Reply{Address: "11", Event: core.Event{Role: core.BotRole, Parts: []core.Part{{Text: "Same" + more}}}}
	native, err := b.ch.Draft(t.Context(), r, "", "Same")
	if err != nil {
		t.Fatal(err)
	}
	r.Draft = native
	if got, err := b.ch.Send(t.Context(), r); err != nil || got != native || len(b.sim.Transcript(home)) != 2 {
		t.Errorf("%q %v", got, err)
	}
	b.sim.Fail("editMessageText", sim.Fault{Status: 429, RetryAfter: 5})
	if _, err := b.ch.Draft(t.Context(), r, native, "More"); err == nil {
		t.Error("a refusal is no error")
	}
}
