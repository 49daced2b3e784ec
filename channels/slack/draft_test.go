package slack_test

import (
	"strings"
	"testing"

	sim "frontdesk/channels/sim/slack"
	"frontdesk/core"
)

// A draft grows in one message, and becomes the answer with its buttons.
func TestDraftBecomesTheAnswer(t *testing.T) {
	r := newRig(t, sim.Options{}, nil)
	do(t)(r.As("U1").DM("hi"))
	rep, native := core.Reply{Address: "D1", Event: core.Event{Role: core.BotRole}}, ""
	for _, text := range []string{"Returns", "Returns take **5 <days"} {
		var err error
		if native, err = r.ch.Draft(t.Context(), rep, native, text); err != nil {
			t.Fatal(err)
		}
		_, ts, _ := strings.Cut(native, "/")
		if m := r.message("D1", ts); m.Text != text+" …" {
			t.Errorf("%+v", m)
		}
	}
	rep.Draft, rep.Event = native, core.Event{Role: core.BotRole, Parts: []core.Part{{Text: "Returns take **5 days**."}, {Kind: core.Choice, Text: "Yes"}}}
	got, err := r.ch.Send(t.Context(), rep)
	_, ts, _ := strings.Cut(native, "/")
	if m := r.message("D1", ts); err != nil || got != native || m.Text != "Returns take 5 days." || len(r.Transcript("D1")) != 2 {
		t.Errorf("%q %v %+v", got, err, m)
	}
	r.idle()
}

// A draft that is taken back leaves nothing, and its answer is a message of its
// own.
func TestDraftTakenBack(t *testing.T) {
	r := newRig(t, sim.Options{}, nil)
	do(t)(r.As("U1").DM("hi"))
	rep := core.Reply{Address: "D1", Event: says("Whole")}
	native, err := r.ch.Draft(t.Context(), rep, "", "Half")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.ch.Draft(t.Context(), rep, native, ""); err != nil || len(r.Transcript("D1")) != 1 {
		t.Fatal(err, r.Transcript("D1"))
	}
	rep.Draft = native
	if got, err := r.ch.Send(t.Context(), rep); err != nil || got == native || len(r.Transcript("D1")) != 2 {
		t.Errorf("%q %v %+v", got, err, r.Transcript("D1"))
	}
	r.idle()
}
