package dialog

import (
	"context"
	"strings"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// talk is a conversation with a script, at a time that tests move.
type talk struct {
	t       *testing.T
	s       *Script
	st      core.State
	now     time.Time
	channel string
	lang    string
	last    *core.Turn
}

func open(t *testing.T, s *Script) *talk {
	if s.Texts == nil {
		s.Texts = DefaultTexts()
	}
	return &talk{t: t, s: s, now: time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC), channel: "site", lang: "en", st: core.State{Case: core.Case{Mode: core.ByBot}}}
}

// order is an entity as an extractor gives it.
func order(v string) core.Entity { return core.Entity{Name: "order", Value: v, Text: v, Score: .9} }

func intent(name string, score float64) []core.Intent {
	return []core.Intent{{Name: name, Score: score}}
}

// do runs one turn of these parts and returns what is said.
func (k *talk) do(p core.Part, in []core.Intent, es ...core.Entity) string {
	k.t.Helper()
	tn := core.NewTurn(core.Work{State: k.st, Envelope: core.Envelope{Channel: k.channel, Parts: []core.Part{p}}}, func() time.Time { return k.now })
	tn.Bot = core.BotInfo{Name: "Momo", Languages: []string{"en", "zh"}, Threshold: .5}
	tn.Channel = "web"
	tn.Text = nlu.Words(tn.Work.Envelope.Parts)
	tn.Lang, tn.Norm, tn.Entities, tn.Intents = k.lang, nlu.Normalize(tn.Text), es, in
	for i := range tn.Entities {
		tn.Entities[i].Start = max(0, strings.Index(tn.Text, tn.Entities[i].Text))
	}
	p0 := core.Pipeline{k.s.Receive(), k.s.State(), k.s.Rule(), k.s.Flow(), k.s.Confidence()}
	if err := p0.Run(context.Background(), tn); err != nil {
		k.t.Fatal(err)
	}
	k.last, k.st = tn, tn.State()
	var said []string
	for _, ev := range tn.Outcome().Events {
		if ev.Visible() {
			said = append(said, ev.Text())
		}
	}
	return strings.Join(said, "\n")
}

func (k *talk) say(text string, es ...core.Entity) string {
	k.t.Helper()
	return k.do(core.Part{Text: text}, nil, es...)
}

// expect says text and wants all of wants in the answer.
func (k *talk) expect(text string, es []core.Entity, wants ...string) {
	k.t.Helper()
	got := k.say(text, es...)
	for _, w := range wants {
		if !strings.Contains(got, w) {
			k.t.Errorf("%q is answered %q, want %q", text, got, w)
		}
	}
	if len(wants) == 0 && got != "" {
		k.t.Errorf("%q is answered %q, want silence", text, got)
	}
}

func some(es ...core.Entity) []core.Entity { return es }

// shop is two flows that know an order, one of which asks before it believes.
func shop() *Script {
	return &Script{Flows: []Flow{
		{Name: "status", Title: Wording{"en": "Track"}, Keywords: []string{"where is"}, Intents: []string{"track"}, Steps: []Step{
			{ID: "order", Do: Ask, Slot: "order", Entity: "order", Reuse: 30 * time.Minute, Text: say1("Which order?"), Confirm: say1("You mean {order}?")},
			{Do: Done, Text: say1("{order} is on its way")},
		}},
		{Name: "return", Title: Wording{"en": "Return"}, Keywords: []string{"send back"}, Expires: 20 * time.Minute, Steps: []Step{
			{ID: "order", Do: Ask, Slot: "order", Entity: "order", Reuse: 30 * time.Minute, IfUnsure: true, Text: say1("Return which?"), Confirm: say1("Return {order}?")},
			{ID: "why", Do: Choose, Slot: "why", Text: say1("Why?"), Options: []Option{{Value: "a", Label: say1("broken")}, {Value: "b", Label: say1("ugly")}}},
			{ID: "phone", Do: Ask, Slot: "phone", Entity: "phone", Text: say1("Phone?")},
			{Do: Done, Text: say1("Done: {order} {why} {phone}")},
		}},
	}}
}

func phone(v string) core.Entity { return core.Entity{Name: "phone", Value: v, Text: v, Score: .9} }

func TestConfirmation(t *testing.T) {
	start := func() *talk {
		k := open(t, shop())
		k.expect("where is it", nil, "Which order?")
		k.expect("A1", some(order("A1")), "You mean A1?", "Yes", "No")
		return k
	}
	k := start()
	k.expect("yes", nil, "A1 is on its way")
	k = start()
	k.expect("no", nil, "Which order?")
	if k.st.Slots["order"] != "" {
		t.Errorf("the slot is %q still", k.st.Slots["order"])
	}
	k = start()
	k.expect("no, A2", some(order("A2")), "You mean A2?")
	k.expect("the other one", nil, "You mean A1?")
	k.expect("that's right", nil, "A1 is on its way")
	k = start()
	k.expect("what a day", nil, "You mean A1?") // neither: asked once more
	k.expect("blue sky", nil)                   // and then a person
	if k.last.Handoff != core.ReasonFlow {
		t.Errorf("handoff %q", k.last.Handoff)
	}
	k = start()
	if got := k.do(core.Part{Kind: core.Choice, Text: "No", Value: valueNo}, nil); !strings.Contains(got, "Which order?") {
		t.Errorf("the button says %q", got)
	}
}

func TestTwoOrdersInOneMessage(t *testing.T) {
	k := open(t, shop())
	k.expect("where is it", nil, "Which order?")
	k.expect("A1 or A2", some(order("A1"), order("A2")), "You mean A1?")
	k.expect("no, the other order", nil, "You mean A2?")
	k.expect("yes", nil, "A2 is on its way")
}

func TestCarriedOver(t *testing.T) {
	k := open(t, shop())
	k.expect("where is A1", some(order("A1")), "You mean A1?")
	k.expect("yes", nil, "on its way")
	k.expect("send back", nil, "Return A1?") // taken over, and asked about
	k.expect("yes", nil, "Why?")
	k = open(t, shop())
	k.expect("send back A1", some(order("A1")), "Why?") // given just now: no doubt
	k = open(t, shop())
	k.expect("where is A1", some(order("A1")), "You mean A1?")
	k.expect("yes", nil, "on its way")
	k.now = k.now.Add(31 * time.Minute)
	k.expect("send back", nil, "Return which?") // too old
}

func TestAmendedAfterTheEnd(t *testing.T) {
	k := open(t, shop())
	k.expect("where is A1", some(order("A1")), "You mean A1?")
	k.expect("yes", nil, "A1 is on its way")
	k.expect("no, I meant A2", some(order("A2")), "changed that to A2", "A2 is on its way")
	k.expect("no, the other order", nil, "A1 is on its way")
	k.now = k.now.Add(11 * time.Minute)
	if got := k.say("no, I meant A3", order("A3")); strings.Contains(got, "A3") {
		t.Errorf("corrected long after: %q", got)
	}
}

func TestInterruptionAndReturn(t *testing.T) {
	begin := func() *talk {
		k := open(t, shop())
		k.expect("send back A1", some(order("A1")), "Why?")
		k.expect("where is A2", some(order("A2")), "You mean A2?")
		if len(k.st.Paused) != 1 || k.st.Flow != "status" {
			t.Fatalf("state %+v", k.st)
		}
		k.expect("yes", nil, "A2 is on its way", "Shall we go on with “Return”?", "Yes", "No")
		return k
	}
	k := begin()
	k.expect("ok", nil, "Back to where we were", "Why?")
	k.expect("broken", nil, "Phone?")
	k.expect("555", some(phone("555")), "Done: A1 a 555") // its own order, not the other's
	if len(k.st.Paused) != 0 || k.st.Flow != "" {
		t.Errorf("state %+v", k.st)
	}
	k = begin()
	k.expect("no thanks", nil, "we leave that")
	k.expect("go on", nil, "found nothing")
	k = begin()
	k.expect("what a day", nil, "found nothing") // something else is asked
	k.expect("let's go on with the return", nil, "Why?")
	k = begin()
	k.now = k.now.Add(21 * time.Minute)
	k.expect("go on", nil, "found nothing") // it waited too long
	if len(k.st.Paused) != 0 {
		t.Error("an old flow is kept")
	}
}

// A flow that was interrupted while it waits for a value goes on with it.
func TestReturnByAnswering(t *testing.T) {
	k := open(t, shop())
	k.expect("send back A1", some(order("A1")), "Why?")
	k.expect("broken", nil, "Phone?")
	k.expect("where is A2", some(order("A2")), "You mean A2?")
	k.expect("yes", nil, "Shall we go on")
	k.expect("555", some(phone("555")), "Done: A1 a 555")
}

func TestCancelledGoesBack(t *testing.T) {
	k := open(t, shop())
	k.expect("send back A1", some(order("A1")), "Why?")
	k.expect("where is it", nil, "You mean A1?")
	k.expect("no", nil, "Which order?")
	k.expect("cancel", nil, "cancelled", "Shall we go on with “Return”?")
	k.expect("yes", nil, "Why?")
}

func TestFlowExpires(t *testing.T) {
	k := open(t, shop())
	k.expect("send back A1", some(order("A1")), "Why?")
	k.now = k.now.Add(21 * time.Minute)
	k.expect("broken", nil, "found nothing")
	if k.st.Flow != "" || len(k.st.Slots) != 0 {
		t.Errorf("state %+v", k.st)
	}
	k = open(t, shop())
	k.expect("send back A1", some(order("A1")), "Why?")
	k.expect("broken", nil, "Phone?")
	k.now = k.now.Add(3 * time.Hour)
	k.expect("555", some(phone("555")), "Done: A1 a 555") // what is surely an answer still counts
	k = open(t, shop())
	k.expect("send back A1", some(order("A1")), "Why?")
	k.now = k.now.Add(19 * time.Minute)
	k.expect("broken", nil, "Phone?")
}

func TestSlotExpires(t *testing.T) {
	s := shop()
	s.Flows[1].Expires = 48 * time.Hour
	s.Flows[1].Steps[0].Expires = time.Hour
	s.Flows[0].Steps[0].Expires = time.Hour
	k := open(t, s)
	k.expect("send back A1", some(order("A1")), "Why?")
	k.now = k.now.Add(61 * time.Minute)
	k.expect("broken", nil, "Phone?")
	if k.st.Slots["order"] != "" || k.st.Slots["why"] != "a" {
		t.Errorf("slots %v", k.st.Slots)
	}
}
