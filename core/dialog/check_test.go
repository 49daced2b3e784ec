package dialog

import (
	"context"
	"errors"
	"strings"
	"testing"

	"frontdesk/core"
)

// known is an action that says what it returns.
type known struct{}

func (known) Call(context.Context, *core.Turn, map[string]string) (map[string]string, error) {
	return nil, nil
}

func (known) Results() []string { return []string{"eta"} }

func TestCheck(t *testing.T) {
	w := Wording{"en": "text"}
	good := Flow{Name: "f", Intents: []string{"i"}, Steps: []Step{
		{ID: "a", Do: Ask, Slot: "s", Entity: "e", Text: w},
		{Do: Choose, Slot: "c", Text: w, Options: []Option{{Value: "1", Label: w, Next: "a"}, {Value: "2", Label: w}}},
		{Do: Call, Action: "act", OnError: "end"},
		{ID: "end", Do: Done},
	}}
	for want, change := range map[string]func(f *Flow){
		"":                                 func(*Flow) {},
		`flow 1 has no name`:               func(f *Flow) { f.Name = "" },
		`flow "f": has no steps`:           func(f *Flow) { f.Steps = nil },
		`intent "j", which is not defined`: func(f *Flow) { f.Intents = []string{"j"} },
		`step "a": the id is used twice`:   func(f *Flow) { f.Steps[3].ID = "a" },
		`ask needs a slot`:                 func(f *Flow) { f.Steps[0].Slot = "" },
		`entity "x" is neither`:            func(f *Flow) { f.Steps[0].Entity = "x" },
		`step "2", text: has no text`:      func(f *Flow) { f.Steps[1].Text = nil },
		`needs two options`:                func(f *Flow) { f.Steps[1].Options = f.Steps[1].Options[:1] },
		`an option has no value`:           func(f *Flow) { f.Steps[1].Options[0].Value = "" },
		`option "2" has no label`:          func(f *Flow) { f.Steps[1].Options[1].Label = nil },
		`goes to step "z"`:                 func(f *Flow) { f.Steps[1].Options[0].Next = "z" },
		`goes to step "y"`:                 func(f *Flow) { f.Steps[2].OnError = "y" },
		`there is no action "none"`:        func(f *Flow) { f.Steps[2].Action = "none" },
		`"dance" is not a kind of step`:    func(f *Flow) { f.Steps[3].Do = "dance" },
		`flow "f", step "a", text: en: no step fills {orderr}; there are bot, c, date`: func(f *Flow) { f.Steps[0].Text = Wording{"en": "{orderr}"} },
		`flow "f", step "a", retry: en: "{" is not followed`:                           func(f *Flow) { f.Steps[0].Retry = Wording{"en": "{order"} },
		`step "2", when: no step fills a slot "tier"`:                                  func(f *Flow) { f.Steps[1].When = Condition{"tier": {"gold"}} },
		`step "2", when: there is no intent "j"`:                                       func(f *Flow) { f.Steps[1].When = Condition{WhenIntent: {"j"}} },
		`step "2", when: hours: "9 to 5" is no time`:                                   func(f *Flow) { f.Steps[1].When = Condition{WhenHours: {"9 to 5"}} },
		`step "a", valid: pattern:`:                                                    func(f *Flow) { f.Steps[0].Valid.Pattern = "(" },
		`"channel" cannot be a slot`:                                                   func(f *Flow) { f.Steps[0].Slot = "channel" },
		`step "end", flow: there is no flow "g"; there are f`:                          func(f *Flow) { f.Steps[3] = Step{ID: "end", Do: Jump, Flow: "g"} },
		`step "end": jump needs flow or next`:                                          func(f *Flow) { f.Steps[3] = Step{ID: "end", Do: Jump} },
		`step "end": if needs when`:                                                    func(f *Flow) { f.Steps[3] = Step{ID: "end", Do: If} },
		`step "end", else: goes to step "x"`:                                           func(f *Flow) { f.Steps[3] = Step{ID: "end", Do: If, When: Condition{"s": {"1"}}, Else: "x"} },
		`step "end": set needs the slots`:                                              func(f *Flow) { f.Steps[3] = Step{ID: "end", Do: Set} },
		`there is no prompt "q" in the library`:                                        func(f *Flow) { f.Steps[3] = Step{ID: "end", Do: Prompt, Prompt: "q"} },
		`prompt "p" needs x`:                                                           func(f *Flow) { f.Steps[3] = Step{ID: "end", Do: Prompt, Prompt: "p"} },
		`prompt "p" has no variable "z"`: func(f *Flow) {
			f.Steps[3] = Step{ID: "end", Do: Prompt, Prompt: "p", With: map[string]string{"x": "", "z": ""}}
		},
		`times must not be negative`: func(f *Flow) { f.Steps[0].Reuse = -1 },
	} {
		f := good
		f.Steps = append([]Step{}, good.Steps...)
		f.Steps[1].Options = append([]Option{}, good.Steps[1].Options...)
		change(&f)
		s := &Script{Flows: []Flow{f}, Actions: map[string]Action{"act": known{}}, Prompter: model{}}
		err := s.Check(Known{Languages: []string{"en"}, Entities: []string{"e"}, Intents: []string{"i"}})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("err = %v, want %q", err, want)
		}
	}
	s := &Script{Flows: []Flow{good, good}}
	if err := s.Check(Known{Languages: []string{"en"}, Entities: []string{"e"}, Intents: []string{"i"}}); err == nil || !strings.Contains(err.Error(), "is defined twice") || !strings.Contains(err.Error(), "no action") {
		t.Errorf("err = %v, want every mistake", err)
	}
}

func TestCheckRulesAndTexts(t *testing.T) {
	w := Wording{"en": "text"}
	flow := Flow{Name: "f", Steps: []Step{{Do: Ask, Slot: "s", Text: w}}}
	ok := Condition{WhenText: {"x"}}
	for want, s := range map[string]*Script{
		"":                                              {Rules: []Rule{{Name: "r", When: Condition{"s": {"1"}}, Say: Wording{"en": "{s} {bot}"}, Start: "f"}}},
		`rule 1 has no name`:                            {Rules: []Rule{{When: ok, Say: w}}},
		`rule "r": is defined twice`:                    {Rules: []Rule{{Name: "r", When: ok, Say: w}, {Name: "r", When: ok, Say: w}}},
		`rule "r": needs when`:                          {Rules: []Rule{{Name: "r", Say: w}}},
		`rule "r": does nothing`:                        {Rules: []Rule{{Name: "r", When: ok}}},
		`rule "r", start: there is no flow`:             {Rules: []Rule{{Name: "r", When: ok, Start: "g"}}},
		`rule "r", say: en: no step fills {x}`:          {Rules: []Rule{{Name: "r", When: ok, Say: Wording{"en": "{x}"}}}},
		`rule "r", when: no step fills a slot "tier"`:   {Rules: []Rule{{Name: "r", When: Condition{"tier": {"1"}}, Say: w}}},
		`start and handoff exclude each other`:          {Rules: []Rule{{Name: "r", When: ok, Start: "f", Handoff: true}}},
		`intent "i", answer: en: {s} is not known here`: {Topics: []Topic{{Name: "i", Answer: Wording{"en": "{s}"}}}},
		`text "greeting": en: a "}" closes nothing`:     {Texts: Texts{TextGreeting: {"en": "hi}"}}},
		`lets no language model speak`:                  {Approved: true, Flows: []Flow{{Name: "p", Steps: []Step{{Do: Prompt, Prompt: "p"}}}}},
	} {
		s.Flows = append(s.Flows, flow)
		err := s.Check(Known{Languages: []string{"en"}})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("err = %v, want %q", err, want)
		}
		m := new(Mistake)
		if want != "" && !strings.Contains(want, "has no name") && !errors.As(err, &m) {
			t.Errorf("%v has no place", err)
		}
	}
	all := &Script{Texts: DefaultTexts()}
	if err := all.Check(Known{Languages: []string{"en", "zh"}}); err != nil {
		t.Errorf("the built-in texts: %v", err)
	}
}
