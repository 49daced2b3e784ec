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

// model is a language model that says what it was asked.
type model struct{ fails bool }

func (m model) Prompt(_ context.Context, _ *core.Turn, name string, values map[string]string) (map[string]string, error) {
	if m.fails {
		return nil, errors.New("away")
	}
	return map[string]string{"text": name + " of " + values["x"], "mood": "fine"}, nil
}

func (model) Vars(name string) (all, required []string, ok bool) {
	return []string{"x", "y"}, []string{"x"}, name == "p"
}

// shelf finds one passage for questions about parcels.
type shelf struct{ fails bool }

func (s shelf) Retrieve(_ context.Context, q core.Query) ([]core.Passage, error) {
	switch {
	case s.fails:
		return nil, errors.New("away")
	case strings.Contains(q.Text, "parcel"):
		return []core.Passage{{Doc: "d.md", Text: "not a pair", Score: .95}, {Doc: "faq.csv", Question: "where are parcels", Text: "In the shed.", Score: .9}}, nil
	}
	return nil, nil
}

func TestStepsThatFetch(t *testing.T) {
	say := func(s string) Step { return Step{Do: Done, Text: say1(s)} }
	for _, c := range []struct {
		name    string
		step    Step
		s       Script
		said    string
		handoff string
	}{
		{"set", Step{Do: Set, Set: map[string]string{"b": "{a}!", "a": "2"}}, Script{}, "2 1!", ""},
		{"call with and save", Step{Do: Call, Action: "act", With: map[string]string{"n": "<{a}>"}, Save: map[string]string{"b": "out"}}, Script{}, "1 n=<1>", ""},
		{"call without", Step{Do: Call, Action: "slots"}, Script{}, "1 1", ""},
		{"prompt says", Step{Do: Prompt, Prompt: "p", With: map[string]string{"x": "{a}"}}, Script{Prompter: model{}}, "p of 1\n1 ", ""},
		{"prompt saves", Step{Do: Prompt, Prompt: "p", With: map[string]string{"x": "1"}, Save: map[string]string{"b": "mood"}}, Script{Prompter: model{}}, "1 fine", ""},
		{"prompt fails", Step{Do: Prompt, Prompt: "p", OnError: "end"}, Script{Prompter: model{fails: true}}, "sorry", ""},
		{"prompt without a model", Step{Do: Prompt, Prompt: "p"}, Script{}, "", core.ReasonFlow},
		{"prompt where people approve", Step{Do: Prompt, Prompt: "p", OnError: "end"}, Script{Prompter: model{}, Approved: true}, "sorry", ""},
		{"answer", Step{Do: Answer, Question: say1("where is the parcel {a}?")}, Script{Retriever: Pairs(shelf{})}, "In the shed.\n1 ", ""},
		{"answer to nothing", Step{Do: Answer, Question: say1("what?"), OnError: "end"}, Script{Retriever: Pairs(shelf{})}, "sorry", ""},
		{"answer fails", Step{Do: Answer, Question: say1("parcel"), OnError: "end"}, Script{Retriever: shelf{fails: true}}, "sorry", ""},
		{"if", Step{Do: If, When: Condition{"a": {"1"}}, Next: "end"}, Script{}, "sorry", ""},
		{"if not", Step{Do: If, When: Condition{"a": {"2"}}, Next: "end"}, Script{}, "1 ", ""},
		{"if else", Step{Do: If, When: Condition{"a": {"2"}}, Else: "end"}, Script{}, "sorry", ""},
		{"jump", Step{Do: Jump, Next: "end"}, Script{}, "sorry", ""},
		{"jump to another flow keeps slots", Step{Do: Jump, Flow: "g"}, Script{}, "other 1", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := c.s
			s.Flows = []Flow{
				{Name: "f", Keywords: []string{"go"}, Steps: []Step{{Do: Set, Set: map[string]string{"a": "1"}}, c.step, say("{a} {b}"), {ID: "end", Do: Done, Text: say1("sorry")}}},
				{Name: "g", Steps: []Step{say("other {a}")}},
			}
			s.Actions = map[string]Action{
				"act": ActionFunc(func(_ context.Context, _ *core.Turn, in map[string]string) (map[string]string, error) {
					return map[string]string{"out": "n=" + in["n"], "more": "x"}, nil
				}),
				"slots": ActionFunc(func(_ context.Context, _ *core.Turn, in map[string]string) (map[string]string, error) {
					return map[string]string{"b": in["a"]}, nil
				}),
			}
			k := open(t, &s)
			got := k.say("go")
			if got != c.said || k.last.Handoff != c.handoff {
				t.Errorf("said %q, handoff %q", got, k.last.Handoff)
			}
		})
	}
}

func TestAnswerStepCites(t *testing.T) {
	s := flowOf(Step{Do: Answer, Question: say1("the parcel")}, Step{Do: Done})
	s.Retriever = Pairs(shelf{})
	k := open(t, s)
	k.say("go")
	for _, ev := range k.last.Events() {
		if ev.Kind == core.Said && (len(ev.Citations) != 1 || ev.Citations[0].Doc != "faq.csv" || ev.Score == nil || *ev.Score != .9) {
			t.Errorf("said %+v", ev)
		}
	}
	if k.last.Text != "go" || k.last.Passages != nil {
		t.Errorf("the turn was altered: %q, %v", k.last.Text, k.last.Passages)
	}
}

// A step that waits too long fails, and the customer is not kept waiting.
func TestStepTimesOut(t *testing.T) {
	s := flowOf(Step{Do: Call, Action: "act", Timeout: time.Millisecond, OnError: "end"}, Step{Do: Done, Text: say1("never")}, Step{ID: "end", Do: Done, Text: say1("slow")})
	s.Actions = map[string]Action{"act": ActionFunc(func(ctx context.Context, _ *core.Turn, _ map[string]string) (map[string]string, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})}
	if got := open(t, s).say("go"); got != "slow" {
		t.Errorf("said %q", got)
	}
}

// rewriter says what a model would.
type rewriter struct {
	says string
	err  error
}

func (r rewriter) Rewrite(context.Context, *core.Turn, string, string) (string, error) {
	return r.says, r.err
}

func TestRewriter(t *testing.T) {
	for _, c := range []struct {
		name, last, text string
		r                Rewriter
		want             string
	}{
		{"rules come first", "do you ship to france", "and to canada?", rewriter{says: "never"}, "do you ship to canada"},
		{"a model", "发货要几天", "那退货呢？", rewriter{says: "退货要几天"}, "退货要几天"},
		{"a model fails", "发货要几天", "那退货呢？", rewriter{err: errors.New("away")}, "发货要几天 那退货呢？"},
		{"a model explains itself", "发货要几天", "那退货呢？", rewriter{says: "好的，" + strings.Repeat("完整的问题", 20)}, "发货要几天 那退货呢？"},
		{"a model says nothing", "发货要几天", "那退货呢？", rewriter{says: " "}, "发货要几天 那退货呢？"},
		{"nothing to lean on", "", "那退货呢？", rewriter{says: "never"}, "那退货呢？"},
		{"whole already", "发货要几天", "保修期多长", rewriter{says: "never"}, "保修期多长"},
	} {
		tn := core.NewTurn(core.Work{State: core.State{Last: c.last}}, time.Now)
		tn.Text, tn.Norm = c.text, nlu.Normalize(c.text)
		if got := (&Script{Rewriter: c.r}).whole(context.Background(), tn); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Where people approve every answer, nothing else is said: the rest goes to a
// person at once.
func TestApproved(t *testing.T) {
	s := &Script{Approved: true, Topics: []Topic{{Name: "hours", Answer: say1("We open at nine.")}}}
	k := open(t, s)
	if got := k.do(core.Part{Text: "when do you open"}, intent("hours", .3)); got != "" || k.last.Handoff != core.ReasonUnsure {
		t.Errorf("said %q, handoff %q", got, k.last.Handoff)
	}
	ps, err := Pairs(shelf{}).Retrieve(context.Background(), core.Query{Text: "parcel", Limit: 5})
	if err != nil || len(ps) != 1 || ps[0].Doc != "faq.csv" {
		t.Errorf("passages %+v, %v", ps, err)
	}
}

// own is a policy of one's own: it answers nothing, and starts the flow that the
// best intent starts however unsure it is.
type own struct{}

func (own) Next(_ context.Context, _ *core.Turn, s Situation) Move {
	switch {
	case s.Flow != "":
		return Move{Do: DoFlow, Flow: s.Flow}
	case s.Misses == 0:
		return Move{Do: DoReply} // there is no draft: it becomes a question back
	}
	return Move{Do: DoPerson, Reason: core.ReasonUnsure}
}

func TestSwapPolicy(t *testing.T) {
	s := shop()
	s.Policy = own{}
	k := open(t, s)
	if got := k.do(core.Part{Text: "hm"}, intent("track", .2)); got != "Which order?" {
		t.Errorf("said %q", got)
	}
	k = open(t, s)
	k.expect("blue sky", nil, "found nothing")
	k.expect("blue sky", nil)
	if k.last.Handoff != core.ReasonUnsure {
		t.Errorf("handoff %q", k.last.Handoff)
	}
	k = open(t, shop())
	if got := k.do(core.Part{Text: "hm"}, intent("track", .2)); got == "Which order?" {
		t.Error("the built-in policy starts a flow that is unsure")
	}
}
