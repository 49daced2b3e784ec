package dialog

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// and cuts where a test says "AND".
func and(text string) []string { return strings.Split(text, " AND ") }

var number3 = regexp.MustCompile(`\b[A-Z]\d+\b`)

// understand is an inner pipeline: it knows orders, intents by a word, and pairs.
func understand(s *Script) core.Pipeline {
	see := core.NewStage("see", func(_ context.Context, t *core.Turn) error {
		for _, m := range number3.FindAllStringIndex(t.Text, -1) {
			v := t.Text[m[0]:m[1]]
			t.Entities = append(t.Entities, core.Entity{Name: "order", Value: v, Text: v, Score: .9, Start: m[0], End: m[1]})
		}
		for word, name := range map[string]string{"vip": "person", "hours": "hours"} {
			if strings.Contains(t.Norm, word) {
				t.Intents = intent(name, .95)
			}
		}
		t.Draft = s.canned(t)
		return nil
	})
	return core.Pipeline{see, s.State(), s.Rule(), s.Flow(), s.Confidence()}
}

// ask runs one message, which may ask for several things.
func several(t *testing.T, s *Script, st core.State, text string) (said []string, after core.State, tn *core.Turn) {
	t.Helper()
	if s.Texts == nil {
		s.Texts = DefaultTexts()
	}
	tn = core.NewTurn(core.Work{State: st, Envelope: core.Envelope{Parts: []core.Part{{Text: text}}}}, time.Now)
	tn.Bot, tn.Lang, tn.Norm = core.BotInfo{Languages: []string{"en"}, Threshold: .5}, "en", nlu.Normalize(text)
	inner := understand(s)
	p := append(core.Pipeline{s.Parts(and, inner)}, inner...)
	if err := p.Run(context.Background(), tn); err != nil {
		t.Fatal(err)
	}
	for _, ev := range tn.Outcome().Events {
		if ev.Visible() {
			said = append(said, ev.Text())
		}
	}
	return said, tn.State(), tn
}

// What one part did is done: it is told, whatever the others mean, and not done
// again at the next word.
func TestPartsThatAct(t *testing.T) {
	for _, text := range []string{"yes AND what is the weather", "what is the weather AND yes"} {
		calls := 0
		s := &Script{Flows: []Flow{{Name: "cancel", Title: Wording{"en": "Cancel"}, Keywords: []string{"cancel it"}, Steps: []Step{
			{ID: "order", Do: Ask, Slot: "order", Entity: "order", Text: say1("Which order?"), Confirm: say1("Cancel {order}?")},
			{Do: Call, Action: "act"}, {Do: Done, Text: say1("{order} is cancelled")},
		}}}}
		s.Actions = map[string]Action{"act": ActionFunc(func(context.Context, *core.Turn, map[string]string) (map[string]string, error) {
			calls++
			return nil, nil
		})}
		var st core.State
		var said []string
		for _, m := range []string{"cancel it", "A1", text} {
			said, st, _ = several(t, s, st, m)
		}
		if !strings.Contains(strings.Join(said, "|"), "A1 is cancelled") || st.Flow != "" || calls != 1 {
			t.Errorf("%s: said %q, flow %q, called %d times", text, said, st.Flow, calls)
		}
		if _, _, _ = several(t, s, st, "yes"); calls != 1 {
			t.Errorf("%s: called again", text)
		}
	}
}

func TestParts(t *testing.T) {
	talks := func() *Script {
		s := shop()
		s.Topics = []Topic{{Name: "hours", Answer: say1("From nine.")}, {Name: "person", Handoff: true}}
		return s
	}
	waits := core.State{Flow: "status", Step: "order"}
	for _, c := range []struct {
		name, text string
		st         core.State
		said       string // the replies, joined by |
		flow       string
		paused     string
		handoff    string
	}{
		{"two answers", "hours AND hours please", core.State{}, "From nine.", "", "", ""},
		{"the question comes last", "send back AND opening hours", core.State{}, "From nine.|Return which?", "return", "", ""},
		{"two flows", "send back AND where is it", core.State{}, "Return which?", "return", "status", ""},
		{"answer first, in a flow", "A1 AND opening hours", waits, "From nine.|You mean A1?\nYes\nNo", "status", "", ""},
		{"answer last, in a flow", "opening hours AND A1", waits, "From nine.|You mean A1?\nYes\nNo", "status", "", ""},
		{"a person", "opening hours AND i am vip", core.State{}, "From nine.", "", "", core.ReasonRule},
		{"one is not understood", "opening hours AND the weather", core.State{}, "From nine.", "", "", ""}, // whole: the intent is seen in it
		{"greeting and one thing", "hello AND where is it", core.State{}, "Which order?", "status", "", ""},
		{"corrections are not cut", "A1, no, I meant A2 AND opening hours", waits, "You mean A2?\nYes\nNo", "status", "", ""},
		{"too many", "hours AND hours AND hours AND hours AND hours", core.State{}, "From nine.", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			said, st, tn := several(t, talks(), c.st, c.text)
			var paused []string
			for _, p := range st.Paused {
				paused = append(paused, p.Flow)
			}
			if strings.Join(said, "|") != c.said || st.Flow != c.flow || strings.Join(paused, " ") != c.paused || tn.Handoff != c.handoff {
				t.Errorf("said %q, flow %q, paused %v, handoff %q", said, st.Flow, paused, tn.Handoff)
			}
			if c.handoff == "" && tn.Settled() == "" {
				t.Error("the turn goes on")
			}
			asked := 0
			for _, ev := range tn.Events() {
				if ev.Kind == core.Asked {
					asked++
				}
			}
			if asked > 1 {
				t.Errorf("%d questions are noted for one message", asked)
			}
		})
	}
}

// Free words that a flow asks for are not cut: they tell a story.
func TestStoriesStayWhole(t *testing.T) {
	s := flowOf(Step{ID: "q", Do: Ask, Slot: "s", Text: say1("What happened?")}, Step{Do: Done, Text: say1("noted: {s}")})
	said, _, _ := several(t, s, core.State{Flow: "f", Step: "q"}, "it fell AND it broke")
	if strings.Join(said, "|") != "noted: it fell AND it broke" {
		t.Errorf("said %q", said)
	}
}

// The second flow of a message is offered when the first has ended, and begins
// at its beginning.
func TestSecondFlowIsOffered(t *testing.T) {
	s := shop()
	_, st, _ := several(t, s, core.State{}, "send back AND where is it")
	k := open(t, s)
	k.st = st
	k.expect("A1", some(order("A1")), "Why?")
	k.expect("broken", nil, "Phone?")
	k.expect("555", some(phone("555")), "Done: A1 a 555", "Shall we go on with “Track”?")
	k.expect("yes", nil, "You mean A1?")
}

// Who asks the same two things again and again is noticed, as with one.
func TestRepeatedParts(t *testing.T) {
	s := shop()
	s.Topics = []Topic{{Name: "hours", Answer: say1("From nine.")}}
	st := core.State{}
	for want := range 3 {
		var tn *core.Turn
		_, st, tn = several(t, s, st, "hours AND opening hours")
		if st.Repeats != want {
			t.Errorf("asked again %d times, want %d", st.Repeats, want)
		}
		if cut := strings.HasPrefix(tn.Settled(), "parts: "); cut != (want < 2) {
			t.Errorf("time %d: %q", want+1, tn.Settled())
		}
	}
}
