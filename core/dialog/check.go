package dialog

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"frontdesk/core"
)

// Known is what a script may refer to beside itself.
type Known struct {
	Languages []string
	Entities  []string // names a step may validate by
	Intents   []string // names a flow may start with
}

// checker gathers what is wrong with a script.
type checker struct {
	s    *Script
	k    Known
	errs Mistakes
	vars map[string]bool // slots that something fills, and the built-in variables
	open bool            // an action may fill slots whose names are not known
}

// Check reports every mistake in s, each a Mistake with its place.
func (s *Script) Check(k Known) error {
	c := &checker{s: s, k: k, vars: map[string]bool{}}
	c.gather()
	names := map[string]bool{}
	for i := range s.Flows {
		f := &s.Flows[i]
		c.flow(i, f, names[f.Name])
		names[f.Name] = true
	}
	rules := map[string]bool{}
	for i, r := range s.Rules {
		c.rule(i, r, rules[r.Name])
		rules[r.Name] = true
	}
	for _, tp := range s.Topics {
		c.plain(Path{Intent: tp.Name, Field: "answer"}, tp.Answer)
		c.plain(Path{Intent: tp.Name, Field: "title"}, tp.Title)
	}
	for _, key := range slices.Sorted(maps.Keys(s.Texts)) {
		c.plain(Path{Text: string(key)}, s.Texts[key], "value", "title")
	}
	return c.errs.Err()
}

// gather notes the variables that flows may use.
func (c *checker) gather() {
	for _, n := range Builtin() {
		c.vars[n] = true
	}
	for i := range c.s.Flows {
		for _, st := range c.s.Flows[i].Steps {
			for _, n := range st.fills() {
				c.vars[n] = true
			}
			if st.Do != Call || st.Save != nil {
				continue
			}
			a, ok := c.s.Actions[st.Action].(interface{ Results() []string })
			if !ok {
				c.open = true
				continue
			}
			for _, n := range a.Results() {
				c.vars[n] = true
			}
		}
	}
}

// fills are the slots that st may fill, as far as it says so.
func (st Step) fills() []string {
	names := slices.Concat(slices.Collect(maps.Keys(st.Set)), slices.Collect(maps.Keys(st.Save)))
	if st.Slot != "" {
		names = append(names, st.Slot)
	}
	return names
}

// variables are the names that st's texts hold.
func (st Step) variables() (names []string) {
	for _, w := range []map[string]string{st.Text, st.Retry, st.Confirm, st.Question, st.Set, st.With} {
		for _, s := range w {
			n, _ := Names(s)
			names = append(names, n...)
		}
	}
	return names
}

func (c *checker) add(at Path, wrong bool, format string, args ...any) {
	if wrong {
		c.errs = append(c.errs, &Mistake{Path: at, Msg: fmt.Sprintf(format, args...)})
	}
}

func (c *checker) flow(i int, f *Flow, twice bool) {
	at := Path{Flow: f.Name}
	if f.Name == "" {
		c.errs = append(c.errs, core.Invalid("flow %d has no name", i+1))
	}
	c.add(at, twice, "is defined twice")
	c.add(at, len(f.Steps) == 0, "has no steps")
	c.add(Path{Flow: f.Name, Field: "expires"}, f.Expires < 0, "must not be negative")
	for _, in := range f.Intents {
		c.add(Path{Flow: f.Name, Field: "intents"}, !slices.Contains(c.k.Intents, in), "starts with intent %q, which is not defined%s", in, among(c.k.Intents))
	}
	c.plain(Path{Flow: f.Name, Field: "title"}, f.Title)
	ids := map[string]bool{}
	for i, st := range f.Steps {
		id := f.id(i)
		at := Path{Flow: f.Name, Step: id}
		c.add(at, ids[id], "the id is used twice")
		ids[id] = true
		c.step(at, st)
		for field, to := range targets(st) {
			for _, id := range to {
				c.add(at.in(field), id != "" && f.index(id) < 0, "goes to step %q, which does not exist", id)
			}
		}
	}
}

func (p Path) in(field string) Path { p.Field = field; return p }

func targets(st Step) map[string][]string {
	to := map[string][]string{"next": {st.Next}, "else": {st.Else}, "on_error": {st.OnError}}
	for _, o := range st.Options {
		to["options"] = append(to["options"], o.Next)
	}
	return to
}

func (c *checker) step(at Path, st Step) {
	bad := func(field string, wrong bool, format string, args ...any) {
		c.add(at.in(field), wrong, format, args...)
	}
	switch st.Do {
	case Ask:
		bad("", st.Slot == "", "ask needs a slot")
		bad("entity", st.Entity != "" && !slices.Contains(c.k.Entities, st.Entity), "entity %q is neither defined nor built in%s", st.Entity, among(c.k.Entities))
	case Choose:
		bad("", st.Slot == "", "choose needs a slot")
		bad("", len(st.Options) < 2, "choose needs two options or more")
	case Set:
		bad("", len(st.Set) == 0, "set needs the slots to fill, set: {slot: value}")
	case Call:
		bad("action", c.s.Actions[st.Action] == nil, "there is no action %q%s", st.Action, among(slices.Sorted(maps.Keys(c.s.Actions))))
	case Prompt:
		c.prompt(at, st)
	case If:
		bad("", len(st.When) == 0, "if needs when: what to look at")
	case Jump:
		bad("", st.Flow == "" && st.Next == "", "jump needs flow or next: where to go")
		bad("flow", st.Flow != "" && c.s.flow(st.Flow) == nil, "there is no flow %q%s", st.Flow, among(c.flows()))
	case Say, Answer, Handoff, Done:
	default:
		bad("do", true, "%q is not a kind of step%s", st.Do, among(kindNames()))
	}
	if st.Do == Ask || st.Do == Say || st.Do == Choose {
		bad("text", st.Text.In("", c.k.Languages...) == "", "has no text in %v", c.k.Languages)
	}
	c.details(at, st)
}

func (c *checker) details(at Path, st Step) {
	for _, o := range st.Options {
		c.add(at.in("options"), o.Value == "", "an option has no value")
		c.add(at.in("options"), o.Label.In("", c.k.Languages...) == "", "option %q has no label in %v", o.Value, c.k.Languages)
		c.wording(at.in("options"), o.Label)
	}
	for field, w := range map[string]Wording{"text": st.Text, "retry": st.Retry, "confirm": st.Confirm, "question": st.Question, "set": st.Set, "with": st.With} {
		c.wording(at.in(field), w)
	}
	c.add(at.in("slot"), st.Slot != "" && !isName(st.Slot), "%q is no name: use letters, digits and \"_\"", st.Slot)
	for _, n := range st.fills() {
		c.add(at.in("slot"), slices.Contains(ConditionWords(), n), "%q cannot be a slot: conditions mean something else by it", n)
	}
	if err := CheckValid(st.Valid); err != nil {
		c.add(at.in("valid"), true, "%v", err)
	}
	c.condition(at.in("when"), st.When)
	c.add(at, st.Reuse < 0 || st.Expires < 0 || st.Timeout < 0, "times must not be negative")
}

func (c *checker) prompt(at Path, st Step) {
	c.add(at, c.s.Approved, "a bot of approved answers lets no language model speak: remove the step, or answers: approved")
	if c.s.Prompter == nil {
		c.add(at.in("prompt"), st.Prompt == "", "prompt needs the name of a prompt")
		return
	}
	all, required, ok := c.s.Prompter.Vars(st.Prompt)
	c.add(at.in("prompt"), !ok, "there is no prompt %q in the library", st.Prompt)
	for _, v := range required {
		_, given := st.With[v]
		c.add(at.in("with"), ok && !given, "prompt %q needs %s", st.Prompt, v)
	}
	for v := range st.With {
		c.add(at.in("with"), ok && !slices.Contains(all, v), "prompt %q has no variable %q%s", st.Prompt, v, among(all))
	}
}

func (c *checker) rule(i int, r Rule, twice bool) {
	at := Path{Rule: r.Name}
	if r.Name == "" {
		c.errs = append(c.errs, core.Invalid("rule %d has no name", i+1))
	}
	c.add(at, twice, "is defined twice")
	c.add(at, len(r.When) == 0, "needs when: what must hold")
	c.add(at, !r.acts() && len(r.Tags) == 0, "does nothing: give it say, start, handoff or tags")
	c.add(at.in("start"), r.Start != "" && c.s.flow(r.Start) == nil, "there is no flow %q%s", r.Start, among(c.flows()))
	c.add(at, r.Start != "" && r.Handoff, "start and handoff exclude each other")
	c.condition(at.in("when"), r.When)
	c.wording(at.in("say"), r.Say)
}

// condition checks c's form, and that its names mean something.
func (c *checker) condition(at Path, when Condition) {
	if err := CheckCondition(when); err != nil {
		c.add(at, true, "%v", err)
	}
	for name, values := range when {
		switch {
		case name == WhenHours:
			for _, v := range values {
				v = strings.TrimPrefix(v, "!= ")
				c.add(at, c.s.Open == nil && (v == "open" || v == "closed"), "%s needs the house's hours: write them in bot.yaml, hours: [mon-fri 09:00-18:00]", v)
			}
		case name == WhenIntent:
			for _, v := range values {
				v = strings.TrimPrefix(v, "!= ")
				c.add(at, v != "" && v != "*" && !strings.HasPrefix(v, "~ ") && !slices.Contains(c.k.Intents, v), "there is no intent %q%s", v, among(c.k.Intents))
			}
		case slices.Contains(ConditionWords(), name):
		default:
			c.add(at, !c.open && !c.vars[name], "no step fills a slot %q%s", name, among(c.known()))
		}
	}
}

// wording checks the templates of a flow or rule.
func (c *checker) wording(at Path, w Wording) {
	for _, key := range slices.Sorted(maps.Keys(w)) {
		names, err := Names(w[key])
		if err != nil {
			c.add(at, true, "%s: %v", key, err)
		}
		for _, n := range names {
			c.add(at, !c.open && !c.vars[n], "%s: no step fills {%s}%s", key, n, among(c.known()))
		}
	}
}

// plain checks the templates of what knows no slots.
func (c *checker) plain(at Path, w Wording, more ...string) {
	for _, key := range slices.Sorted(maps.Keys(w)) {
		names, err := Names(w[key])
		if err != nil {
			c.add(at, true, "%s: %v", key, err)
		}
		for _, n := range names {
			ok := append(Builtin(), more...)
			c.add(at, !slices.Contains(ok, n), "%s: {%s} is not known here%s", key, n, among(ok))
		}
	}
}

func (c *checker) known() []string { return slices.Sorted(maps.Keys(c.vars)) }

func (c *checker) flows() (names []string) {
	for _, f := range c.s.Flows {
		names = append(names, f.Name)
	}
	return names
}

func kindNames() (names []string) {
	for _, k := range StepKinds() {
		names = append(names, string(k))
	}
	return names
}

// among lists what there is, for an error.
func among(names []string) string {
	if len(names) == 0 {
		return ""
	}
	const most = 20
	if len(names) > most {
		return fmt.Sprintf("; there are %s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return "; there are " + strings.Join(names, ", ")
}
