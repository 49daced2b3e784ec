package dialog

import (
	"errors"
	"fmt"
	"slices"

	"frontdesk/core"
)

// Check reports every mistake in s, naming the place. entities are the names a
// step may validate by, intents those a flow may start with.
func (s *Script) Check(langs, entities, intents []string) error {
	var errs []error
	names := map[string]bool{}
	for i := range s.Flows {
		f := &s.Flows[i]
		where := fmt.Sprintf("flow %q", f.Name)
		switch {
		case f.Name == "":
			errs = append(errs, core.Invalid("flow %d has no name", i+1))
		case names[f.Name]:
			errs = append(errs, core.Invalid("%s is defined twice", where))
		case len(f.Steps) == 0:
			errs = append(errs, core.Invalid("%s has no steps", where))
		}
		names[f.Name] = true
		for _, in := range f.Intents {
			if !slices.Contains(intents, in) {
				errs = append(errs, core.Invalid("%s starts with intent %q, which is not defined", where, in))
			}
		}
		errs = append(errs, s.checkSteps(f, langs, entities)...)
	}
	return errors.Join(errs...)
}

func (s *Script) checkSteps(f *Flow, langs, entities []string) (errs []error) {
	ids := map[string]bool{}
	for i, st := range f.Steps {
		id := f.id(i)
		where := fmt.Sprintf("flow %q, step %q", f.Name, id)
		if ids[id] {
			errs = append(errs, core.Invalid("%s: the id is used twice", where))
		}
		ids[id] = true
		errs = append(errs, s.checkStep(st, where, langs, entities)...)
		for _, to := range targets(st) {
			if to != "" && f.index(to) < 0 {
				errs = append(errs, core.Invalid("%s goes to step %q, which does not exist", where, to))
			}
		}
	}
	return errs
}

func targets(st Step) []string {
	to := []string{st.Next, st.OnError}
	for _, o := range st.Options {
		to = append(to, o.Next)
	}
	return to
}

func (s *Script) checkStep(st Step, where string, langs, entities []string) (errs []error) {
	bad := func(wrong bool, format string, args ...any) {
		if wrong {
			errs = append(errs, core.Invalid("%s: %s", where, fmt.Sprintf(format, args...)))
		}
	}
	switch st.Do {
	case Ask:
		bad(st.Slot == "", "ask needs a slot")
		bad(st.Entity != "" && !slices.Contains(entities, st.Entity), "entity %q is neither defined nor built in", st.Entity)
	case Choose:
		bad(st.Slot == "", "choose needs a slot")
		bad(len(st.Options) < 2, "choose needs two options or more")
	case Call:
		bad(s.Actions[st.Action] == nil, "there is no action %q", st.Action)
	case Say, Handoff, Done:
	default:
		bad(true, "%q is not a kind of step (ask, say, choose, call, handoff, done)", st.Do)
	}
	if st.Do == Ask || st.Do == Say || st.Do == Choose {
		bad(st.Text.In("", langs...) == "", "has no text in %v", langs)
	}
	for _, o := range st.Options {
		bad(o.Value == "", "an option has no value")
		bad(o.Label.In("", langs...) == "", "option %q has no label in %v", o.Value, langs)
	}
	return errs
}
