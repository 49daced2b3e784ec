package dialog

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

type library struct {
	ps  []core.Passage
	err error
	q   core.Query
}

func (l *library) Retrieve(_ context.Context, q core.Query) ([]core.Passage, error) {
	l.q = q
	return l.ps, l.err
}

type writer struct {
	d     *core.Draft
	err   error
	calls int
}

func (w *writer) Generate(context.Context, *core.Turn) (*core.Draft, error) {
	w.calls++
	return w.d, w.err
}

func draft(text string, score float64) *core.Draft {
	return &core.Draft{Parts: []core.Part{{Text: text}}, Score: score, By: "extract", Citations: []core.Citation{{Doc: "d", Page: 2}}}
}

func TestAnswerAndDecide(t *testing.T) {
	faq := core.Passage{Doc: "faq.csv", Question: "What is x?", Text: "X is y.", Score: .8}
	page := core.Passage{Doc: "m.pdf", Page: 2, Text: "Long text.", Score: .7}
	weak := core.Passage{Doc: "faq.csv", Question: "What is z?", Text: "Z.", Score: .3}
	for _, c := range []struct {
		name    string
		ps      []core.Passage
		w       *writer
		intents []core.Intent
		misses  int
		offered []string
		said    string
		verdict core.Verdict
		handoff string
		calls   int
	}{
		{name: "a written answer", ps: []core.Passage{faq}, said: "X is y.", verdict: core.VerdictAnswered},
		{name: "the generator chooses", ps: []core.Passage{faq}, w: &writer{d: draft("no", .9)}, said: "no", verdict: core.VerdictAnswered, calls: 1},
		{name: "a sure intent needs no generator", ps: []core.Passage{page}, w: &writer{d: draft("no", .9)}, intents: []core.Intent{{Name: "hours", Score: .9}}, said: "Nine to five", verdict: core.VerdictAnswered},
		{name: "facts without a passage", w: &writer{d: draft("fact", .9)}, said: "fact", verdict: core.VerdictAnswered, calls: 1},
		{name: "a generated answer", ps: []core.Passage{page}, w: &writer{d: draft("short", .8)}, said: "short", verdict: core.VerdictAnswered, calls: 1},
		{name: "an unsupported one", ps: []core.Passage{page}, w: &writer{d: draft("short", .1)}, said: "Sorry", verdict: core.VerdictAbstained, calls: 1},
		{name: "no generator", ps: []core.Passage{page}, said: "Sorry", verdict: core.VerdictAbstained},
		{name: "the generator has none", ps: []core.Passage{page}, w: &writer{}, said: "Sorry", verdict: core.VerdictAbstained, calls: 1},
		{name: "the generator fails", ps: []core.Passage{page}, w: &writer{err: errors.New("model gone")}, said: "Sorry", verdict: core.VerdictAbstained, calls: 1},
		{name: "an intent's answer", intents: []core.Intent{{Name: "hours", Score: .9}}, said: "Nine to five", verdict: core.VerdictAnswered},
		{name: "the surer one", ps: []core.Passage{faq}, intents: []core.Intent{{Name: "hours", Score: .6}}, said: "X is y.", verdict: core.VerdictAnswered},
		{name: "a reading", ps: []core.Passage{weak}, said: "Just to be sure, do you mean:\nWhat is z?\nNone of these", verdict: core.VerdictClarified},
		{name: "readings", ps: []core.Passage{weak}, intents: []core.Intent{{Name: "hours", Score: .4}}, said: "do you mean:\nOpening hours\nWhat is z?\n", verdict: core.VerdictClarified},
		{name: "an unlikely reading", ps: []core.Passage{{Question: "What is z?", Score: .19}}, said: "Sorry", verdict: core.VerdictAbstained},
		{name: "far behind the best", ps: []core.Passage{{Question: "What is z?", Score: .49}, {Question: "What is q?", Score: .21}, {Question: "What is r?", Score: .19}}, said: "do you mean:\nWhat is z?\nWhat is q?\nNone", verdict: core.VerdictClarified},
		{name: "an intent that leads nowhere", intents: []core.Intent{{Name: "mute", Score: .9}}, said: "Sorry", verdict: core.VerdictAbstained},
		{name: "asked back before", ps: []core.Passage{weak}, misses: 1, offered: []string{"pick:1\tWhat is z?"}, handoff: core.ReasonUnsure},
		{name: "the second unknown question", misses: 1, said: "Sorry", verdict: core.VerdictAbstained},
		{name: "the third", misses: 2, handoff: core.ReasonUnsure},
		{name: "nothing at all", said: "Sorry", verdict: core.VerdictAbstained},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &Script{Texts: DefaultTexts(), Topics: []Topic{{Name: "hours", Title: say1("Opening hours"), Answer: say1("Nine to five")}, {Name: "mute", Title: say1("Mute")}}}
			tn := core.NewTurn(core.Work{State: core.State{Misses: c.misses, Offered: c.offered}, Envelope: core.Envelope{Parts: []core.Part{{Text: "what of it"}}}}, time.Now)
			tn.Bot = core.BotInfo{Languages: []string{"en"}, Threshold: .5}
			tn.Lang, tn.Norm, tn.Intents = "en", "what of it", c.intents
			var g core.Generator
			if c.w != nil {
				g = c.w
			}
			p := core.Pipeline{s.State(), s.Flow(), s.Knowledge(&library{ps: c.ps}), s.Answer(g), s.Confidence()}
			if err := p.Run(context.Background(), tn); err != nil {
				t.Fatal(err)
			}
			var last core.Event
			for _, ev := range tn.Outcome().Events {
				if ev.Visible() {
					last = ev
				}
			}
			if !strings.Contains(last.Text(), c.said) || last.Verdict != c.verdict || tn.Handoff != c.handoff {
				t.Errorf("said %q (%s), handoff %q", last.Text(), last.Verdict, tn.Handoff)
			}
			if c.verdict != "" && last.Score == nil {
				t.Error("no score")
			}
			if c.w != nil && c.w.calls != c.calls {
				t.Errorf("the generator was asked %d times, want %d", c.w.calls, c.calls)
			}
			if st := tn.State(); (c.verdict == core.VerdictAnswered) != (st.Misses == 0) {
				t.Errorf("misses %d", st.Misses)
			}
		})
	}
}

// Which one is meant is asked with choices; the one picked is asked what was
// asked before.
func TestAskingWhich(t *testing.T) {
	s := &Script{Texts: DefaultTexts()}
	turn := func(st core.State, parts ...core.Part) (*core.Turn, core.State) {
		tn := core.NewTurn(core.Work{State: st, Envelope: core.Envelope{Parts: parts}}, time.Now)
		tn.Bot = core.BotInfo{Languages: []string{"en"}, Threshold: .5}
		tn.Lang, tn.Norm = "en", nlu.Normalize(tn.Text)
		w := &writer{d: &core.Draft{Score: .9, Asks: true, By: "graph", Parts: []core.Part{{Text: "Which?"}, {Kind: core.Choice, Text: "A3"}, {Kind: core.Choice, Text: "B4"}}}}
		p := core.Pipeline{s.State(), s.Flow(), s.Knowledge(&library{}), s.Answer(w), s.Confidence()}
		if err := p.Run(t.Context(), tn); err != nil {
			t.Fatal(err)
		}
		return tn, st.Fold(tn.Events()...)
	}
	_, st := turn(core.State{}, core.Part{Text: "how wide is the lamp"})
	if len(st.Offered) != 2 || st.Misses != 1 || st.Last != "how wide is the lamp" {
		t.Fatalf("%+v", st)
	}
	for _, answer := range []core.Part{{Kind: core.Choice, Text: "B4", Value: "pick:2"}, {Text: "2"}, {Text: "B4"}} {
		if tn, after := turn(st, answer); tn.Text != "B4" || after.Last != st.Last {
			t.Errorf("%+v asks %q after %q", answer, tn.Text, after.Last)
		}
	}
}

func TestKnowledgeFails(t *testing.T) {
	s := &Script{Texts: DefaultTexts()}
	tn := core.NewTurn(core.Work{}, time.Now)
	tn.Norm = "question"
	if err := s.Knowledge(&library{err: errors.New("index gone")}).Run(context.Background(), tn); err != nil || tn.Passages != nil {
		t.Errorf("a failing index ends the turn: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Knowledge(&library{err: context.Canceled}).Run(ctx, tn); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	tn.Passages, tn.Bot.Threshold = []core.Passage{{Text: "x"}}, .5
	if err := s.Answer(&writer{err: context.Canceled}).Run(ctx, tn); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}

func TestQueries(t *testing.T) {
	for _, c := range []struct{ last, text, handoff, want string }{
		{"", "What about Canada?", "", "What about Canada?"},
		{"do you ship to france", "What about Canada?", "", "do you ship to canada"},
		{"发货要几天", "那退货呢？", "", "发货要几天 那退货呢？"},
		{"发货要几天", "保修期多长", "", "保修期多长"},
		{"what about canada", "What about Canada?", "", "What about Canada?"},
		{"x", "转人工", core.ReasonAsked, ""},
		{"x", "气死我了 包邮吗", core.ReasonAngry, "气死我了 包邮吗"},
		{"x", "?!", "", ""},
	} {
		l := &library{}
		tn := core.NewTurn(core.Work{State: core.State{Last: c.last}, Envelope: core.Envelope{Workspace: "w", Parts: []core.Part{{Text: c.text}}}}, time.Now)
		tn.Bot.ID, tn.Lang, tn.Norm, tn.Handoff = "shop", "en", nlu.Normalize(c.text), c.handoff
		if err := (&Script{}).Knowledge(l).Run(context.Background(), tn); err != nil {
			t.Fatal(err)
		}
		if l.q.Text != c.want || c.want != "" && (l.q.Bot != "shop" || l.q.Workspace != "w" || l.q.Lang != "en" || l.q.Limit != passagesWanted) {
			t.Errorf("%q after %q asks %+v, want %q", c.text, c.last, l.q, c.want)
		}
	}
}

func TestPickedQuestion(t *testing.T) {
	st := core.State{Misses: 1}.Fold(core.Event{Kind: core.Clarified, Parts: []core.Part{{Text: "pick:1\tWhat is z?"}, {Text: "none\tNone of these"}}})
	for _, p := range []core.Part{{Text: "1"}, {Text: "what is Z"}, {Kind: core.Choice, Text: "What is z?", Value: "pick:1"}} {
		tn := core.NewTurn(core.Work{State: st, Envelope: core.Envelope{Parts: []core.Part{p}}}, time.Now)
		tn.Norm = nlu.Normalize(tn.Text)
		if err := (&Script{Texts: DefaultTexts()}).State().Run(context.Background(), tn); err != nil || tn.Text != "What is z?" || tn.Norm != "what is z?" {
			t.Errorf("%+v: text %q, norm %q, %v", p, tn.Text, tn.Norm, err)
		}
	}
	// A button of long ago, when other readings were offered.
	tn := core.NewTurn(core.Work{Envelope: core.Envelope{Parts: []core.Part{{Kind: core.Choice, Text: "What is z?", Value: "pick:1"}}}}, time.Now)
	tn.Norm = nlu.Normalize(tn.Text)
	if err := (&Script{Texts: DefaultTexts()}).State().Run(context.Background(), tn); err != nil || tn.Text != "What is z?" {
		t.Errorf("text %q, %v", tn.Text, err)
	}
}
