package dialog

import (
	"context"
	"strings"
	"testing"

	"frontdesk/core"
)

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
	} {
		f := good
		f.Steps = append([]Step{}, good.Steps...)
		f.Steps[1].Options = append([]Option{}, good.Steps[1].Options...)
		change(&f)
		s := &Script{Flows: []Flow{f}, Actions: map[string]Action{"act": ActionFunc(func(context.Context, *core.Turn, map[string]string) (map[string]string, error) { return nil, nil })}}
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
